"""The main job: the allocation of a scenario's target beside the published one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from allocator.data.findings import columns_named
from allocator.errors import Fault
from allocator.finding import Column, Drawing, Finding, Listing, Section, Text, say
from allocator.finding.columns import COLUMNS, columns, listed, summed, titled
from allocator.finding.measures import caveats, measures
from allocator.finding.premise import drawn_from
from allocator.finding.settings import Setting
from allocator.questions import Case, question

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.why.comparison import Comparison

MOST_LEAVES = 40
"""Rows of one level of a tree that a terminal shows."""
MOST_NAMED = 3
"""Units that the lines name of those given more, or less, than was published."""
MOST_DOUBTS = 2
"""Doubts that the lines tell; the others stand below the table."""
UNITS = ("workforce", "available", "claim", "fair_share", "floor", "cap", "quota", "effort", "published",
         "difference", "effort_published", "position")  # fmt: skip


@question(place=1)
def ask_run(case: Case, other: Case | None = None) -> Finding:
    """The allocation, what each quota rests on, and how far it is from the published one; errors as `allocate`.

    Before all that what changed against the `other` scenario, where one is given.
    """
    from allocator.proof.result import result
    from allocator.why.comparison import compare

    made = case.allocation
    found = compare(made)
    records = result(made, found)
    sections = (_basis(made, records), *_rules(made), _comparison(made, found, records["units"]), *_net(made))
    answer = Finding(
        records, sections, tuple(_lines(made, found, records["ties"])), ("explain", "--unit", furthest(made))
    )
    if other is None:
        return answer
    from allocator.questions._against import against

    return against(answer, case, other)


def _lines(made: Allocation, found: Comparison, ties: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Text, ...]]:
    """How far it is from what was published, who is given more and who less; then what is most in doubt."""
    said: list[Text] = [*measures(found)][:1]
    if found.misplaced is None or found.by_shares:
        said += _spread(made)
    elif found.misplaced:
        gaps = [(each or 0, unit) for unit, each in zip(made.table.units, made.differences, strict=True)]
        for key, sign in (("run.more", 1), ("run.less", -1)):
            most = sorted((each for each in gaps if sign * each[0] > 0), key=lambda each: -sign * each[0])
            named = [say("compare.by", unit=unit, change=gap) for gap, unit in most[:MOST_NAMED]]
            said += [say(key, units=named, count=len(most))] if named else []
    yield tuple(said)
    yield doubts(made, ties, [*caveats(found)])


def _spread(made: Allocation) -> Iterator[Text]:
    """The least and the most effort that is asked, and of whom."""
    known = [(each, unit) for each, unit in zip(made.efforts, made.table.units, strict=True) if each is not None]
    if len(known) > 1:
        (low, least), (high, most) = min(known), max(known)
        key = "run.spread" if low != high else "run.even"
        yield say(key, low=low, least=least, high=high, most=most)


def doubts(made: Allocation, ties: Sequence[Mapping[str, Any]], others: Sequence[Fault] = ()) -> tuple[Text, ...]:
    """What the quotas lean on that nobody knows, what touches most members first, at most `MOST_DOUBTS` of it."""
    found = [*_growing(made)]
    for note in (*made.notes, *others):
        if note.key in ("note.attainment_missing", "compare.left_out"):
            units = note.values["units"]
            members = sum(made.by_unit.get(unit, 0) for unit in units)
            figures = {**note.values, "count": len(units), "members": members}
            counted = say(f"short.{note.key.rpartition('.')[2]}_many", **figures)
            found.append((members, note if len(units) <= MOST_NAMED else counted))
    if ties:
        sides = {side: ties[0][side][:MOST_NAMED] for side in ("given", "waiting")}
        found.append((made.problem.lot * len(ties), say("run.ties", count=len(ties), **sides)))
    return tuple(text for _, text in sorted(found, key=lambda each: -each[0])[:MOST_DOUBTS])


def _growing(made: Allocation) -> Iterator[tuple[float, Text]]:
    """How many of the people counted are estimated growth, and the members that quotas lay on them."""
    from allocator.model.claims import MICRO

    claims = made.claims
    rows = zip(claims.available, claims.workforce, made.table.units, made.quotas, strict=True)
    grown = [
        (whole / MICRO - now, unit, quota * MICRO / whole) for whole, now, unit, quota in rows if whole > now * MICRO
    ]
    if grown and any(each.column == "workforce" for each in made.scenario.drivers):
        most, unit, _ = max(grown)
        growth, whole = sum(each for each, *_ in grown), sum(claims.available) / MICRO
        figures = {"available": whole, "growth": growth, "share": growth / whole, "unit": unit, "most": most}
        yield sum(each * effort for each, _, effort in grown), say("run.leans_on_growth", **figures)


def furthest(made: Allocation) -> str:
    """The unit that will ask first: the one furthest from its published quota, else the largest."""
    gaps = [abs(each or 0) for each in made.differences]
    measured = gaps if any(gaps) else made.quotas
    return made.table.units[max(range(len(measured)), key=measured.__getitem__)]


def in_short(made: Allocation) -> tuple[Text, Text]:
    """What was believed, and what was decided, a line each."""
    from allocator.why.accounts import accounts

    scenario, past, entries = made.scenario, made.scenario.attainment, made.ground.rules.entries
    rules = [entries[each.key].title for each in accounts(made) if each.status != "noted"]
    believed = {
        "growth": made.table.growing,
        "growth_units": scenario.growth.units,
        "past": past.exponent,
        "no_past": not past.exponent,
        "exponent": past.exponent not in (0, 1),
        "drivers": [each.column for each in scenario.drivers] != ["workforce"],
    }
    decided = {"target": True, "limits": rules, "no_limits": not rules, "signpost": scenario.signpost != "webster",
               "risk": scenario.risk.weight}  # fmt: skip
    figures = {
        "low": Setting(past.floor, share=True),
        "high": Setting(past.ceiling, share=True),
        "share": Setting(scenario.growth.realisation, share=True),
        "units": list(scenario.growth.units),
        "basis": Setting(past.basis),
        "exponent": Setting(past.exponent),
        "drivers": [drawn_from(each) for each in scenario.drivers],
        "target": scenario.target,
        "lot": scenario.lot,
        "rules": rules,
        "signpost": Setting(scenario.signpost),
        "weight": Setting(scenario.risk.weight),
    }

    def line(name: str, parts: Mapping[str, Any]) -> Text:
        return say(f"short.{name}", parts=[say(f"short.{key}", **figures) for key, holds in parts.items() if holds])

    return line("believed", believed), line("decided", decided)


def _units(made: Allocation, figures: Sequence[Mapping[str, Any]]) -> Listing:
    """The table of an allocation's units: every figure that is known of each (`unit_rows`), totals below."""
    from allocator.model.claims import efforts

    tree, available = made.whole is not None, made.claims.available
    asked = efforts([each or 0 for each in made.published], available)
    records = [
        {**row, "effort_published": None if row["published"] is None else effort}
        for row, effort in zip(figures, asked, strict=True)
    ]
    whole = summed(records, "workforce", "available", "claim", "fair_share", "quota", "published")
    quota, published = whole["quota"], whole["published"]
    whole["effort"], effort = efforts((quota, published or 0), (sum(available),) * 2)
    known = published is not None
    whole |= {"difference": quota - published if known else None, "effort_published": effort if known else None}
    heads = columns("unit", *["parent"] * tree, *UNITS)
    return listed("units", say("report.basis"), heads, records, whole, most=MOST_LEAVES if tree else None, main=True)


def _levels(nodes: Sequence[Mapping[str, Any]]) -> list[Listing]:
    """The levels above the leaves of a tree, one listing; nothing where there is no tree."""
    efforts = (node["quota"] / node["available"] if node["available"] else None for node in nodes)
    records = [
        {**node, "parent": node["parent"] or "–", "effort": effort} for node, effort in zip(nodes, efforts, strict=True)
    ]
    heads = columns("unit", "parent", "units", "available", "quota", "effort", "published")
    return [listed("levels", say("report.levels"), heads, records, most=MOST_LEAVES)] if records else []


def _basis(made: Allocation, records: Mapping[str, Any]) -> Section:
    from allocator.why.gaming import gaming

    texts: list[Text] = [tuple(marginal(made))]
    for tie in records["ties"]:
        texts.append(say("run.tie", given=tie["given"][:10], waiting=tie["waiting"][:10]))
    texts += [
        *notes_told(made),
        *made.ground.table.notes,
        *gaming(made).findings(),
    ]
    if other := records.get("other_way"):
        way = "infeasible" if other["moved"] is None else other["hierarchy"]
        texts.append(say(f"tree.other_{way}", **other))
    charts = (Drawing("effort", records["units"]),) if any(made.claims.available) else ()
    listings = (*_levels(records.get("groups", ())), _units(made, records["units"]))
    return Section("basis", say("report.basis"), tuple(texts), listings, charts)


def notes_told(made: Allocation) -> Iterator[Fault]:
    """The notes of an allocation, rules and columns by what people call them."""
    from allocator.why.accounts import told

    yield from (columns_named(told(note, made)) for note in made.notes)


def _rules(made: Allocation) -> list[Section]:
    """What became of every rule; nothing where there is none."""
    from allocator.why.accounts import accounts, told

    records = [
        {
            "rule": made.ground.rules.entries[each.key].title,
            "covers": say("rules.all", count=len(each.covers)) if len(each.covers) == len(made.table) > 1
            else say("rules.some", units=each.covers),
            "status": say(f"rule.status.{each.status}"),
            "note": tuple(told(note, made) for note in each.notes),
        }
        for each in accounts(made)
    ]  # fmt: skip
    heads = titled("rules", *(Column(key, "text") for key in ("rule", "covers", "status")), Column("note", "sentence"))
    if not any(each["note"] for each in records):
        heads = heads[:-1]
    listing = listed("rules", say("rules.title"), heads, records)
    return [Section("rules", say("rules.title"), (), (listing,))] if records else []


def marginal(made: Allocation) -> list[Text]:
    """What the dearest lot given asks and the cheapest not given would, as far as there are such lots."""
    where = "top_" if made.above else ""
    ends = zip(("last_effort", "next_effort"), made.ends, strict=True)
    return [say(f"run.{where}{key}", effort=effort) for key, effort in ends if effort is not None]


def _comparison(made: Allocation, found: Comparison, figures: Sequence[Mapping[str, Any]]) -> Section:
    """How far it is from the published table, the spread of effort on both sides, and the correlation of ranks."""
    charts = (Drawing("published", figures),) if any(each is not None for each in made.published) else ()
    sides = {**asdict(found), "rank_correlation": {"proposed": found.rank_correlation}}
    measured = [
        {"measure": say(f"measure.{key}"), **sides[key]} for key in ("effort_ratio", "effort_gini", "rank_correlation")
    ]
    heads = (
        Column("measure", "text", title=say("compare.measures")),
        Column("proposed", "number", 3, title=COLUMNS["quota"].header),
        Column("published", "number", 3),
    )
    # The lines and the table say which gap is the largest.
    told = tuple(each for each in measures(found) if not (isinstance(each, Fault) and each.key == "compare.largest"))
    if found.totals.published is None:
        return Section("comparison", say("report.comparison"), told, (), charts)
    known = [each for each in measured if any(each.get(head.key) is not None for head in heads[1:])]
    listing = listed("measures", say("report.measures"), heads, known, aside=True)
    ratio = found.effort_ratio
    even = () if None in (ratio.proposed, ratio.published) else (say("run.evenness", **asdict(ratio)),)
    return Section("comparison", say("report.comparison"), (*told, *even), (listing,), charts)


def _net(made: Allocation) -> list[Section]:
    """Every quota of members as recruits and as net gain; nothing where no unit tells what it recruited and lost."""
    from allocator.year.netting import net_and_gross

    found = net_and_gross(made) if made.scenario.sort == "members" else None
    if found is None or found.rate is None:
        return []
    records = [{**vars(each), "quota": quota} for each, quota in zip(found.units, made.quotas, strict=True)]
    said = {
        "year.rate_of_all": [each.unit for each in found.units if not each.own],
        "year.beyond_workforce": [each.unit for each in found.units if each.beyond_workforce],
    }
    notes = tuple(say(key, units=units) for key, units in said.items() if units)
    heads, whole = columns("unit", "quota", "rate", "gross", "net"), summed(records, "quota", "gross", "net")
    listing = listed("net", say("year.net"), heads, records, {**whole, "rate": found.rate}, notes=notes, aside=True)
    return [Section("net", say("year.net"), found.texts, (listing,))]

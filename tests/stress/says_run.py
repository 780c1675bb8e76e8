"""Truths of what `run` says, and of the notes, ties and measures that other questions say, too."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from allocator.finding import say
from allocator.finding.settings import SettingName
from allocator.proof.check import first_wrong
from tests.stress.facts import Facts, decided, moved, number, with_figure
from tests.stress.sentences import Said, Scene, ordered, true_of

Figures = Mapping[str, Any]


def records_of(scene: Scene) -> Mapping[str, Any]:
    """The JSON of what is found."""
    return scene.found.records


@ordered("run", "against")
def a_result(scene: Scene) -> Iterator[str]:
    """The checker, which derives all figures anew, finds nothing wrong; all that is due is said."""
    document = json.loads(json.dumps(scene.found.records))
    if scene.question == "run" and (bad := first_wrong(document)) is not None:
        yield f"the checker finds {bad}"
    pairs = {each["unit"]: each["quota"] for each in document["units"]}
    if pairs != scene.facts.quotas or sum(pairs.values()) != scene.drawn.case.scenario.target:
        yield f"quotas {pairs}, decided again {scene.facts.quotas}"
    listing = next(each for each in scene.found.listings if each.key == "units")
    rows = [dict(zip([each.key for each in listing.columns], row, strict=True)) for row in listing.rows]
    for row, unit in zip(rows, document["units"], strict=True):
        for key in ("unit", "quota", "published", "difference", "effort", "fair_share", "floor", "cap"):
            if row[key] != unit[key]:
                yield f"{row['unit']}: {key} {row[key]} is {unit[key]} in the JSON"
        if row["position"] != say(f"position.{unit['position']}"):
            yield f"{row['unit']}: {row['position']} is {unit['position']} in the JSON"
    said = {(each.key, repr(each.values)) for each in scene.said}
    for note in document["notes"]:
        if note["code"] not in {key for key, _ in said}:
            yield f"{note} is not told"


@true_of("run.title")
def title(scene: Scene, _: Said) -> Figures:
    """Target and lot, where the scenario has no title."""
    return {"target": scene.drawn.case.scenario.target, "lot": scene.drawn.case.scenario.lot}


@true_of("run.last_effort", "run.next_effort", "run.top_last_effort", "run.top_next_effort")
def ends(scene: Scene, said: Said) -> Figures | str:
    """What the dearest lot given asks, and the cheapest that is not; at the top of a tree decided level by level."""
    records = records_of(scene)
    top = scene.facts.tree and scene.facts.scenario.hierarchy == "levels" and bool(scene.facts.made.above)
    if said.key.startswith("run.top_") != top:
        return "the wrong level"
    return {"effort": records["marginal_effort" if said.key.endswith("last_effort") else "next_effort"]}


@true_of("run.tie")
def tie(scene: Scene, said: Said) -> bool:
    """One of the ties of the JSON, which the checker has derived again."""
    return {key: said.values[key] for key in ("given", "waiting")} in [
        {key: each[key][:10] for key in ("given", "waiting")} for each in records_of(scene)["ties"]
    ]


def noted(scene: Scene, said: Said) -> bool:
    """One of the notes of the JSON, which the checker has derived again, rules and columns by what they are called."""
    above = [{"code": each.key, **each.values} for level in scene.facts.made.above for each in level.notes]
    for note in (*records_of(scene)["notes"], *above):
        right = {
            key: scene.facts.rules.get(each, each) if key in ("rule", "unit") else each for key, each in note.items()
        }
        given = dict(said.values)
        if right.pop("code") == said.key and right.keys() == given.keys():
            given |= {key: _plain(given[key]) for key in ("column", "columns") if key in given}
            if given == right:
                return True
    return False


def _plain(names: Any) -> Any:
    """Columns by their keys."""
    return [*map(_plain, names)] if isinstance(names, list) else getattr(names, "name", names)


for _key in ("attainment_missing", "attainment_stated", "too_large_for_program", "columns_unused", "inner_rows",
             "inner_blank", "growth_unused", "selection_blank", "rule_nobody", "rule_blank", "rule_band",
             "rule_band_low", "rule_alike"):  # fmt: skip
    true_of(f"note.{_key}")(noted)


@true_of("rules.all", "rules.some", "rule.status.binding", "rule.status.slack", "rule.status.noted")
def rule_row(scene: Scene, said: Said) -> bool:
    """As the JSON has the rule of this row; one that is slack or not applied changes nothing if it goes."""
    record = records_of(scene)["rules"][said.row]
    assert said.listing is not None
    if said.listing.rows[said.row][0] != scene.facts.rules[record["rule"]]:
        return False
    if said.key.startswith("rule.status"):
        idle = said.key.endswith("binding") or not scene.facts.changes(record["rule"])
        return said.key.endswith(record["status"]) and (idle or _alike(scene.facts))
    if said.key == "rules.all":
        return said.values["count"] == len(record["units"]) == len(scene.facts.leaf)
    return [*said.values["units"]] == record["units"]


def _alike(facts: Facts) -> bool:
    """Whether minima give way alike, so that one that holds nothing may be in the way of another."""
    return any(each.short for each in facts.scenario.rules)


@true_of("tree.other_at_once", "tree.other_levels", "tree.other_infeasible")
def other_way(scene: Scene, said: Said) -> bool:
    """What deciding the other way moves."""
    other = "levels" if scene.facts.scenario.hierarchy == "at_once" else "at_once"
    quotas = decided(scene.facts.table, scene.facts.scenario.model_copy(update={"hierarchy": other}))
    if quotas is None:
        return said.key.endswith("infeasible") and said.values["hierarchy"] == other
    apart = sum(map(abs, moved(scene.facts.quotas, quotas).values())) / 2
    return said.key == f"tree.other_{other}" and dict(said.values) == {"hierarchy": other, "moved": apart}


@true_of("gaming.ratchet", "gaming.discouraging", "gaming.none", "gaming.not_measured")
def gaming(scene: Scene, said: Said) -> Figures | str | bool:
    """Every unit's result reported a tenth higher and lower, and the whole decided again."""
    facts, table = scene.facts, scene.facts.table
    if said.key == "gaming.not_measured":
        return facts.tree and said.values["most"] in (100, 1000)
    found: dict[str, list[str]] = {"ratchet": [], "discouraging": [], "none": []}
    for unit, result in zip(table.units, table.optional("recruited"), strict=True):
        if not result or unit not in facts.quotas:
            continue
        step, now = max(1, round(int(result) / 10)), facts.quotas[unit]
        sides = [decided(with_figure(table, "recruited", unit, int(result) + way * step), facts.scenario)
                 for way in (1, -1)]  # fmt: skip
        up, down = (0 if each is None else each[unit] - now for each in sides)
        found["ratchet"] += [unit] * (up > 0 or down < 0)
        found["discouraging"] += [unit] * (up < 0 or down > 0)
    if said.key == "gaming.none":
        return not found["ratchet"] + found["discouraging"] or f"{found}"
    right = found[said.key.partition(".")[2]]
    return [*said.values["units"]] == right or f"{said.key}: {found}"


def pairs(quotas: Mapping[str, int], published: Mapping[str, Any]) -> list[tuple[str, int, Fraction]]:
    """Units with a published figure: name, quota, figure."""
    return [(unit, quota, number(published[unit])) for unit, quota in quotas.items() if published.get(unit) is not None]


def published_of(facts: Facts) -> dict[str, Any]:
    """The published figures by unit."""
    name = facts.scenario.published
    figures = (None,) * len(facts.leaf) if name is None else facts.leaf.optional(name)
    return dict(zip(facts.leaf.units, figures, strict=True))


def measure(said: Said, quotas: Mapping[str, int], published: Mapping[str, Any]) -> Figures | str | bool:
    """The truth of a sentence about quotas beside published figures."""
    both = pairs(quotas, published)
    ours, theirs = sum(q for _, q, _ in both), sum((p for *_, p in both), Fraction(0))
    left_out = [unit for unit in quotas if published.get(unit) is None]
    shares, empty = ours != theirs, ours == 0 or theirs == 0
    if said.key == "compare.none":
        return not both
    if said.key == "compare.left_out":
        return {"count": len(left_out), "units": left_out} if both else "nothing is published"
    if said.key == "compare.no_total":
        return bool(both) and shares and empty
    if not both or (shares and empty):
        return "nothing can be compared"
    if said.key == "compare.totals":
        return {"ours": ours, "theirs": float(theirs)} if shares else "the totals are the same"
    scale = Fraction(ours) / theirs if shares else Fraction(1)
    gaps = {unit: abs(q - p * scale) for unit, q, p in both}
    if said.key.endswith("_share") != shares:
        return "shares are compared where quotas should be, or the other way"
    if said.key.startswith("compare.misplaced"):
        return {"moved": float(sum(gaps.values()) / 2), "share": float(sum(gaps.values()) / 2 / ours) if ours else 0.0}
    largest = max(gaps.values())
    unit = said.values["unit"]
    return {"gap": float(largest), "unit": unit if gaps.get(unit) == largest else "another"}


@true_of("compare.none", "compare.left_out", "compare.no_total", "compare.totals", "compare.misplaced",
         "compare.misplaced_share", "compare.largest", "compare.largest_share")  # fmt: skip
def measured(scene: Scene, said: Said) -> Figures | str | bool:
    """Quotas beside what was published."""
    if scene.question == "compare_published":
        first = published_of(scene.facts)
        sides = scene.facts.quotas, scene.beside.quotas
        return any(_holds(measure(said, each, first), said) for each in sides)
    sides = [scene.facts, scene.beside]
    made = [measure(said, each.quotas, published_of(each)) for each in sides]
    return made[0] if not scene.question.startswith("compare") else all(_holds(each, said) for each in made)


def _holds(right: Any, said: Said) -> bool:
    from tests.stress.sentences import differing

    if isinstance(right, Mapping):
        return not differing(dict(right), dict(said.values))
    return right is True


@true_of("net.basis_gross", "net.basis_net")
def basis(scene: Scene, said: Said) -> bool:
    """What quotas count."""
    return said.key.endswith(scene.facts.scenario.quota_basis)


def history(facts: Facts) -> list[tuple[int, int] | None]:
    """Recruited and lost of each unit that tells both."""
    both = zip(facts.leaf.optional("recruited"), facts.leaf.optional("lost"), strict=True)
    return [None if r is None or x is None else (int(r), int(x)) for r, x in both]


@true_of("net.province", "net.none_stays")
def netting(scene: Scene, said: Said) -> Figures | str:
    """The target both ways, at the rate of all units together."""
    known = [each for each in history(scene.facts) if each]
    recruited, lost = sum(r for r, _ in known), sum(x for _, x in known)
    target, stays = scene.facts.scenario.target, 1 - Fraction(lost, recruited)
    needed = 0 if not target else None if stays <= 0 else -(-target // stays)
    if (said.key == "net.none_stays") != (needed is None):
        return "wrong sentence"
    return {"recruited": recruited, "lost": lost, "rate": lost / recruited, "target": target,
            "net": round(target * stays), "gross": needed}  # fmt: skip


@true_of("year.rate_of_all", "year.beyond_workforce")
def rates(scene: Scene, said: Said) -> Figures:
    """Units without a history, and those that need more recruits than they have."""
    facts, known = scene.facts, history(scene.facts)
    whole = Fraction(sum(e[1] for e in known if e), sum(e[0] for e in known if e))
    bare = [unit for unit, each in zip(facts.leaf.units, known, strict=True) if not each or not each[0]]
    if said.key == "year.rate_of_all":
        return {"units": bare}
    beyond = []
    for unit, each, available in zip(facts.leaf.units, known, facts.available, strict=True):
        stays, quota = 1 - (Fraction(each[1], each[0]) if each and each[0] else whole), facts.quotas[unit]
        net = facts.scenario.quota_basis == "net"
        needed = quota if not net or not quota else None if stays <= 0 else -(-quota // stays)
        beyond += [unit] * (needed is not None and needed > available)
    return {"units": beyond} if "workforce" in facts.leaf.columns else {}


def assumed(facts: Facts) -> Mapping[str, bool]:
    """What is to be said of what is believed, and whether it holds; of a level of its own where one says otherwise."""
    past = [facts.part("attainment"), *(each.attainment for each in facts.scenario.levels if each.attainment)]
    drivers = [(each.column, each.equal, each.share) for each in facts.part("drivers")]
    return {
        "growth": {"growth_estimate", "workforce"} <= {*facts.table.columns},
        "growth_units": bool(facts.part("growth").units),
        "past": bool(past[0].exponent),
        "no_past": not past[0].exponent,
        "exponent": past[0].exponent not in (0, 1),
        "drivers": drivers != [("workforce", False, 1.0)],
    }


@true_of("short.believed")
def believed(scene: Scene, said: Said) -> bool | str:
    """Each assumption with its figures."""
    facts, right = scene.facts, assumed(scene.facts)
    parts = {each.key.removeprefix("short."): each.values for each in said.values["parts"]}
    if [*parts] != [key for key, holds in right.items() if holds]:
        return f"{[*parts]}, right {right}"
    past, growth = facts.part("attainment"), facts.part("growth")
    figures = {
        "growth": ("share", growth.realisation),
        "past": ("low", past.floor),
        "exponent": ("exponent", past.exponent),
    }
    shares = [(say("force.available") if each.column == "workforce" else SettingName((each.column,)) if each.column
               else say("driver.equal"), each.share) for each in facts.part("drivers")]  # fmt: skip
    if (
        "drivers" in parts
        and [(e.values["of"], e.values["share"].value) for e in parts["drivers"]["drivers"]] != shares
    ):
        return f"{shares}"
    if any(key in parts and parts[key][name].value != value for key, (name, value) in figures.items()):
        return f"{figures}"
    return "past" not in parts or (parts["past"]["high"].value, parts["past"]["basis"].value) == (
        past.ceiling,
        past.basis,
    )


@true_of("short.decided")
def decisions(scene: Scene, said: Said) -> bool | str:
    """Target and lot, the rules that could be applied, or that there is none that changes anything."""
    facts, scenario = scene.facts, scene.facts.scenario
    parts = {each.key.removeprefix("short."): each.values for each in said.values["parts"]}
    if (parts["target"]["target"], parts["target"]["lot"]) != (scenario.target, facts.made.problem.lot):
        return "target and lot"
    if ("signpost" in parts) != (scenario.signpost != "webster") or ("risk" in parts) != bool(scenario.risk.weight):
        return "signpost or risk"
    if ("limits" in parts) == ("no_limits" in parts):
        return "limits, and none"
    changes = facts.changes(*facts.rules)
    named = [each for each in parts.get("limits", {}).get("rules", ()) if each not in facts.rules.values()]
    return (not named and ("limits" in parts or not changes)) or f"{named}, without any rule {changes}"

"""A round: what all units ask for at once, each answered alone, and the joint answer with who pays for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.data.findings import ColumnName
from allocator.data.numbers import NumberError, share_or_percent
from allocator.data.table import ATTAINMENT, Number
from allocator.errors import Fault, InputError, fault
from allocator.finding import Column, Finding, Listing, Section, Take, Text, say
from allocator.finding.columns import columns, listed, summed, titled
from allocator.questions import Argument, Case, question
from allocator.questions._asked import round_records
from allocator.questions.appeal import FigureText, lot_by_lot, range_text

if TYPE_CHECKING:
    from allocator.data.bids import Bid, Bids
    from allocator.why.answers import Answer
    from allocator.why.axis import Range
    from allocator.year.round import Round

MOST_PAYERS = 2
"""Units that a row names among those that give or take."""
SHARE_DIGITS = 4


@question(
    Argument("bids", "file", required=True, positional=True),
    Argument("grant", "unit", many=True),
    Argument("ceiling", "share"),
    place=10,
)
def ask_round(case: Case, bids: Path | Bids, grant: Sequence[str] = (), ceiling: Number | str | None = None) -> Finding:
    """What the file `bids` asks for, answered alone and together; errors as `read_bids` and `answer_round`."""
    from allocator.data.bids import Bids, read_bids
    from allocator.year.round import answer_round

    read = bids if isinstance(bids, Bids) else read_bids(bids, case.table, case.scenario.lot)
    share = _share(ceiling) if isinstance(ceiling, str) else ceiling
    made = answer_round(case.table, case.scenario, read.entries, [grant] if isinstance(grant, str) else grant, share)
    records, title = round_records(case.table, made, share), say("question.round")
    if not made.entries:
        notes: tuple[Text, ...] = (say("round.none"), *read.notes)
        return Finding(records, (Section("round", title, notes),), (notes,), ("run",))
    lots = [lot_by_lot("round_lots", say("round.order"), made.lots)] if made.lots else []
    asked, joint, others = tuple(_asked(made, records)), tuple(_joint(made, records)), tuple(_others(made, records))
    sections = (
        Section("round", title, (*asked, *read.notes), (_entries(made, records), *_fairness(made))),
        Section("joint", say("round.joint"), (*joint, *others), (_changed(made, records), *lots)),
    )
    return Finding(records, sections, (asked, joint, others, read.notes), _following(made))


def decision(case: Case, finding: Finding, name: str) -> dict[str, Any]:
    """What a journal's entry holds of a round that was answered: what was asked, each answer, and every quota."""
    from allocator.data.digest import sha256
    from allocator.proof.result import entry_of

    records = finding.records
    joint = {each["unit"]: each["quota"] for each in records["joint"]["units"]}
    made, said = entry_of(case.allocation), {"bids": records["bids"], "ceiling": records["joint"]["ceiling"]}
    content = {**made["content"], **said, "quotas": joint}
    return {"kind": "decision", "name": name, "inputs": made["inputs"], "result": sha256(joint), "content": content}


def _share(text: str) -> Number:
    """A share as a person types it; InputError for what is none."""
    with suppress(NumberError):
        value = share_or_percent(text if text.strip().endswith("%") else text.replace(",", "."))
        if value is not None:
            return value
    raise InputError(fault("round.share", "--ceiling", text=text))


def _asked(made: Round, records: Mapping[str, Any]) -> Iterator[Text]:
    """How much is asked for, and what it would do alone."""
    bids = [each for each in records["bids"] if each["kind"] == "bid"]
    claims = [each for each in records["bids"] if each["kind"] == "claim"]
    if bids:
        fair, low = sum(each["fair"] for each in bids), sum(each["asked"] < each["quota"] for each in bids)
        yield say("round.bids", bids=len(bids), fair=fair, below=low, above=len(bids) - fair - low)
    if claims:
        true = len(made.standing("true"))
        key = "round.claims_declined" if true < len(claims) else "round.claims"
        yield say(key, claims=len(claims), true=true, moved=records["claims"]["moved"])


def _joint(made: Round, records: Mapping[str, Any]) -> Iterator[Text]:
    """What the joint answer keeps and what it moves, what it cannot keep and why, and who is answered alone."""
    joint = records["joint"]
    if left := joint["not_kept"]:
        key = "round.crowded" if made.unplaced else "round.not_all"
        yield say(key, unplaced=made.unplaced, kept=len(made.kept), units=left)
    elif made.kept:
        yield say("round.fits", kept=len(made.kept))
    if made.kept:
        taken, given = (sum(max(0, sign * each["change"]) for each in made.paid_by) for sign in (1, -1))
        key = "round.both" if taken and given else "round.taken" if taken else "round.given" if given else "round.still"
        paid = say(key, taken=taken, given=given, units=len(made.paid_by))
        # The table has what the figures move, too.
        yield say("round.beyond", said=paid) if made.true.quotas != made.now.quotas else paid
    for each in made.standing("no_room"):
        yield say("round.left", unit=each.bid.unit, asked=each.bid.asked, why=_no_room(each.crowded))
    if joint["above"]:
        yield say("round.above_true" if made.standing("true") else "round.above", units=joint["above"])


def _no_room(wrong: Fault | None) -> Text:
    """What keeps a bid from being a cap, in short: of two rules the other one."""
    if wrong is not None and wrong.key == "infeasible.unit":
        return say("round.against", rule=wrong.values["floor_rule"])
    return _why(wrong)


def _why(wrong: Fault | None) -> Text:
    """What stands in the way of a quota, in short."""
    from allocator.year.round import floors_lack, nobody_takes

    if wrong is None:
        return ""
    if members := nobody_takes(wrong):
        return say("round.nobody", members=members)
    if members := floors_lack(wrong):
        return say("round.lacking", members=members)
    if wrong.key == "infeasible.unit":
        return say("round.rules", rules=[wrong.values[side] for side in ("floor_rule", "cap_rule")])
    return say(wrong.key, **wrong.values)


def _others(made: Round, records: Mapping[str, Any]) -> Iterator[Text]:
    """How far those who did not bid are asked, before and after."""
    before, after = records["joint"]["others"].values()
    if made.kept and before["unit"] is not None:
        same = before["highest_effort"] == after["highest_effort"]
        figures = {"before": before["highest_effort"], "who": before["unit"], "after": after["highest_effort"]}
        yield say("round.others_same" if same else "round.others", unit=after["unit"], **figures)
        dearest = [each["marginal_effort"] for each in (before, after)]
        if None not in dearest and dearest[0] != dearest[1]:
            yield say("round.dearest", before=dearest[0], after=dearest[1])
    if ceiling := records["joint"]["ceiling"]:
        yield say("round.ceiling_held" if made.held else "round.ceiling", share=ceiling["share"], units=made.held)


def _entries(made: Round, records: Mapping[str, Any]) -> Listing:
    """A row an entry: what is asked, what it would give alone, whether it is fair and who pays."""
    words = (Column("asked", "text"), Column("quota_if"), Column("fair", "text"), Column("paid", "text"))
    asked, quota_if, fair, paid = titled("column.round", *words)
    (answer,) = titled("column.round", Column("answer", "text", rank=3))
    heads = (*columns("unit"), asked, *columns("quota"), quota_if, fair, paid, answer)
    rows = (
        {
            **each,
            "asked": what_is_asked(one.bid, each["present"]),
            "fair": "–" if one.bid.is_claim else say("value.yes" if each["fair"] else "value.no"),
            "paid": _payers(each["absorbed_by"]) if one.made else _why(one.obstacle),
            "answer": say(f"round.answer.{one.stands}"),
        }
        for one, each in zip(made.entries, records["bids"], strict=True)
    )
    return listed("bids", say("round.entries"), heads, rows, main=True)


def what_is_asked(bid: Bid, present: Number | None) -> Text:
    """What an entry asks for."""
    digits = SHARE_DIGITS if bid.column == ATTAINMENT else 0
    figures = {"asked": FigureText(bid.asked, digits), "present": FigureText(present, digits)}
    return say("round.claim", what=ColumnName(bid.column), **figures) if bid.is_claim else say("round.bid", **figures)


def _payers(absorbed_by: Sequence[Mapping[str, Any]]) -> Text:
    """The units that give or take the most, and how many more there are."""
    told = [say("round.payer", **each) for each in absorbed_by[:MOST_PAYERS]]
    more = len(absorbed_by) - len(told)
    return (
        say("round.payers_more", payers=told, more=more) if more else say("round.payers", payers=told) if told else "–"
    )


def _fairness(made: Round) -> Iterator[Listing]:
    """What would make fair each bid that is not."""
    bids = [each for each in made.entries if each.figures and each.bid.asked != each.quota]
    if not bids:
        return
    names = titled("column.round", *(Column(name, "text") for name in bids[0].figures))
    heads = (*columns("unit"), *titled("column.round", Column("bid")), *columns("quota"), *names)
    rows = (
        {"unit": each.bid.unit, "bid": each.bid.asked, "quota": each.quota,
         **{name: _range(answer) for name, answer in each.figures.items()}}
        for each in bids
    )  # fmt: skip
    yield listed("fairness", say("round.fairness"), heads, rows, notes=(say("round.no_range"),))


def _range(answer: Answer) -> Text:
    if answer.value is None:
        return "–"
    present = FigureText(answer.present, min(max(each.digits for each in answer.ranges), SHARE_DIGITS))
    key = "round.range" if answer.present is not None else "round.range_unknown"
    return say(key, ranges=[_stretch(each) for each in answer.ranges[:MOST_PAYERS]], present=present)


def _stretch(part: Range) -> Text:
    """A range of values, shorter than a sentence has it where it has two ends."""
    if part.high is None or part.low == part.high:
        return range_text(part)
    return say("round.stretch", low=FigureText(part.low, part.digits), high=FigureText(part.high, part.digits))


def _changed(made: Round, records: Mapping[str, Any]) -> Listing:
    """The joint answer of every unit that changes; taken, it is the scenario's."""
    rows = zip(records["joint"]["units"], made.now.quotas, made.joint.efforts, strict=True)
    shown = [{**each, "quota": old, "joint": each["quota"], "effort": effort} for each, old, effort in rows]
    heads = (*columns("unit", "quota"), *titled("column.round", Column("joint")), *columns("change", "effort"))
    notes = () if any(each["change"] for each in shown) else (say("round.same"),)
    takes = {"": Take(_taken(made), say("round.take"))} if made.kept or made.standing("true") else {}
    shown = [each for each in shown if each["change"]]
    whole = {**summed(shown, "quota", "joint", "change"), "effort": None}
    return listed("joint", say("round.changes"), heads, shown, whole, notes=notes, takes=takes)


def _taken(made: Round) -> dict[str, Any]:
    """What the joint answer sets: caps and locks, and the figures that are true, with who said so, and why."""
    figures: dict[str, dict[str, Number | str]] = {}
    for each in made.standing("true"):
        notes: dict[str, Number | str] = {"by": each.bid.by, "reason": each.bid.decision_reason or each.bid.reason}
        figures.setdefault(each.bid.unit, notes)[each.bid.column] = each.bid.asked
    return {**made.settings, **({"table": figures} if figures else {})}


def _following(made: Round) -> tuple[str, ...]:
    """The call that looks at a bid the joint answer has no part of, else at the first."""
    stood = [each for stands in ("no_room", "above", "cap", "lock") for each in made.standing(stands)]
    if wished := [each.bid for each in stood if each.made is not None]:
        return ("appeal", "--unit", wished[0].unit, "--quota", str(wished[0].asked))
    return ("explain", "--unit", made.entries[0].bid.unit)

"""Which assumptions best explain the published table, and what none explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from allocator.errors import InputError, fault
from allocator.finding import Column, Drawing, Finding, Listing, Section, Take, Text, say
from allocator.finding.columns import columns, listed, titled
from allocator.finding.settings import Setting
from allocator.questions import Argument, Case, question

EQUAL = {"drivers": [{"equal": True, "share": 1.0}], "growth": {"realisation": 0.0}, "attainment": {"exponent": 0.0},
         "bounds": {"min_quota": 0, "max_share": None}}  # fmt: skip
"""The same quota for every unit, the foot of the ladder, as a scenario has it."""
RULES = ("best", "best_in_lots", "recommended")
HIDDEN = ("misplaced_share", "sets")


@question(Argument("range", "text", (), many=True), place=4)
def ask_calibrate(case: Case, range: Sequence[str] = ()) -> Finding:
    """The best rules, what they leave of each published quota, and how far to trust them.

    Raises:
        InputError: the table is a tree, or has no workforce or published quota, or a range cannot be read.
    """
    from allocator.fit.calibration import calibrate as calibrated
    from allocator.fit.calibration_records import calibration_result
    from allocator.fit.candidates import changes_of, settings
    from allocator.fit.ranges import read_ranges

    if any(case.table.parents):
        raise InputError(fault("calibrate.tree", case.table.place))
    if not case.table.measured:
        raise InputError(fault("calibrate.no_workforce", case.table.place))
    found = calibrated(case.table, case.scenario, read_ranges(range))
    rungs = {each.model: changes_of(settings(each.row)) for each in found.ladder}
    return finding_of(calibration_result(found), {"equal_split": EQUAL, **rungs})


def finding_of(found: dict[str, Any], rungs: Mapping[str, Mapping[str, Any]]) -> Finding:
    """What the JSON of a calibration says, for people; `rungs` are the settings of those of its ladder, by name."""
    listings = (_ladder(found, rungs), _rules(found), _units(found), _implied(found))
    charts = (Drawing("calibration", _fitted(found)),)
    section = Section("calibration", say("question.calibrate"), tuple(texts(found)), listings, charts)
    best, unexplained = found["best"], [each["unit"] for each in found["unexplained"]]
    why = (
        say("calibrate.closest", **best),
        *([say("calibrate.unexplained", units=unexplained, count=len(unexplained))] if unexplained else []),
    )
    simple = say("calibrate.recommended", limit=found["limit"], count=len(found["recommended"]["sets"]))
    return Finding(
        found, (section,), (why, simple, say("calibrate.caution")), ("calibrate", "--write", "calibrated.yaml")
    )


def _fitted(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The units that rules were fitted to: those that have a published quota."""
    return [each for each in found["units"] if each["published"] is not None]


def _ladder(found: dict[str, Any], rungs: Mapping[str, Mapping[str, Any]]) -> Listing:
    rows = ({**each, "model": say(f"calibrate.model.{each['model']}")} for each in found["ladder"])
    misplaced = titled("measure", Column("misplaced", "number", 1))
    heads = (*titled("calibrate.column", Column("model", "text")), *misplaced)
    takes = {n: Take(rungs[name]) for n, each in enumerate(found["ladder"]) if (name := each["model"]) in rungs}
    return listed("ladder", say("report.ladder"), heads, rows, takes=takes)


def _rules(found: dict[str, Any]) -> Listing:
    from allocator.fit.candidates import changes_of

    spans = {
        each["parameter"]: span(each["low"], each["high"], 0 if each["parameter"] == "min_quota" else 2)
        for each in found["intervals"]
    }
    rows = (
        {"parameter": parameter(name), "interval": spans.get(name, "")}
        | {rule: value(found[rule][name]) for rule in RULES}
        for name in found["best"]
        if name not in HIDDEN
    )
    heads = titled("calibrate.column", *(Column(key, "text") for key in ("parameter", *RULES, "interval")))
    takes = {rule: Take(changes_of(found[rule])) for rule in RULES}
    return listed("best", say("report.best"), heads, rows, takes=takes)


def _units(found: dict[str, Any]) -> Listing:
    figures = Column("explained", "number", 1), Column("residual", "signed", 1)
    heads = titled("calibrate.column", *figures, Column("good", "text"), Column("reachable", "text"))
    rows = (
        {
            **each,
            "good": each["good"] and _marked(each["good"], each["good_distance"]),
            "reachable": each["reachable"] and _marked(each["reachable"], each["distance"]),
        }
        for each in found["units"]
    )
    return listed("explained", say("report.explained"), (*columns("unit", "published"), *heads), rows, main=True)


def _marked(ends: Sequence[Any], distance: float) -> Text:
    return say("calibrate.outside_mark", span=span(*ends)) if distance else span(*ends)


def _implied(found: dict[str, Any]) -> Listing:
    left = found["leave_one_out"]["recommended"]["units"]
    claims = found["implied_claims"]["units"] if found["implied_claims"] else [{}] * len(left)
    workforce, out, implied = titled(
        "calibrate.column", Column("implied_workforce"), Column("left_out"), Column("implied", "number", 1)
    )
    heads = (*columns("unit", "available"), workforce, out, *columns("claim"), implied)
    rows = (
        {**each, "left_out": told["predicted"], "claim": claim.get("claim"), "implied": claim.get("implied")}
        for each, told, claim in zip(_fitted(found), left, claims, strict=True)
    )
    return listed("implied", say("calibrate.implied_title"), heads, rows)


def texts(found: dict[str, Any]) -> Iterator[Text]:
    """What the tables mean, a sentence each."""
    yield say("calibrate.searched", **found)
    if blank := found["left_out"]:
        yield say("calibrate.unpublished", count=len(blank), units=blank)
        if any(each["published"] is None and each["explained"] is not None for each in found["units"]):
            yield say("calibrate.unpublished_asked")
    if found["totals"]["published"] != found["totals"]["target"]:
        yield say("calibrate.total", total=found["totals"]["published"], target=found["totals"]["target"])
    yield say("calibrate.recommended", limit=found["limit"], count=len(found["recommended"]["sets"]))
    untold = [parameter(each["parameter"]) for each in found["intervals"] if not each["told"]]
    if untold:
        yield say("calibrate.untold", names=untold)
    for each in found["together"]:
        one, other = map(parameter, each["parameters"])
        yield say("calibrate.together", one=one, other=other, value=each["correlation"])
    out = found["leave_one_out"]["recommended"]
    yield say("calibrate.left_out", foretold=len(out["foretold"]), units=len(out["units"]))
    yield from _unexplained(found)
    fair = found["fairness"]
    nothing = [each["unit"] for each in fair["efforts"] if each["effort"] == 0]
    yield say(f"calibrate.fairness{'_nothing' * bool(nothing)}", units=nothing, **fair)
    for pair in fair["pairs"][:5]:
        yield say("calibrate.pair", **pair)
    if found["implied_claims"]:
        yield say("calibrate.implied", **found["implied_claims"])
    yield say("calibrate.caution")


def _unexplained(found: dict[str, Any]) -> Iterator[Text]:
    """The published quotas that no admissible rule, or no good one, explains."""
    for each in found["unexplained"]:
        kind, gap = ("outside", each["distance"]) if each["distance"] else ("outside_good", each["good_distance"])
        low, high = each["reachable"] if each["distance"] else each["good"]
        yield say(f"calibrate.{kind}", unit=each["unit"], asked=each["published"], low=low, high=high, gap=gap)
        if each["implied_workforce"] is not None:
            values = {"asked": each["published"], "fits": each["implied_workforce"], "has": each["available"]}
            yield say("calibrate.fits", unit=each["unit"], **values)


def parameter(name: str) -> Text:
    """A parameter's name."""
    return say(f"calibrate.parameter.{name}")


def span(low: Any, high: Any, digits: int = 0) -> Text:
    """A range of values as a text."""
    one, other = (value(None) if each is None else Setting(value=round(each, digits)) for each in (low, high))
    return one if low == high else say("calibrate.span", low=one, high=other)


def value(given: Any) -> Text:
    """A parameter's value as a text: names from the catalogue, numbers with the decimals they need."""
    if given is None or isinstance(given, str):
        return say(f"calibrate.value.{given or 'none'}")
    return Setting(value=given if isinstance(given, int) else round(given, 1 if given > 10 else 4))

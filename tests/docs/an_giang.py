"""The page docs/an-giang-2017.md and its chart, from a calibration: `python -m tests.docs.an_giang` writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.words import Words

FOLDER = Path(__file__).parents[2] / "docs"
EN = Words("en")
MODELS = {
    "equal_split": "the same for every unit",
    "workforce": "present workforce",
    "growth": "workforce and growth",
    "net_attainment": "workforce, growth, past attainment (net)",
    "gross_attainment": "workforce, growth, past attainment (gross)",
    "net_attainment_bounds": "the same, net, with floors and caps",
    "gross_attainment_bounds": "the same, gross, with floors and caps",
}
PARAMETERS = {
    "realisation": "share of the estimated growth counted on",
    "exponent": "exponent of past attainment",
    "floor": "least attainment counted",
    "ceiling": "most attainment counted",
    "missing": "attainment where none is known",
    "max_share": "largest share of the workforce asked",
    "min_quota": "least quota",
}

PAGE = """\
# What explains the published quotas of An Giang, 2017

The table of 15 quotas that An Giang published for 2017 came without its rule. `allocator calibrate` looks for the rule,
the same for every unit, that misplaces the fewest of the {target:n} members against it. A test recomputes every
figure here.

## What each ingredient adds

| a fair share by | members misplaced |
|---|---:|
{ladder}

Present workforce alone explains most of the table; some of the estimated growth more than halves what is left, and so
does past attainment if it is counted by recruits (gross), hardly if by net gain. Floors and caps add little more.

## The rule that fits best

It counts on {best[realisation]:p1} of the estimated growth, weighs past attainment with exponent
{best[exponent]:n2} between {best[floor]:n2} and {best[ceiling]:n2}, asks nobody for less than
{best[min_quota]:n} or for more than {best[max_share]:p1} of the workforce, and misplaces {best[misplaced]:n1}
members, {best[misplaced_share]:p1} of the target. Given out in whole lots of {lot:n}, the best of such rules
misplaces {lots[quotas_misplaced]:n}. {candidates:n} rules were tried, and none of the {neighbours:n} neighbours
of the best, a step of 0.00001 away, is better. It is the built-in scenario `an-giang-2017/calibrated`.

![Published quotas against what the best rule explains](an-giang-2017.svg)

## The rule to remember

Seven settings fitted to fifteen quotas fit their accidents too. The simplest rule that misplaces at most
{limit:n1} members (the best, and 1% of the target more) has two settings:

> Present workforce and {simple[realisation]:p0} of the estimated growth, times past attainment as it was
> (recruits over the term target), but nobody is asked for more than {simple[max_share]:p0} of the workforce.

It misplaces {simple[misplaced]:n1} members. Fitted without a unit, it foretells that unit's quota within 10% or
one lot for {foretold:n} of {units:n} units; it does not for {missed:list}.

## How sure this is

Rules within 1% of the target of the best one are about as good. Among them are all these values:

| setting | from | to | |
|---|---:|---:|---|
{intervals}

So past attainment mattered and was counted gross: no rule that counts net gain is among the good ones. Whether there
was a cap the table does not tell, nor how much of the growth was counted on: nearly all of it is that of the
industrial zones, which have no past attainment, so that a lower stand-in for it makes up for more growth. These move
together:

{together}

## Unit by unit

| unit | published | best rule | simplest rule's forecast without it | quotas of good rules |
|---|---:|---:|---:|---:|
{table}

## What nothing explains

Each published quota taken alone lies within what some admissible rule asks. Taken together, {count:n} do not
fit any rule that explains the rest about as well as the best does:

{unexplained}

## The published table by itself

It asks up to {fair[effort_ratio]:n1} times as much of one unit's present workforce as of another's (Tịnh Biên's
quota exceeds its present workforce), and the Gini coefficient of effort is {fair[effort_gini]:n3}.
{pairs}

The table would be exactly fair, lot for lot, for claims that differ from those of the best rule without floors
and caps by {implied[mean_change]:p1} on average of the units; {unmoved:n} of {units:n} claims need not move at
all. The furthest have to: {moves}.

## What this does not say

One table identifies a set of rules, not an intention: none need be what its authors had in mind, and a quota that no
rule explains may have a good reason that is not in the table.
"""


def page(document: dict[str, Any], target: int, lot: int) -> str:
    """The page, from the JSON of `calibrate`."""
    left = document["leave_one_out"]["recommended"]
    claims = document["implied_claims"]["units"]
    far = sorted((each for each in claims if each["change"]), key=lambda each: -abs(each["change"]))[:3]
    moves = [f"{each['unit']} ({EN.signed(100 * each['change'])}%)" for each in far]
    return EN.vformat(
        PAGE,
        (),
        {
            **document,
            "target": target,
            "lot": lot,
            "lots": document["best_in_lots"],
            "simple": document["recommended"],
            "fair": document["fairness"],
            "implied": document["implied_claims"],
            "foretold": len(left["foretold"]),
            "missed": [each["unit"] for each in left["units"] if each["unit"] not in left["foretold"]],
            "count": len(document["unexplained"]),
            "units": len(claims),
            "unmoved": sum(abs(each["change"]) < 1e-4 for each in claims),
            "moves": EN.names(moves),
            "ladder": _lines(
                f"| {MODELS[each['model']]} | {EN.number(each['misplaced'], 1)} |" for each in document["ladder"]
            ),
            "intervals": _lines(map(_interval, document["intervals"])),
            "table": _lines(map(_unit, document["units"], left["units"])),
            "unexplained": _lines(map(_unexplained, document["unexplained"])),
            "together": _lines(map(_together, document["together"])),
            "pairs": _lines(map(_pair, document["fairness"]["pairs"])),
        },
    )


def _lines(rows: Any) -> str:
    return "\n".join(rows)


def _interval(each: dict[str, Any]) -> str:
    ends = ["none" if side is None else f"{side:.2f}".rstrip("0").rstrip(".") for side in (each["low"], each["high"])]
    told = "" if each["told"] else "the table does not tell"
    return f"| {PARAMETERS[each['parameter']]} | {ends[0]} | {ends[1]} | {told} |"


def _together(each: dict[str, Any]) -> str:
    one, other = (PARAMETERS[name] for name in each["parameters"])
    return f"- {one}, and {other}: rank correlation {EN.number(each['correlation'], 2)}"


def _unit(each: dict[str, Any], left: dict[str, Any]) -> str:
    number, (low, high) = EN.number, each["good"]
    span = f"{number(low)} – {number(high)}" + ("" if not each["good_distance"] else " (!)")
    cells = (number(each["published"]), number(each["explained"], 1), number(left["predicted"]), span)
    return f"| {each['unit']} | {' | '.join(cells)} |"


def _unexplained(each: dict[str, Any]) -> str:
    return EN.vformat(
        "- **{unit}**: {published:n} published; good rules ask {good[0]:n} to {good[1]:n}. Under the best rule "
        "{published:n} fits a workforce of {implied_workforce:n}, not {available:n}.",
        (),
        each,
    )


def _pair(each: dict[str, Any]) -> str:
    return EN.vformat(
        "{more} was asked for {asked_more:n}, less than {less} with {asked_less:n}, although it has no less workforce, "
        "growth or past attainment, and more of one.",
        (),
        each,
    )


def chart(document: dict[str, Any]) -> str:
    """The page's chart as SVG."""
    from allocator.finding import Drawing
    from allocator.show.drawings import draw

    return draw(Drawing("calibration", document["units"]), EN).svg()


if __name__ == "__main__":
    from allocator import load_scenario
    from allocator.fit.calibration import calibrate
    from allocator.fit.calibration_records import calibration_result

    table, scenario = load_scenario("an-giang-2017/base")
    made = calibration_result(calibrate(table, scenario))
    (FOLDER / "an-giang-2017.md").write_text(page(made, scenario.target, scenario.lot), encoding="utf-8")
    (FOLDER / "an-giang-2017.svg").write_text(chart(made), encoding="utf-8")

"""`allocator calibrate`: which assumptions best explain the published table, and what none explains."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.terminal import print_lines, print_table
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.model.scenario import Scenario

RULES = ("best", "best_in_lots", "recommended")
_HIDDEN = ("misplaced_share", "sets")


@command("calibrate")
@scenario_options
@click.option("--range", "spans", metavar="NAME=LOW:HIGH", multiple=True, help=HELP("cli.calibrate.range"))
@click.option("--rule", type=click.Choice(RULES), default="best", help=HELP("cli.calibrate.rule"))
@click.option("--write", metavar="FILE", type=click.Path(path_type=Path), help=HELP("cli.calibrate.write"))
def calibrate_scenario(
    call: Call,
    given: Given,
    spans: tuple[str, ...],
    rule: str,
    write: Path | None,
) -> None:
    """Search, store the fit if asked to, and print what was found."""
    from allocator.analysis.calibration import calibrate
    from allocator.analysis.calibration_inputs import read_ranges
    from allocator.analysis.calibration_result import calibration_result
    from allocator.errors import InputError, fault
    from allocator.writing import write_whole

    table, settled = given.load()
    if any(table.parents):
        raise InputError(fault("calibrate.tree", table.place))
    found = calibrate(table, settled, read_ranges(spans))
    document = calibration_result(found)
    if write is not None:
        write_whole(write, _fitted(call.words, given.scenario, settled, document, rule, write))
        call.note(call.words("run.stored", file=write))
    call.show(document, lambda: print_calibration(call.words, document))


def _fitted(words: Words, name: str, settled: Scenario, document: dict[str, Any], rule: str, write: Path) -> str:
    """The fit as a scenario file that extends the one given, the numbers that justify it as its comment."""
    import yaml

    from allocator.analysis.calibration_rules import changes_of
    from allocator.files import extends_name, scenario_alone

    texts = {lang: Words(lang) for lang in ("vi", "en")}
    changes = changes_of(document[rule])
    made = settled.changed(
        {
            **changes,
            "title": {lang: each(f"calibrate.title.{rule}") for lang, each in texts.items()},
            "question": {lang: each("calibrate.question") for lang, each in texts.items()},
        }
    )
    base = scenario_alone(name)
    body = _difference(base.model_dump(mode="json"), made.model_dump(mode="json"))
    reasons = "".join(f"# {line}\n" for line in _reasons(words, document, rule))
    head = {"extends": extends_name(name, write), **body}
    return reasons + yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=120)


def _difference(base: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """What `made` changes in `base`, key by key."""
    return {
        key: _difference(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in made.items()
        if base.get(key) != value or key not in base
    }


def _reasons(words: Words, document: dict[str, Any], rule: str) -> Iterator[str]:
    """Lines that justify a stored fit."""
    yield words("calibrate.why", **document[rule])
    yield words("calibrate.why_limit", best=document["best"]["misplaced"], limit=document["limit"])
    for each in document["intervals"]:
        values = (_value(words, each["low"]), _value(words, each["high"]))
        yield words("calibrate.why_interval", name=words(_parameter(each["parameter"])), low=values[0], high=values[1])
    yield words("calibrate.caution")


def print_calibration(words: Words, document: dict[str, Any]) -> None:
    """The ladder, the rules, what they leave of each published quota, and what to make of it."""
    number = words.number
    heads: Callable[..., list[str]] = lambda *names: [words(f"calibrate.column.{name}") for name in names]  # noqa: E731
    ladder = [[words(f"calibrate.model.{each['model']}"), number(each["misplaced"], 1)] for each in document["ladder"]]
    print_table(heads("model", "misplaced"), ladder)
    spans = {
        each["parameter"]: _span(words, each["low"], each["high"], 0 if each["parameter"] == "min_quota" else 2)
        for each in document["intervals"]
    }
    rules = [
        [words(_parameter(name)), *(_value(words, document[rule][name]) for rule in RULES), spans.get(name, "")]
        for name in document["best"]
        if name not in _HIDDEN
    ]
    print_table(heads("parameter", *RULES, "interval"), rules)
    print_table(heads("unit", "published", "explained", "residual", "good", "reachable"), _unit_rows(words, document))
    print_table(heads("unit", "available", "implied_workforce", "left_out", "claim", "implied"), _more(words, document))
    print_lines(_lines(words, document))


def _unit_rows(words: Words, document: dict[str, Any]) -> list[list[str]]:
    return [
        [
            each["unit"],
            words.number(each["published"]),
            words.number(each["explained"], 1),
            words.signed(each["residual"], 1),
            _span(words, *each["good"]) + ("*" if each["good_distance"] else " "),
            _span(words, *each["reachable"]) + ("*" if each["distance"] else " "),
        ]
        for each in document["units"]
    ]


def _more(words: Words, document: dict[str, Any]) -> list[list[str]]:
    left = document["leave_one_out"]["recommended"]["units"]
    claims = document["implied_claims"]["units"] if document["implied_claims"] else [{}] * len(left)
    return [
        [
            each["unit"],
            words.number(each["available"]),
            words.number(each["implied_workforce"]),
            words.number(out["predicted"]),
            words.number(claim.get("claim"), 1),
            words.number(claim.get("implied"), 1),
        ]
        for each, out, claim in zip(document["units"], left, claims, strict=True)
    ]


def _lines(words: Words, document: dict[str, Any]) -> Iterator[str]:
    """What the tables mean, a sentence each."""
    yield words("calibrate.searched", **document)
    yield words("calibrate.recommended", limit=document["limit"], count=len(document["recommended"]["sets"]))
    untold = [words(_parameter(each["parameter"])) for each in document["intervals"] if not each["told"]]
    if untold:
        yield words("calibrate.untold", names=untold)
    for each in document["together"]:
        one, other = (words(_parameter(name)) for name in each["parameters"])
        yield words("calibrate.together", one=one, other=other, value=each["correlation"])
    out = document["leave_one_out"]["recommended"]
    yield words("calibrate.left_out", foretold=len(out["foretold"]), units=len(out["units"]))
    yield from _unexplained(words, document)
    fair = document["fairness"]
    yield words("calibrate.fairness", ratio=fair["effort_ratio"], gini=fair["effort_gini"])
    for pair in fair["pairs"][:5]:
        yield words("calibrate.pair", **pair)
    if document["implied_claims"]:
        yield words("calibrate.implied", **document["implied_claims"])
    yield words("calibrate.caution")


def _unexplained(words: Words, document: dict[str, Any]) -> Iterator[str]:
    """The published quotas that no admissible rule, or no good one, explains."""
    for each in document["unexplained"]:
        kind, gap = ("outside", each["distance"]) if each["distance"] else ("outside_good", each["good_distance"])
        span = each["reachable"] if each["distance"] else each["good"]
        yield words(f"calibrate.{kind}", unit=each["unit"], asked=each["published"], low=span[0], high=span[1], gap=gap)
        if each["implied_workforce"] is not None:
            values = {"asked": each["published"], "fits": each["implied_workforce"], "has": each["available"]}
            yield words("calibrate.fits", unit=each["unit"], **values)


def _parameter(name: str) -> str:
    return f"calibrate.parameter.{name}"


def _span(words: Words, low: Any, high: Any, digits: int = 0) -> str:
    sides: Sequence[str] = [
        words("calibrate.value.none") if each is None else words.number(each, digits) for each in (low, high)
    ]
    return sides[0] if low == high else f"{sides[0]} – {sides[1]}"


def _value(words: Words, value: Any) -> str:
    """A parameter as text: names from the catalogue, numbers with what decimals they need."""
    if value is None or isinstance(value, str):
        return words(f"calibrate.value.{value or 'none'}")
    return words.number(value, 0 if isinstance(value, int) else 1 if value > 10 else 4)

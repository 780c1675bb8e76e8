"""`allocator calibrate`: which assumptions best explain the published table, and what none explains."""

from __future__ import annotations

from typing import Any

from allocator.cli import Call, command, scenario_options
from allocator.words import Words


@command("calibrate")
@scenario_options
def calibrate_scenario(call: Call, scenario: str, settings: tuple[str, ...], data: str | None) -> None:
    """Search, store the fit if asked to, and print what was found."""
    from allocator.analysis.calibration import calibrate
    from allocator.analysis.calibration_result import calibration_result
    from allocator.files import load_scenario

    found = calibrate(*load_scenario(scenario, settings, data))
    document = calibration_result(found)
    call.show(document, lambda: print_calibration(call.words, document))


def print_calibration(words: Words, document: dict[str, Any]) -> None:
    """The ladder, the best fit, and what it leaves of each published quota."""
    from allocator.cli.terminal import console, print_table

    number = words.number
    ladder = [[words(f"calibrate.model.{each['model']}"), number(each["misplaced"], 1)] for each in document["ladder"]]
    print_table([words("calibrate.column.model"), words("measure.misplaced")], ladder)
    rules = {"best": document["best"], "best_in_lots": document["best_in_lots"]}
    print_table(
        [words("calibrate.column.parameter"), *(words(f"calibrate.column.{name}") for name in rules)],
        [
            [words(f"calibrate.parameter.{name}"), *(_value(words, rule[name]) for rule in rules.values())]
            for name in document["best"]
            if name != "misplaced_share"
        ],
    )
    units = [
        [each["unit"], number(each["published"]), number(each["explained"], 1), words.signed(each["residual"], 1)]
        for each in document["units"]
    ]
    headers = ("unit", "published", "fair_share", "difference")
    print_table([words(f"column.{name}") for name in headers], units)
    lines = [words("calibrate.searched", **document), words("calibrate.caution")]
    for line in lines:
        console().print(line)


def _value(words: Words, value: Any) -> str:
    """A parameter as text: names from the catalogue, numbers with what decimals they need."""
    if value is None or isinstance(value, str):
        return words(f"calibrate.value.{value or 'none'}")
    return words.number(value, 0 if isinstance(value, int) else 4)

"""What mends a call: for each way in which one is wrong the whole call to type, put right where it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allocator.cli.line import CallLine
from allocator.cli.mending.files import (
    for_elsewhere,
    for_ending,
    for_folder,
    for_formats,
    for_no_header,
    for_no_target,
    for_path,
    for_result,
)  # fmt: skip
from allocator.cli.mending.made import EITHER, SEE, Mend, figure_in, stored_first
from allocator.cli.mending.usage import (
    for_apart,
    for_command,
    for_early_option,
    for_extra,
    for_missing,
    for_no_value,
    for_option,
    for_value,
)  # fmt: skip
from allocator.cli.mending.values import (
    choice,
    for_ceiling,
    for_draws,
    for_key,
    for_lots,
    for_range,
    for_set_form,
    for_two_targets,
    for_unit,
    name_to,
    setting_to,
)  # fmt: skip
from allocator.errors import Fault
from allocator.words import Words


def mend(line: CallLine, wrong: Fault, words: Words) -> Mend | None:
    """What mends a call that a fault refuses; None where the call does not tell."""
    if (way := MENDS.get(wrong.key)) is None:
        return None
    made = way(line, wrong, words)
    return made if made is None or isinstance(made, Mend) else Mend([made])


MENDS: dict[str, Callable[[CallLine, Fault, Words], Any]] = {
    "usage.command": for_command,
    "usage.option": for_option,
    "usage.before": for_early_option,
    "usage.value": for_value,
    "usage.no_value": for_no_value,
    "usage.extra": for_extra,
    "usage.missing": for_missing,
    "usage.apart": for_apart,
    "scenario.unknown": for_path,
    "file.missing": for_path,
    "import.lock": for_path,
    "file.is_folder": for_folder,
    "scenario.unknown_unit": for_unit,
    "scenario.unknown_key": for_key,
    "scenario.unknown_key_here": for_key,
    "scenario.unit_lot": lambda line, wrong, words: Mend([["keys", "lot"]], SEE),
    "scenario.set_form": for_set_form,
    "scenario.not_whole": setting_to(lambda wrong, value: figure_in(value)),
    "scenario.not_one_of": setting_to(choice),
    "scenario.not_one_of_nor_number": setting_to(choice),
    "scenario.percentage": setting_to(lambda wrong, value: f"{wrong.values['percent']} %"),
    "scenario.share_too_large": setting_to(lambda wrong, value: f"{wrong.values['percent']} %"),
    "yaml.decimal_comma": setting_to(lambda wrong, value: str(wrong.values["number"])),
    "risk.huntington_hill": setting_to(lambda wrong, value: "0"),
    "risk.no_workforce": setting_to(lambda wrong, value: "0"),
    "scenario.is_result": for_result,
    **dict.fromkeys(
        ("scenario.not_number", "scenario.too_small", "scenario.too_large", "scenario.not_keys", "scenario.not_list"),
        setting_to(lambda wrong, value: None),
    ),
    "scenario.table_target": for_no_target,
    "scenario.target_twice": for_two_targets,
    "scenario.target_not_lots": for_lots,
    "appeal.not_lots": for_lots,
    "table.no_column": name_to("column", ""),
    "import.map_header": name_to("header", "seen"),
    "import.map_column": name_to("column", "columns"),
    "import.no_header": for_no_header,
    "import.exists": for_elsewhere,
    "save.exists": for_elsewhere,
    "save.not_yaml": for_ending,
    "write.not_a_folder": for_elsewhere,
    "run.not_json": for_ending,
    "report.unknown_format": for_formats,
    "calibrate.range": for_range,
    "sensitivity.draws_range": for_draws,
    "round.ceiling_low": for_ceiling,
    "keys.unknown": lambda line, wrong, words: Mend([["keys", each] for each in wrong.values["near"]], EITHER),
    "usage.alone": for_no_value,
    "usage.no_table": lambda line, wrong, words: line.without(
        *(at for at, each in line.values if "--format" in each.opts)
    ),
    "file.not_json": lambda line, wrong, words: stored_first(line, words),
    "verify.not_result": lambda line, wrong, words: stored_first(line, words),
}
"""What mends a call, by the fault that refuses it."""

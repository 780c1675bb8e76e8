"""`allocator report`: the workbook, the annex, the letters and the page of one allocation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from allocator.cli import Call, Command, case, command, declared, option, scenario_options
from allocator.cli.output import say_aside
from allocator.questions import Case, in_report


def asked_for(function: Command) -> Command:
    """Decorator: an option for each argument that a section of the report needs, and the scenarios beside this one."""
    for each in reversed(in_report()):
        if each.of == "cases":
            key = f"cli.report.{each.name}"
            function = option(f"--{each.name}", key, metavar="SCENARIO", type=str, multiple=True)(function)
        for argument in each.of_report:
            function = declared(each.name, argument, required=False)(function)
    return function


@command("report")
@scenario_options
@option("--out", "cli.report.out", metavar="DIR", required=True)
@option("--formats", "cli.report.formats", metavar="LIST", type=str)
@option("--appendix", "cli.report.appendix", is_flag=True, type=bool)
@asked_for
def report(call: Call, about: Case, out: Path, formats: str | None, appendix: bool, **known: Any) -> None:
    """Allocate, ask every question of a report, write every file asked for, and name them."""
    from allocator.data.settings import is_table
    from allocator.files import scenario_path
    from allocator.finding import say
    from allocator.finding.columns import files_written
    from allocator.show.formats import known_formats
    from allocator.show.reported import reported
    from allocator.writing import write_folder

    asked, given = known_formats(formats), click.get_current_context().params
    known = {name: value for name, value in known.items() if value not in (None, ())}
    targets = {True: given["target"], False: None}  # a table has none of its own
    others = {each.name: [case(one, (), given["data"], None, targets[is_table(scenario_path(one))])
                          for one in known.pop(each.name, ())]
              for each in in_report() if each.of == "cases"}  # fmt: skip
    contents, aside = reported(about, call.words, asked, known, others, appendix)
    for text in aside:
        say_aside(call.words.told(text))
    call.check()
    write_folder(out, contents)
    paths = [str(out / name) for name in contents]
    call.give(files_written({"files": paths}, say("cli.report.done", folder=out, count=len(paths))))

"""`allocator report`: the workbook, the annex, the letters and the page of one allocation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from allocator.cli.call import Call, Command, case, command, declared, option, scenario_options
from allocator.cli.output import say_aside
from allocator.cli.saving import journal_for, recording
from allocator.questions import Case, in_report


def asked_for(function: Command) -> Command:
    """Decorator: an option for each argument that a section of the report needs, and the scenarios beside this one."""
    given = set[str]()
    for each in reversed(in_report()):
        if each.of == "cases":
            key = f"cli.report.{each.name}"
            function = option(f"--{each.name}", key, metavar="SCENARIO", type=str, multiple=True)(function)
        for argument in each.of_report:
            if argument.name in given:  # two sections rest on it
                continue
            given.add(argument.name)
            function = declared(each.name, argument, required=False)(function)
    return function


@command("report")
@scenario_options
@option("--out", "cli.report.out", metavar="DIR", required=True)
@option("--formats", "cli.report.formats", metavar="LIST", type=str)
@option("--appendix", "cli.report.appendix", is_flag=True, type=bool)
@recording
@asked_for
def report(
    call: Call, about: Case, out: Path, formats: str | None, appendix: bool, record: Path | None,
    author: str, why: str, **known: Any,
) -> None:  # fmt: skip
    """Allocate, ask every question of a report, write every file asked for, enter the report, and name them."""
    from allocator.data.settings import is_table
    from allocator.files import scenario_path
    from allocator.show.entering import Entering
    from allocator.show.formats import known_formats
    from allocator.show.reported import write_report

    given = click.get_current_context().params
    known = {name: value for name, value in known.items() if value not in (None, ())}
    targets = {True: given["target"], False: None}  # a table has none of its own
    others = {each.name: [case(one, (), given["data"], None, targets[is_table(scenario_path(one))], False)
                          for one in known.pop(each.name, ())]
              for each in in_report() if each.of == "cases"}  # fmt: skip
    journal = journal_for(about, record, author=author, why=why)
    entering = Entering(journal, known_formats(formats), author, why)
    made, aside = write_report(out, about, call.words, known, others, entering, appendix, call.check)
    for text in aside:
        say_aside(call.words.told(text))
    call.give(made)

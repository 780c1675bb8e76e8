"""`allocator report`: the workbook, the annex, the letters and the page of one allocation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.asking import case, declared
from allocator.questions import find, in_report


def asked_for(function: Callable[..., None]) -> Callable[..., None]:
    """Decorator: an option for each argument that a section of the report needs, and the scenarios beside this one."""
    for each in reversed(in_report()):
        if each.of == "cases":
            shown = HELP(f"cli.report.{each.name}")
            function = click.option(f"--{each.name}", metavar="SCENARIO", multiple=True, help=shown)(function)
        for argument in each.of_report:
            function = declared(each.name, argument, required=False)(function)
    return function


@command("report")
@scenario_options
@click.option("--out", metavar="DIR", required=True, type=click.Path(path_type=Path), help=HELP("cli.report.out"))
@click.option("--formats", metavar="LIST", default=None, help=HELP("cli.report.formats"))
@asked_for
def report(call: Call, given: Given, out: Path, formats: str | None, **known: Any) -> None:
    """Allocate, ask every question of a report, write every file asked for, and name them."""
    from allocator.show.build import answers, build_report
    from allocator.show.formats import files, known_formats
    from allocator.writing import write_folder

    asked, about = known_formats(formats), case(given)
    known = {name: value for name, value in known.items() if value not in (None, ())}
    others = {name: [case(Given(one, (), given.data)) for one in known.pop(name, ())]
              for name in (each.name for each in in_report() if each.of == "cases")}  # fmt: skip
    found, left_out = answers(about, known, others)
    for name, error in left_out.items():
        cause = "; ".join(error.messages(call.words.language))
        call.note(call.words("report.left_out", section=find(name).title, cause=cause))
    document = build_report(about, found, call.words)
    contents = files(document, asked)
    if document.large:
        call.note(call.words("report.large", units=len(about.table)))
    write_folder(out, contents)
    paths = [str(out / name) for name in contents]
    call.show({"files": paths}, lambda: call.words("cli.report.done", folder=out, count=len(paths)))

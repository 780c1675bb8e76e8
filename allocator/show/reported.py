"""A whole report: every question of it asked, one document built of the answers, and the files made of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocator.data.findings import name_fitted
from allocator.errors import AllocatorError
from allocator.finding import Finding, Text, say
from allocator.finding.columns import files_written
from allocator.questions import Case, find
from allocator.show.build import MOST_CHARTED, Document, answers, build_report
from allocator.show.drawing_ahead import drawing_ahead
from allocator.show.entering import Entering
from allocator.words import Words
from allocator.writing import write_folder


def write_report(
    folder: Path,
    about: Case,
    words: Words,
    known: Mapping[str, Any],
    others: Mapping[str, Sequence[Case]],
    entering: Entering,
    appendix: bool = False,
    check: Callable[[], None] = lambda: None,
) -> tuple[Finding, list[Text]]:
    """Write a report into a folder and enter it; its files and its number, and what is not in them but should be known.

    Args:
        folder: where; made if it is not there.
        about: what it is about.
        words: its language.
        known: values of arguments of its questions, by name.
        others: the cases beside this one, by the name of a question about several.
        entering: its entry, and its formats.
        appendix: whether its workbook has all sections.
        check: done before anything is written.

    Raises:
        InputError: the folder, or what it is made of, cannot be used.
    """

    def appear(contents: Mapping[str, bytes], enter: Callable[[], None]) -> None:
        check()
        write_folder(folder, contents, enter)

    charted = "html" in entering.formats and len(about.table) <= MOST_CHARTED
    with drawing_ahead(words) if charted else nullcontext() as ready:
        found, left_out = answers(about, known, others, ready)
        document = replace(build_report(about, found, words), appendix=appendix)
        contents = entering.files(document, appear)
    aside = _aside(document, left_out)
    if entering.refused:
        aside.append(say("record.refused", cause=entering.refused))
    paths = [str(folder / name) for name in contents]
    lines = [say("cli.report.done", folder=folder, count=len(paths))]
    if entering.number:
        lines.append(say("record.entered", number=entering.number, file=entering.journal))
    return files_written({"files": paths, "record": entering.number}, *lines), aside


def _aside(document: Document, left_out: Mapping[str, AllocatorError]) -> list[Text]:
    """What is not in a report but should be known, and why questions had no answer, by their names."""
    units = document.allocation.table.units
    aside: list[Text] = [
        say("report.left_out", section=find(name).title, cause=error.faults) for name, error in left_out.items()
    ]
    if unknown := sorted(document.office.names.keys() - {*units}):
        aside.append(say("office.unknown", units=unknown))
    aside += [name_fitted(name, unit, "office.names") for name, unit in document.meant.items()]
    if document.large:
        aside.append(say("report.large", units=len(units)))
    return aside

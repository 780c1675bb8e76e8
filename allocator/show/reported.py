"""A whole report: every question of it asked, one document built of the answers, and the files made of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from allocator.finding import Text, say
from allocator.questions import Case, find
from allocator.show.build import MOST_CHARTED, answers, build_report
from allocator.show.drawing_ahead import drawing_ahead
from allocator.show.formats import files
from allocator.words import Words


def reported(
    about: Case,
    words: Words,
    formats: Sequence[str],
    known: Mapping[str, Any],
    others: Mapping[str, Sequence[Case]],
    appendix: bool = False,
) -> tuple[dict[str, bytes], list[Text]]:
    """Content of a report's files by path, and what a reader should know that does not stand in them.

    Args:
        about: what it is about.
        words: its language.
        formats: of `formats.FORMATS`.
        known: values of arguments of its questions, by name.
        others: the cases beside this one, by the name of a question about several.
        appendix: whether its workbook has all sections.
    """
    charted = "html" in formats and len(about.table) <= MOST_CHARTED
    with drawing_ahead(words) if charted else nullcontext() as ready:
        found, left_out = answers(about, known, others, ready)
        document = replace(build_report(about, found, words), appendix=appendix)
        contents = files(document, formats)
    aside: list[Text] = [
        say("report.left_out", section=find(name).title, cause="; ".join(error.messages(words.language)))
        for name, error in left_out.items()
    ]
    if unknown := sorted(document.office.names.keys() - {*about.table.units}):
        aside.append(say("office.unknown", units=unknown))
    if document.large:
        aside.append(say("report.large", units=len(about.table)))
    return contents, aside

"""Builds the document of a report from what was found about a case, once, for every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from allocator.data.source import source_beside
from allocator.errors import AllocatorError
from allocator.finding import Finding, Section, say
from allocator.questions import Case, in_report
from allocator.questions.run import heading
from allocator.show import letters
from allocator.show import settings_section as settings
from allocator.show.annex import annex
from allocator.show.document import MOST_CHARTED, Document
from allocator.words import Words


def answers(
    case: Case, known: Mapping[str, Any], others: Mapping[str, Sequence[Case]] | None = None
) -> tuple[list[Finding], dict[str, AllocatorError]]:
    """What every report asks, in reading order, and by name why a question had no answer.

    Args:
        case: what the report is about.
        known: values of arguments by name; a question is asked where all it requires is known.
        others: by the name of a question about several cases, those it is asked about beside `case`.
    """
    _ = case.allocation  # once, before the threads ask for it
    found, left_out = [], {}
    with ThreadPoolExecutor() as pool:
        running = {}
        for each in in_report():
            beside = (others or {}).get(each.name, ())
            if all(argument.name in known for argument in each.required) and (each.of == "case" or beside):
                given = {argument.name: known[argument.name] for argument in each.of_report if argument.name in known}
                running[each.name] = pool.submit(each.ask, case if each.of == "case" else [case, *beside], **given)
    for name, answer in running.items():
        try:
            found.append(answer.result())
        except AllocatorError as error:
            left_out[name] = error
    return found, left_out


def build_report(case: Case, found: Sequence[Finding], words: Words, charts: bool | None = None) -> Document:
    """The report on a case, in the language of `words`; every format writes it, none computes a figure.

    Args:
        case: what it is about.
        found: what was found, in reading order.
        words: its language.
        charts: whether charts are in it; where they can be drawn, by default.
    """
    made = case.allocation
    source = source_beside(Path(made.table.place)) if made.table.place else None
    official = source.document if source and words.language == "vi" else None
    table = annex(made, words, source)
    can_draw = find_spec("vl_convert") is not None if charts is None else charts
    sections: Sequence[Section] = (
        Section("allocation", say("report.allocation"), (), (table,)),
        *(section for finding in found for section in finding.sections),
        settings.scenario(made, source),
    )
    drawn = can_draw and len(made.table) <= MOST_CHARTED
    scenario = made.scenario
    lead = say("report.lead", target=scenario.target, lot=scenario.lot, units=len(made.table))
    question = scenario.question.vi or scenario.question.en
    return Document(
        words,
        say("report.title"),
        heading(made),
        (scenario.question, lead) if question else (lead,),
        tuple(each if drawn else replace(each, charts=()) for each in sections),
        table,
        (official.title if official else "") or say("report.annex_title"),
        letters.letters(made),
        official.issuer if official else "",
        made,
    )

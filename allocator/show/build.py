"""The report as one document, built once from what was found about a case: no format computes a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allocator.data.source import PrintedColumn, Source, source_beside
from allocator.data.table import ATTAINMENT, Number
from allocator.errors import AllocatorError
from allocator.finding import Column, Finding, Listing, Section, Text, Value, say
from allocator.finding.columns import columns, titled, total
from allocator.finding.settings import Setting, setting_name
from allocator.model.allocation import Allocation
from allocator.model.claims import MICRO
from allocator.model.scenario import ASSUMPTIONS, DECISIONS
from allocator.questions import Case, in_report
from allocator.questions.run import heading
from allocator.show.charts import CAN_DRAW
from allocator.words import Words

MOST_SINGLE = 1_000
"""Units up to which something is made for each single one."""
MOST_CHARTED = 100
"""Above this many units a chart with a bar a unit is read by nobody."""
CANONICAL = ("term_target", "term_new_unions", "recruited", "lost", "net_gain", "attainment", "published_quota",
             "workforce_gap", "workforce_insured", "workforce", "growth_estimate")  # fmt: skip

Figures = tuple[Sequence[Number | None], Number | None]
"""A column of the annex: a figure a unit, and that of all together."""


@dataclass(frozen=True)
class Document:
    """Everything a report says, or the answer to a single question.

    Attributes:
        words: its language.
        title: what it is.
        subtitle: what it is about.
        preamble: its first sentences.
        sections: in reading order.
        allocation: what it was built from.
        annex: the allocation in the layout of the document it answers, and under its title; a single answer has none.
        letters: what each unit is told, in table order, its name as the title.
        issuer: the body that publishes the quotas; empty where it is not known.
    """

    words: Words
    title: Text
    subtitle: Text
    preamble: tuple[Text, ...]
    sections: tuple[Section, ...]
    allocation: Allocation = field(repr=False)
    annex: Listing | None = None
    letters: tuple[Section, ...] = ()
    issuer: str = ""

    @property
    def large(self) -> bool:
        """Whether there are too many units for a letter each and a live sheet: they would take minutes."""
        return len(self.allocation.table) > MOST_SINGLE


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


def build_report(case: Case, found: Sequence[Finding], words: Words) -> Document:
    """The report on a case, from what was found about it in reading order, in the language of `words`."""
    made, scenario = case.allocation, case.allocation.scenario
    source = source_beside(Path(made.table.place)) if made.table.place else None
    official = source.document if source and words.language == "vi" else None
    table = _annex(made, words, source)
    sections: Sequence[Section] = (
        Section("allocation", say("report.allocation"), (), (table,)),
        *(section for finding in found for section in finding.sections),
        _settings(made, words, source),
    )
    lead = say("report.lead", target=scenario.target, lot=scenario.lot, units=len(made.table))
    return Document(
        words,
        say("report.title"),
        heading(made),
        tuple(each for each in (scenario.question, lead) if words.told(each)),
        _drawn(sections, made),
        made,
        replace(table, title=(official.title if official else "") or say("report.annex_title")),
        tuple(_letters(made)),
        official.issuer if official else "",
    )


def build_answer(title: Text, cases: Sequence[Case], finding: Finding, words: Words) -> Document:
    """What a question called `title` found about some cases, and under it the settings of each."""
    made = [each.allocation for each in cases]
    names = [words.told(heading(each)) for each in made]
    first, *others = finding.sections or (Section("answer", title),)
    said = [text for each in finding.sections for text in (each.title, *each.texts)]
    first = replace(first, texts=(*(each for each in finding.lines if each not in said), *first.texts))
    settings = (
        replace(_settings(each, words, None), key=f"settings_{number}", title=say("report.settings", of=name))
        for number, (each, name) in enumerate(zip(made, names, strict=True), start=1)
    )
    return Document(words, title, "; ".join(names), (), _drawn((first, *others, *settings), made[0]), made[0])


def _drawn(sections: Sequence[Section], made: Allocation) -> tuple[Section, ...]:
    """Sections with their charts where these can be drawn, and read."""
    drawn = CAN_DRAW and len(made.table) <= MOST_CHARTED
    return tuple(each if drawn else replace(each, charts=()) for each in sections)


def _annex(made: Allocation, words: Words, source: Source | None) -> Listing:
    """All units with all their figures, in the order and under the headers of the source document where it is known.

    The quota stands where the published one stood.
    """
    table, published, printed = made.table, made.scenario.published, source.columns if source else {}
    figures: dict[str, Figures] = {name: (table.column(name), total(table.column(name))) for name in table.columns}
    if ATTAINMENT in figures:
        figures[ATTAINMENT] = figures[ATTAINMENT][0], None  # shares do not add up to one
    for name, each in printed.items():
        if name not in figures and each.percent and all(part in table.columns for part in each.percent):
            figures[name] = _ratio(*(figures[part] for part in each.percent))
    figures["quota"] = made.quotas, sum(made.quotas)
    wanted = (*(printed or CANONICAL), *table.columns)
    names = list(dict.fromkeys("quota" if name == published else name for name in wanted if name in figures))
    names = names if "quota" in names else ["quota", *names]
    heads = (_column(words, name, printed.get(published or "" if name == "quota" else name)) for name in names)
    rows = tuple((n + 1, unit, *(figures[name][0][n] for name in names)) for n, unit in enumerate(table.units))
    whole = ("", say("run.total"), *(figures[name][1] for name in names))
    return Listing("annex", say("report.annex"), (Column("number"), *columns("unit"), *heads), rows, whole)


def _ratio(above: Figures, below: Figures) -> Figures:
    """Shares of one column in another; None where a figure is not known or there is nothing to share."""
    pairs = zip((*above[0], above[1]), (*below[0], below[1]), strict=True)
    *shares, whole = (a / b if a is not None and b else None for a, b in pairs)
    return shares, whole


def _column(words: Words, name: str, source: PrintedColumn | None) -> Column:
    """A column of the annex, in Vietnamese under the header of the source document."""
    header = source.header if source and words.language == "vi" else figure_name(words, name)
    group, _, title = (header or name).rpartition(" / ")
    ratio = name == ATTAINMENT or (source is not None and bool(source.percent))
    return Column(name, "share" if ratio else "members", 2 if ratio else 0, title, group, bar=name == "quota")


def figure_name(words: Words, name: str) -> str:
    """What a column of the table is called in an annex; its own name where the catalogue has none."""
    key = "column.unit" if name == "unit" else f"annex.{name}"
    return words(key) if key in words else name


def _letters(made: Allocation) -> Iterator[Section]:
    """The letters to all units: the quota, how it came about, how it stands beside the published figure."""
    from allocator.why.explanation import STEPS, sentences, steps

    shown = titled("letter", Column("step", "text"), Column("members", "number", 1))
    stepwise = steps(made)
    told = sentences(made, stepwise)
    for index, (unit, quota, sentence) in enumerate(zip(made.table.units, made.quotas, told, strict=True)):
        figures: dict[str, Value] = {"available": made.claims.available[index] / MICRO, "quota": quota,
                                     "effort": made.efforts[index]}  # fmt: skip
        if made.published[index] is not None:
            figures |= {"published": made.published[index], "difference": made.differences[index]}
        tenths = zip(STEPS, stepwise[index], strict=True)
        rows = tuple((say(f"step.{name}"), each / 10) for name, each in tenths)
        listings = (
            Listing("figures", say("letter.figures"), columns(*figures), (tuple(figures.values()),)),
            Listing("steps", say("letter.steps"), shown, rows, (say("column.quota"), quota)),
        )
        texts = say("letter.quota", unit=unit, quota=quota), sentence
        yield Section("letter", unit, texts, listings)


def _settings(made: Allocation, words: Words, source: Source | None) -> Section:
    """What was believed, what was decided, and where the figures come from."""
    from allocator.proof.result import result

    def listing(key: str, names: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> Listing:
        return Listing(key, say(f"report.{key}"), tuple(Column(name, "text") for name in names), tuple(rows))

    dump = made.scenario.model_dump(mode="json")
    settings = [
        (say(f"report.{side}"), setting_name(words, name), Setting(value))
        for side, keys in (("assumptions", ASSUMPTIONS), ("decisions", DECISIONS))
        for key in keys
        for name, value in _flat(key, dump[key])
    ]
    listings = [listing("parameters", ("side", "parameter", "value"), settings)]
    if source is not None:
        facts = source.document.model_dump()
        listings.append(listing("document", ("fact", "value"),
                                [(say(f"source.{key}"), value) for key, value in facts.items() if value]))  # fmt: skip
        stands = [
            (figure_name(words, name).replace(" / ", ": "), each.header, each.cell, each.total or "")
            for name, each in source.columns.items()
        ]
        listings.append(listing("columns", ("figure", "header", "cell", "total_printed"), stands))
    found = result(made)
    proof = say("report.proof", version=found["inputs"]["version"], table=found["inputs"]["table_sha256"],
                digest=found["digest"])  # fmt: skip
    return Section("scenario", say("report.scenario"), (proof,), tuple(listings), aside=True)


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """A part of a scenario as its single settings: `growth` → `growth.realisation`, `growth.units`."""
    if isinstance(value, dict) and name in ("growth", "attainment", "bounds", "risk"):
        return [(f"{name}.{key}", each) for key, each in value.items()]
    return [(name, value)]

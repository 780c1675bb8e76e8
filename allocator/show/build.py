"""The report as one document, built once from what was found about a case: no format computes a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from allocator.data.office import Office
from allocator.data.source import Source, office_beside, source_beside
from allocator.data.table import Table
from allocator.data.unit_names import fitting_names
from allocator.errors import AllocatorError
from allocator.finding import Column, Finding, Listing, Section, Text, Value, say
from allocator.finding.premise import heading
from allocator.finding.settings import set_to, setting_name
from allocator.model.allocation import Allocation
from allocator.model.scenario import ASSUMPTIONS, DECISIONS
from allocator.questions import Case, in_report
from allocator.questions.run import in_short
from allocator.show.annex import annex_of, annex_title, figure_name
from allocator.show.changed import given_table, retitled, what_changed
from allocator.show.charts import CAN_DRAW
from allocator.show.levers import MOST_SINGLE
from allocator.words import Words

MOST_CHARTED = 100
"""Above this many units a chart with a bar a unit is read by nobody."""

CHIEF = ("unit", "parent", "workforce", "available", "quota", "effort", "published", "difference", "position")
"""What of every unit is needed to sign its quota."""


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
        office: who issues the documents; `meant` are units that it calls otherwise, by the names it has for them.
        published_on: when the quotas compared with were published; None where that is not known.
        founded: unions to found by unit, where a register was asked about.
        later: what the years after are called, and their quotas by unit, where a plan was asked about.
        asked: what was found about all that units ask for, where a round was asked about.
        sheets: what a workbook opens with: the allocation in its chief columns, how it compares and what rules do.
        given: the table without the figures that were corrected for this one scenario.
        appendix: whether a workbook has all sections, too.
        record: which entry of the journal it is; blank where that is not known.
    """

    words: Words
    title: Text
    subtitle: Text
    preamble: tuple[Text, ...]
    sections: tuple[Section, ...]
    allocation: Allocation = field(repr=False)
    annex: Listing | None = None
    office: Office = field(default_factory=Office)
    published_on: date | None = None
    founded: Mapping[str, int] = field(default_factory=dict)
    later: Sequence[tuple[Text, Mapping[str, int]]] = ()
    sheets: tuple[Section, ...] = ()
    given: Table | None = None
    appendix: bool = False
    record: Text = ""
    asked: Finding | None = None
    meant: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its title, and what it is about with all that was changed: what its files say they are."""
        return " – ".join(filter(None, map(self.words.told, (self.title, self.subtitle))))

    @property
    def large(self) -> bool:
        """Whether there are too many units for a letter each and a sheet to try changes on: they would take minutes."""
        return len(self.allocation.table) > MOST_SINGLE


def answers(
    case: Case,
    known: Mapping[str, Any],
    others: Mapping[str, Sequence[Case]] | None = None,
    ready: Callable[[Finding], None] | None = None,
) -> tuple[list[Finding], dict[str, AllocatorError]]:
    """What every report asks, in reading order, and by name why a question had no answer.

    Args:
        case: what the report is about.
        known: values of arguments by name; a question is asked where all it requires is known.
        others: by the name of a question about several cases, those it is asked about beside `case`.
        ready: is told each answer as soon as it is there.
    """
    found, left_out = [], {}
    for each in in_report():
        beside = (others or {}).get(each.name, ())
        if not all(argument.name in known for argument in each.required) or (each.of == "cases" and not beside):
            continue
        given = {argument.name: known[argument.name] for argument in each.of_report if argument.name in known}
        if each.name == "review":  # whose file is the plan's
            given["later"] = (others or {}).get("plan", ())
        try:
            found.append(each.ask(case if each.of == "case" else [case, *beside], **given))
        except AllocatorError as error:
            left_out[each.name] = error
        else:
            if ready:
                ready(found[-1])
    return found, left_out


def build_report(case: Case, found: Sequence[Finding], words: Words) -> Document:
    """The report on a case, from what was found about it in reading order, in the language of `words`."""
    made, scenario = case.allocation, case.allocation.scenario
    words = words.about(scenario.what)
    source = source_beside(Path(made.table.place)) if made.table.place else None
    changed = what_changed(case)
    office = office_beside(made.table.place, scenario.office, scenario.year)
    if made.table.left:  # its results are of more years than those of the file
        office = office.model_copy(update={"period": scenario.office.period})
    meant = fitting_names(office.names, case.table.units)
    names = {meant.get(name, name): full for name, full in office.names.items()}
    told = source.document.date if source and scenario.published in source.columns else ""
    table = annex_of(made, words, source)
    sections: Sequence[Section] = (
        Section("allocation", say("report.allocation"), (), (table,)),
        *(section for finding in found for section in finding.sections),
        _settings(made, words, source),
    )
    lead = say("report.lead", target=scenario.target, lot=scenario.lot, units=len(made.table))
    known = {each.sections[0].key: each.records for each in found if each.sections}
    title, question = retitled(heading(made), changed), () if changed else (scenario.question,)
    preamble = tuple(each for each in (*question, lead, *in_short(made)) if words.told(each))
    return Document(
        words,
        say("report.title"),
        title,
        preamble,
        _drawn(sections, made),
        made,
        replace(table, title=annex_title(scenario)),
        office.model_copy(update={"names": names}),
        date.fromisoformat(told) if told else None,
        {each["unit"]: each["needed"] for each in known.get("unions", {}).get("units", ())},
        [(say("plan.in_year", year=str(year["year"])) if year["year"] else year["name"],
          {each["unit"]: each["quota"] for each in year["units"]})
         for year in known.get("plan", {}).get("years", ())[1:]],
        tuple(_sheets(title, preamble, {section.key: section for section in sections})),
        given_table(case),
        asked=next((each for each in found if each.records.get("bids")), None),
        meant=meant,
    )  # fmt: skip


def _sheets(title: Text, preamble: Sequence[Text], found: Mapping[str, Section]) -> Iterator[Section]:
    """The allocation as a chairperson reads it; how it compares, and what each rule does, as far as that was asked."""
    compared = found.get("comparison", Section("comparison", say("report.comparison")))
    if "basis" in found:
        units = tuple(each.only(*CHIEF) for each in found["basis"].listings if each.key == "units")
        yield Section("allocation", say("report.title"), (title, *preamble, *compared.texts), units)
    moved = found.get("steps", Section("steps", ""))
    rules = [*(found["rules"].listings if "rules" in found else ()), *(e for e in moved.listings if e.key == "rules")]
    yield replace(compared, texts=(*compared.texts, *moved.texts), listings=(*compared.listings, *rules))


def build_answer(title: Text, cases: Sequence[Case], finding: Finding, words: Words) -> Document:
    """What a question called `title` found about some cases, and under it the settings of each."""
    cases = finding.cases or cases
    made = [each.allocation for each in cases]
    words = words.about(cases[0].scenario.what)
    names = [words.told(each.called or retitled(heading(each.allocation), what_changed(each))) for each in cases]
    first, *others = finding.beyond or (Section("answer", title),)
    first = replace(first, texts=(*(each for each in finding.lines if each != first.title), *first.texts))
    settings = (
        replace(_settings(each, words, None), key=f"settings_{number}", title=say("report.settings", of=name))
        for number, (each, name) in enumerate(zip(made, names, strict=True), start=1)
    )
    return Document(words, title, "; ".join(names), (), _drawn((first, *others, *settings), made[0]), made[0])


def _drawn(sections: Sequence[Section], made: Allocation) -> tuple[Section, ...]:
    """Sections with their charts where these can be drawn, and read."""
    drawn = CAN_DRAW and len(made.table) <= MOST_CHARTED
    return tuple(each if drawn else replace(each, charts=()) for each in sections)


def _settings(made: Allocation, words: Words, source: Source | None) -> Section:
    """What was believed, what was decided, and where the figures come from."""
    from allocator.proof.result import result

    def listing(key: str, names: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> Listing:
        return Listing(key, say(f"report.{key}"), tuple(Column(name, "text") for name in names), tuple(rows))

    dump = made.scenario.model_dump(mode="json")
    settings = [
        (say(f"report.{side}"), setting_name(words, name), set_to(name, value))
        for side, keys in (("assumptions", ASSUMPTIONS), ("decisions", DECISIONS))
        for key in keys
        for name, value in _flat(key, dump[key])
        if name != "quota_basis" or made.scenario.sort == "members"
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
    return Section("scenario", say("report.scenario"), (proof,), tuple(listings))


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """A part of a scenario as its single settings: `growth` → `growth.realisation`, `growth.units`."""
    if isinstance(value, dict) and name in ("growth", "attainment", "bounds", "risk", "review", "unions"):
        return [(f"{name}.{key}", each) for key, each in value.items()]
    return [(name, value)]

"""The report as one document, built once from what was found about a case: no format computes a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from allocator.data.office import Office, is_of
from allocator.data.source import PrintedColumn, Source, office_beside, source_beside
from allocator.data.table import ATTAINMENT, ESTIMATE, Number, Table
from allocator.errors import AllocatorError
from allocator.finding import Column, Finding, Listing, Section, Text, Value, say
from allocator.finding.columns import columns, total
from allocator.finding.premise import heading
from allocator.finding.settings import set_to, setting_name
from allocator.model.allocation import Allocation
from allocator.model.parts import CARRIED, NET_GAIN
from allocator.model.scenario import ASSUMPTIONS, DECISIONS, Scenario
from allocator.questions import Case, in_report
from allocator.questions.run import in_short
from allocator.show.changed import given_table, retitled, what_changed
from allocator.show.charts import CAN_DRAW
from allocator.show.levers import MOST_SINGLE
from allocator.words import Words

MOST_CHARTED = 100
"""Above this many units a chart with a bar a unit is read by nobody."""
CANONICAL = ("term_target", "term_new_unions", "recruited", "lost", "net_gain", "attainment", "published_quota",
             "workforce_gap", "workforce_insured", "workforce", ESTIMATE)  # fmt: skip

CHIEF = ("unit", "parent", "workforce", "available", "quota", "effort", "published", "difference", "position")
"""What of every unit is needed to sign its quota."""

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
        office: who issues the documents.
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
    _ = case.allocation  # once, before the threads ask for it
    found, left_out = [], {}
    with ThreadPoolExecutor() as pool:
        running = {}
        for each in in_report():
            beside = (others or {}).get(each.name, ())
            if all(argument.name in known for argument in each.required) and (each.of == "case" or beside):
                given = {argument.name: known[argument.name] for argument in each.of_report if argument.name in known}
                about = case if each.of == "case" else [case, *beside]
                if each.name == "review":  # whose file is the plan's
                    given["later"] = (others or {}).get("plan", ())
                running[each.name] = pool.submit(_asked, partial(each.ask, about, **given), ready)
    for name, answer in running.items():
        try:
            found.append(answer.result())
        except AllocatorError as error:
            left_out[name] = error
    return found, left_out


def _asked(ask: Callable[[], Finding], ready: Callable[[Finding], None] | None) -> Finding:
    found = ask()
    if ready:
        ready(found)
    return found


def build_report(case: Case, found: Sequence[Finding], words: Words) -> Document:
    """The report on a case, from what was found about it in reading order, in the language of `words`."""
    made, scenario = case.allocation, case.allocation.scenario
    words = words.about(scenario.what)
    source = source_beside(Path(made.table.place)) if made.table.place else None
    changed = what_changed(case)
    office = office_beside(made.table.place, scenario.office, scenario.year)
    if made.table.left:  # its results are of more years than those of the file
        office = office.model_copy(update={"period": scenario.office.period})
    told = source.document.date if source and scenario.published in source.columns else ""
    table = _annex(made, words, source)
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
        office,
        date.fromisoformat(told) if told else None,
        {each["unit"]: each["needed"] for each in known.get("unions", {}).get("units", ())},
        [(say("plan.in_year", year=str(year["year"])) if year["year"] else year["name"],
          {each["unit"]: each["quota"] for each in year["units"]})
         for year in known.get("plan", {}).get("years", ())[1:]],
        tuple(_sheets(title, preamble, {section.key: section for section in sections})),
        given_table(case),
        asked=next((each for each in found if each.records.get("bids")), None),
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
    names = [words.told(retitled(heading(each.allocation), what_changed(each))) for each in cases]
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


def _annex(made: Allocation, words: Words, source: Source | None) -> Listing:
    """All units with all their figures, in the order and under the headers of the source document where it is known.

    The quota stands where the published one stood, and nothing else that was published; blanks stay blank.
    """
    table, scenario, printed = made.table, made.scenario, source.columns if source else {}
    figures: dict[str, Figures] = {name: (table.column(name), total(table.column(name))) for name in table.columns}
    if ATTAINMENT in figures:
        figures[ATTAINMENT] = figures[ATTAINMENT][0], None  # shares do not add up to one
    if growth := figures.get(ESTIMATE):
        figures[ESTIMATE] = [each or None for each in growth[0]], growth[1]  # a blank was read as 0
    for name, each in printed.items():
        if name not in figures and each.percent and all(part in table.columns for part in each.percent):
            figures[name] = _ratio(*(figures[part] for part in each.percent))
    figures.pop("published_quota", None)
    if table.left:  # no parts are known of what the year before left
        figures = {name: each for name, each in figures.items() if not name.startswith("workforce_") and any(each[0])}
    figures["quota"] = made.quotas, sum(made.quotas)
    stand_in = scenario.published or "published_quota"
    wanted = (*(printed or CANONICAL), *table.columns)
    names = list(dict.fromkeys("quota" if name == stand_in else name for name in wanted))
    names = [name for name in names if name in figures]
    names = names if "quota" in names else ["quota", *names]
    moved = {*CARRIED, NET_GAIN, ATTAINMENT} if table.left else ()
    told = {name: each for name, each in printed.items() if name not in moved}
    heads = (_column(words, name, told.get(stand_in if name == "quota" else name), scenario.year) for name in names)
    rows = tuple((n + 1, unit, *(_blank(figures[name][0][n]) for name in names)) for n, unit in enumerate(table.units))
    whole = ("", say("run.total"), *(_blank(figures[name][1]) for name in names))
    return Listing("annex", say("report.annex"), (Column("number"), *columns("unit"), *heads), rows, whole)


def _blank(figure: Number | None) -> Value:
    """A figure, or nothing at all where it is not known."""
    return "" if figure is None else figure


def _ratio(above: Figures, below: Figures) -> Figures:
    """Shares of one column in another; None where a figure is not known or there is nothing to share."""
    pairs = zip((*above[0], above[1]), (*below[0], below[1]), strict=True)
    *shares, whole = (a / b if a is not None and b else None for a, b in pairs)
    return shares, whole


def _column(words: Words, name: str, source: PrintedColumn | None, year: int | None) -> Column:
    """A column of the annex, in Vietnamese under the header of the source document.

    Headers of the quota and of the growth expected are those of their year: another year's are not carried over.
    """
    header = source.header if source and words.language == "vi" else ""
    if name in ("quota", ESTIMATE) and year and not is_of(header, year):
        header = ""
    group, _, title = (header or figure_name(words, name) or name).rpartition(" / ")
    ratio = name == ATTAINMENT or (source is not None and bool(source.percent))
    return Column(name, "share" if ratio else "members", 2 if ratio else 0, title, group, bar=name == "quota")


def figure_name(words: Words, name: str) -> str:
    """What a column of the table is called in an annex; its own name where the catalogue has none."""
    key = "column.unit" if name == "unit" else f"annex.{name}"
    told = words(key) if key in words else setting_name(words, name)
    return told if told == name else told[:1].upper() + told[1:]


def annex_title(scenario: Scenario) -> Text:
    """What a list of a scenario's quotas is called."""
    year = say("word.in_year", year=str(scenario.year)) if scenario.year else ""
    return say("word.title", task=say(f"word.task.{scenario.sort}", in_year=year))


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

"""The annex: all units with all their figures, in the layout of the document that it answers."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.data.office import is_of
from allocator.data.source import PrintedColumn, Source
from allocator.data.table import ATTAINMENT, ESTIMATE, Number
from allocator.finding import Column, Listing, Text, Value, say
from allocator.finding.columns import columns, total
from allocator.finding.settings import setting_name
from allocator.model.allocation import Allocation
from allocator.model.parts import CARRIED, NET_GAIN
from allocator.model.scenario import Scenario
from allocator.words import Words

CANONICAL = ("term_target", "term_new_unions", "recruited", "lost", "net_gain", "attainment", "published_quota",
             "workforce_gap", "workforce_insured", "workforce", ESTIMATE)  # fmt: skip

Figures = tuple[Sequence[Number | None], Number | None]
"""A column of the annex: a figure a unit, and that of all together."""


def annex_of(made: Allocation, words: Words, source: Source | None) -> Listing:
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

"""Builds the document of a report from an allocation, once, for every format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from allocator.analysis.explanation import explain
from allocator.analysis.result import unit_rows
from allocator.data.source import Source
from allocator.model.allocation import Allocation
from allocator.report import letters, sections, settings, year
from allocator.report.annex import annex
from allocator.report.document import MOST_CHARTED, Document, Section
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.foundings import Foundings
    from allocator.analysis.plan import Plan
    from allocator.analysis.review import Review
    from allocator.report.charts import Chart


@dataclass(frozen=True, eq=False)
class Findings:
    """What is known of an allocation beside its quotas; a section is left out where its findings are None.

    Attributes:
        source: where the table's figures come from.
        sensitivity: the JSON of `allocator sensitivity`.
        calibration: the JSON of `allocator calibrate`; all but `best`, `ladder`, `units` and counts may be left out.
        review: the review of its progress.
        foundings: the unions to found beside it.
        plan: the plan of several years it is one of.
        charts: whether charts can be drawn.
    """

    source: Source | None = None
    sensitivity: dict[str, Any] | None = None
    calibration: dict[str, Any] | None = None
    review: Review | None = None
    foundings: Foundings | None = None
    plan: Plan | None = None
    charts: bool = False


def build(allocation: Allocation, words: Words, findings: Findings | None = None) -> Document:
    """The report on an allocation, in the language of `words`; every format writes it, none computes a figure."""
    findings = findings or Findings()
    scenario, printed = allocation.scenario, findings.source.document if findings.source else None
    official = printed if words.language == "vi" else None
    explanation = explain(allocation, words)
    made = annex(allocation, words, findings.source)
    found: Sequence[Section | None] = (
        Section("allocation", words("report.allocation"), (), (made,)),
        sections.basis(allocation, words),
        sections.comparison(allocation, words),
        sections.sentences(explanation, words),
        sections.steps(explanation, words),
        sections.sensitivity(findings.sensitivity, words, scenario.risk.reachable),
        sections.calibration(findings.calibration, words),
        *_year(allocation, words, findings),
        settings.scenario(allocation, words, findings.source),
    )
    drawn = _charts(allocation, words, findings) if findings.charts and len(allocation.table) <= MOST_CHARTED else {}
    lead = words("report.lead", target=scenario.target, lot=scenario.lot, units=len(allocation.table))
    question = getattr(scenario.question, words.language)
    return Document(
        words,
        words("report.title"),
        getattr(scenario.title, words.language) or words("run.title", target=scenario.target, lot=scenario.lot),
        (question, lead) if question else (lead,),
        tuple(replace(each, charts=tuple(drawn.get(each.key, ()))) for each in found if each is not None),
        made,
        (official.title if official else "") or words("report.annex_title"),
        letters.letters(explanation, words),
        official.issuer if official else "",
        allocation,
    )


def _year(allocation: Allocation, words: Words, findings: Findings) -> Iterator[Section | None]:
    """The sections about the year."""
    yield year.net(allocation, words)
    if findings.review is not None:
        yield year.review(findings.review, words)
    if findings.foundings is not None:
        yield year.unions(findings.foundings, words)
    if findings.plan is not None:
        yield year.plan(findings.plan, words)


def _charts(allocation: Allocation, words: Words, findings: Findings) -> dict[str, list[Chart]]:
    """Charts by the section they stand in."""
    from allocator.report import charts, risk_charts

    rows = unit_rows(allocation)
    drawn = {"basis": [charts.effort(rows, words)] if any(allocation.claims.available) else []}
    if any(each is not None for each in allocation.published):
        drawn["comparison"] = [charts.published(rows, words)]
    if findings.sensitivity is not None:
        swept = [each for each in findings.sensitivity["units"] if each["p50"] is not None]
        drawn["sensitivity"] = [risk_charts.bands(swept, words), risk_charts.shortfall(swept, words)] if swept else []
    if findings.calibration is not None:
        drawn["calibration"] = [charts.calibration(findings.calibration["units"], words)]
    return drawn

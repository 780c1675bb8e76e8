"""Which units are given more than in another year, and why."""

from __future__ import annotations

from allocator.errors import InputError, fault
from allocator.finding import Finding, Listing, Section, say
from allocator.finding.columns import columns
from allocator.questions import Argument, Case, question
from allocator.why.explanation import sentences, steps

WORDS = {
    "question.gains": {"en": "Who gets more than before", "vi": "Đơn vị nào được giao nhiều hơn trước"},
    "cli.gains.help": {"en": "Which units are given more than before.", "vi": "Đơn vị nào được giao nhiều hơn trước."},
    "cli.gains.example": {"en": "allocator gains --last recruited", "vi": "allocator gains --last recruited"},
    "cli.gains.last": {"en": "column of the year before", "vi": "cột của năm trước"},
    "column.last": {"en": "Before", "vi": "Trước đây"},
    "gains.count": {"en": "{count:n} units get more than before.", "vi": "{count:n} đơn vị được giao nhiều hơn trước."},
    "gains.why": {"en": "Why they get more", "vi": "Vì sao được giao nhiều hơn"},
}


@question(Argument("last", "text", "published_quota"), place=10)
def gains(case: Case, last: str = "published_quota") -> Finding:
    """The units whose quota is above their figure in the column `last`; InputError where there is no such column."""
    made = case.allocation
    if last not in made.table.columns:
        raise InputError(fault("scenario.unknown_unit", "--last", name=last, near=sorted(made.table.columns)))
    before, told = made.table.column(last), list(sentences(made, steps(made)))
    more = [i for i, (q, b) in enumerate(zip(made.quotas, before, strict=True)) if b is not None and q > b]
    rows = [(made.table.units[i], before[i], made.quotas[i], made.quotas[i] - (before[i] or 0)) for i in more]
    records = [{"unit": row[0], "change": row[3], "why": told[i]} for i, row in zip(more, rows, strict=True)]
    figures = Listing("gains", say("question.gains"), columns("unit", "last", "quota", "change"), tuple(rows))
    reasons = tuple((made.table.units[i], told[i]) for i in more)
    why = Listing("reasons", say("gains.why"), columns("unit", "sentence"), reasons)
    line = say("gains.count", count=len(more))
    return Finding({"units": records}, (Section("gains", say("question.gains"), (line,), (figures, why)),), (line,))

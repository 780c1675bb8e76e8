"""The built-in scenarios, each with the question it answers."""

from __future__ import annotations

from allocator.finding import Column, Finding, Listing, Section, say
from allocator.finding.columns import columns
from allocator.questions import question


@question(of="nothing")
def ask_scenarios() -> Finding:
    """All built-in scenarios."""
    from allocator.files import builtin_scenarios, load_scenario

    found = [(name, load_scenario(name)[1]) for name, _ in builtin_scenarios()]
    records = [
        {"name": name, "title": each.title.model_dump(), "question": each.question.model_dump()} for name, each in found
    ]
    rows = tuple((name, each.question) for name, each in found)
    title = say("page.starts")
    listing = Listing("scenarios", title, (*columns("scenario"), Column("question", "text")), rows)
    lines = (say("scenarios.count", count=len(found)),)
    return Finding({"scenarios": records}, (Section("scenarios", title, (), (listing,)),), lines, ("run", found[0][0]))

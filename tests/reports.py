"""Reports as the command makes them, in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.data.table import Table
from allocator.files import load_scenario
from allocator.model.scenario import Scenario
from allocator.questions import Case, find
from allocator.show.build import Document, answers, build_report
from allocator.words import Words

BASE = "an-giang-2017/base"


def reported(
    language: str,
    case: tuple[Table, Scenario] | None = None,
    changes: list[str] | None = None,
    ask: tuple[str, ...] = ("run", "explain"),
    **known: Any,
) -> Document:
    """A report that asks only some questions, so that it is quick; `known` are their arguments."""
    made = Case(BASE, *(case or load_scenario(BASE, changes or [])))
    needed = {name: {a.name: known[a.name] for a in find(name).arguments if a.name in known} for name in ask}
    return build_report(made, [find(name).ask(made, **given) for name, given in needed.items()], Words(language))


def whole(language: str, folder: Path | None = None) -> Document:
    """The whole report on the base scenario, or on a scenario of one's own."""
    made = Case(BASE, *load_scenario(folder or BASE))
    return build_report(made, answers(made, {})[0], Words(language))

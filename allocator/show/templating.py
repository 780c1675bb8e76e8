"""The HTML templates of the report and of the planner's page."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from allocator.show.drawings import draw

TEMPLATES = Path(__file__).parent / "templates"
ENGINE = Path(__file__).parent / "engine"
"""The scripts and the style of a report that computes."""


def environment(*folders: Path) -> Environment:
    """Templates of `folders`, then of the report; everything filled in is escaped, nothing may be missing."""
    loader = FileSystemLoader([*folders, TEMPLATES, ENGINE])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["draw"] = draw
    return made

"""The report as one HTML page that needs no network, from templates the planner's page shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from allocator.show.drawings import draw

if TYPE_CHECKING:
    from allocator.show.build import Document

TEMPLATES = Path(__file__).parent / "templates"


def environment(*folders: Path) -> Environment:
    """Templates of `folders`, then of the report; everything filled in is escaped, nothing may be missing."""
    loader = FileSystemLoader([*folders, TEMPLATES])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["draw"] = draw
    return made


def write_html(document: Document) -> dict[str, bytes]:
    """The page, UTF-8."""
    page = environment().get_template("report.html").render(document=document, words=document.words)
    return {"report.html": page.encode("utf-8")}

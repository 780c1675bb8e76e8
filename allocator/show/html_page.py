"""The report as one HTML page that needs no network, from templates the planner's page shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from allocator.errors import MissingExtraError, fault
from allocator.show.document import Document
from allocator.show.drawings import draw

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def environment(*folders: Path) -> Environment:
    """Templates of `folders`, then of the report; everything filled in is escaped, nothing may be missing."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingExtraError(fault("extra.missing", extra="office")) from None
    loader = FileSystemLoader([*folders, TEMPLATES])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["draw"] = draw
    return made


def write_html(document: Document) -> bytes:
    """The page, UTF-8."""
    template = environment().get_template("report.html")
    return template.render(document=document, words=document.words).encode("utf-8")

"""The report as a workbook: the allocation, how it compares, a sheet to try changes on, locks to edit and hand back.

An appendix has all sections besides, as the workbook of a single answer has.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime

import xlsxwriter

from allocator.show.allocation_sheet import add_allocation
from allocator.show.build import Document
from allocator.show.locks_sheet import add_locks
from allocator.show.sections import add_section, lay_section
from allocator.show.sheets import LETTERS, Book
from allocator.show.try_sheet import add_try_sheet

NEVER = datetime(1980, 1, 1)
"""When a workbook was made, as it says: the same report is the same bytes."""


def write_xlsx(document: Document) -> dict[str, bytes]:
    """The workbook."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "default_format_properties": {**LETTERS}}  # fmt: skip
    workbook = xlsxwriter.Workbook(content, options)  # which changes the properties it is given
    author = document.office.body or "allocator"
    book = Book(workbook, document.words, document)
    about = document.words.told(document.subtitle)
    facts = {"title": document.name, "author": author, "comments": about, "created": NEVER}
    workbook.set_properties(facts)
    for section in document.sheets:
        (add_allocation if section.key == "allocation" else lay_section)(book, section)
    if document.annex is not None:
        add_try_sheet(book)
        add_locks(book)
    if document.appendix or document.annex is None:
        shown = [each for section in document.sheets for each in section.listings]
        for section in document.sections:
            if not section.listings or any(each not in shown for each in section.listings):
                add_section(book, replace(section, key="annex") if section.key == "allocation" else section)
    workbook.close()
    return {"report.xlsx": content.getvalue()}

"""The sheet on which quotas are locked by hand, each with who decided it and why, to be handed back."""

from __future__ import annotations

from typing import Any

from allocator.data.overtyped import KEPT, PARAMETERS
from allocator.data.tried import label_key
from allocator.finding import Column, Value
from allocator.show.sections import wrapped_lines
from allocator.show.sheets import LINE, Book

LOCKS_FIRST = 5
LOCK_COLUMNS = {"unit": (38, "text"), "proposed": (13, "number"), "lock": (13, "entry"), "by": (26, "entry"),
                "reason": (46, "entry")}  # fmt: skip
"""Width and look of each column of the locks."""


def add_locks(book: Book) -> None:
    """Add the sheet; figures of the allocation that nobody should overtype are kept beside, hidden, to be compared."""
    made, words = book.document.allocation, book.words
    sheet, lot = book.sheet("locks"), made.problem.lot
    locks = {each.unit: (each.quota, each.by, each.reason) for each in made.scenario.locks}
    sheet.write(0, 0, words("locks.title"), book.look("title"))
    room = sum(width for width, _ in LOCK_COLUMNS.values())
    for row, text in enumerate((words("locks.hint", lot=lot), words("locks.hand_back")), start=1):
        sheet.merge_range(row, 0, row, len(LOCK_COLUMNS) - 1, text, book.look("note"))
        sheet.set_row(row, LINE * wrapped_lines(text, room) + 3)
    heads = [words(label_key(key)) for key in LOCK_COLUMNS]
    sheet.set_row(LOCKS_FIRST - 1, 2 * LINE + 5)
    sheet.write_row(LOCKS_FIRST - 1, 0, heads, book.look("head"))
    for index, (width, _) in enumerate(LOCK_COLUMNS.values()):
        sheet.set_column(index, index, width)
    looks = [book.look(look, "#,##0" if key in ("proposed", "lock") else "") for key, (_, look) in LOCK_COLUMNS.items()]
    for row, (unit, quota) in enumerate(zip(made.table.units, made.quotas, strict=True), start=LOCKS_FIRST):
        values = (unit, quota, *locks.get(unit, (None,) * 3))
        sheet.set_row(row, LINE * max(wrapped_lines(str(unit), 37), wrapped_lines(str(values[-1] or ""), 45)) + 3)
        for column, value in enumerate(values):
            sheet.write(row, column, value, looks[column])
    _check_entries(book, sheet)
    _keep_figures(book, sheet)
    sheet.freeze_panes(LOCKS_FIRST, 1)
    sheet.repeat_rows(LOCKS_FIRST - 1)
    sheet.autofilter(LOCKS_FIRST - 1, 0, LOCKS_FIRST - 1 + len(made.table), len(LOCK_COLUMNS) - 1)


def _check_entries(book: Book, sheet: Any) -> None:
    """What may be typed into the yellow cells."""
    made, words = book.document.allocation, book.words
    first, last = LOCKS_FIRST, LOCKS_FIRST + len(made.table) - 1
    lot, target, name = made.problem.lot, made.scenario.target, words("locks.lock")
    cell = f"C{first + 1}"
    whole = f"=AND(ISNUMBER({cell}),{cell}>=0,{cell}<={target},MOD({cell},{lot})=0)"
    sheet.data_validation(first, 2, last, 2, {
        "validate": "custom", "value": whole,
        "input_title": name, "input_message": words("locks.lock_input", lot=lot),
        "error_title": name, "error_message": words("locks.lock_error", lot=lot, target=target),
    })  # fmt: skip
    book.limit_texts(sheet, (first, 3), (last, 4))


def _keep_figures(book: Book, sheet: Any) -> None:
    """The figures of the sheet of the allocation once more, in hidden columns under their headers."""
    listings = [each for section in book.document.sheets for each in section.listings if each.key == "units"]
    kept: list[tuple[str, list[Value]]] = [
        (
            book.words("locks.kept", column=book.words.told(column.header)),
            [_plain(column, row[index], book) for row in listing.rows],
        )
        for listing in listings
        for index, column in enumerate(listing.columns)
        if column.key in KEPT
    ]
    for key in PARAMETERS:
        value = getattr(book.document.allocation.scenario, key)
        kept.append((book.words("locks.kept", column=book.words(f"parameter.{key}")), [value] * len(kept[0][1])))
    for column, (header, values) in enumerate(kept, start=len(LOCK_COLUMNS)):
        sheet.write(LOCKS_FIRST - 1, column, header, book.look("head"))
        sheet.write_column(LOCKS_FIRST, column, values, book.look("number"))
        sheet.set_column(column, column, None, None, {"hidden": True})


def _plain(column: Column, value: Value, book: Book) -> Value:
    """A figure as it is, anything else as the sheet of the allocation shows it."""
    return value if value is None or isinstance(value, int | float) else column.text(book.words, value)

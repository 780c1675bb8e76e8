"""The live sheets of the workbook: the model in formulas, and the locks to edit and hand back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allocator.finding import Plain
from allocator.model.allocation import Allocation
from allocator.show.book import BAR, FROM_ZERO, Book, add_chart, put
from allocator.show.document import MOST_CHARTED
from allocator.show.live_formulas import LEVEL_FORMULA, MOST_LIVE_SHARES, NODE_KEYS, Cell, Field, Live, fields, nodes

TOP = 3
SETTINGS = ("rho", "target", "lot", "max_share")
RESULTS = ("level", "lower", "upper", "missing", "unfair")
HEAD = TOP + len(SETTINGS) + len(RESULTS) + 1
LOCKS_FIRST = 5
LOCK_COLUMNS = ("unit", "proposed", "lock", "by", "reason", "verdict")
_COST = '[>1E+98]"–";0.0000'


def add_model(book: Book) -> None:
    """Add the sheet of the live model."""
    made, words = book.document.allocation, book.words
    sheet = book.sheet("model")
    columns = fields(made, words)
    names = _names(book, made, columns)
    sheet.write_string(0, 0, words("model.title"), book.look("title"))
    sheet.merge_range(1, 0, 1, 20, words("model.hint"), book.look("note"))
    _add_settings(book, sheet, made, names)
    _add_units(book, sheet, columns, names)
    _add_nodes(book, sheet, made, names)
    sheet.freeze_panes(HEAD + 1, 1)
    sheet.repeat_rows(HEAD)
    if len(made.table) <= MOST_CHARTED:
        _add_effort_chart(book, sheet, columns)


def _names(book: Book, made: Allocation, columns: Sequence[Field]) -> dict[str, str]:
    """What formulas call things by; `{row}` in a name stands for the row it is used in."""
    from xlsxwriter.utility import xl_col_to_name

    first, last = HEAD + 2, HEAD + 1 + len(made.table)
    names = {key: f"$B${TOP + 1 + index}" for index, key in enumerate((*SETTINGS, *RESULTS))}
    for index, each in enumerate(columns):
        letters = xl_col_to_name(index)
        names[each.key] = f"${letters}{{row}}"
        names[f"{each.key}_all"] = f"${letters}${first}:${letters}${last}"
    for pair in ("break", "sum"):
        start, end = (names[f"{pair}_{side}_all"].split(":") for side in ("floor", "cap"))
        names[f"{pair}s"] = f"{start[0]}:{end[1]}"
    top, bottom = last + 5, last + 4 + len(made.problem.tree.names)
    names |= {"reach_last": f"$G${top}:$G${bottom}", "reach_next": f"$H${top}:$H${bottom}"}
    locks = book.words("sheet.locks").replace("'", "''")
    start_row, end_row = LOCKS_FIRST + 1, LOCKS_FIRST + len(made.table)
    return names | {f"locks_{x}": f"'{locks}'!${x.upper()}${start_row}:${x.upper()}${end_row}" for x in "ac"}


def _filled(formula: str, names: Mapping[str, str], row: int) -> str:
    """A formula with its names replaced by cells, for the sheet's row `row`, counted from 0."""
    return formula.format(**{key: cell.replace("{row}", str(row + 1)) for key, cell in names.items()})


def _write(sheet: Any, row: int, column: int, cell: Cell, look: Any, names: Mapping[str, str]) -> None:
    if cell.formula:
        value: Plain = "" if cell.value is None else cell.value
        sheet.write_formula(row, column, _filled(cell.formula, names, row), look, value)
    else:
        put(sheet, row, column, cell.value, look)


def _add_settings(book: Book, sheet: Any, made: Allocation, names: Mapping[str, str]) -> None:
    """What can be changed for all units, and what comes of it."""
    scenario, state, words = made.scenario, Live(made), book.words
    live = len(made.table) <= MOST_LIVE_SHARES and not scenario.groups
    wrong = [words(f"verdict.{key}").replace('"', '""') for key in ("much", "little", "out")]
    counted = "+".join(f'COUNTIF({{verdict_all}},"{text}")' for text in wrong)
    lower, upper = made.ends
    rows = {
        "rho": (Cell(scenario.growth.realisation), "0.0%", "input"),
        "target": (Cell(scenario.target), "#,##0", "input"),
        "lot": (Cell(scenario.lot), "#,##0", "number"),
        "max_share": (Cell(scenario.bounds.max_share), "0.0%", "input"),
        "level": (Cell(state.level(), LEVEL_FORMULA) if live else Cell(None), "0.000000", "number"),
        "lower": (Cell(lower or 0, "=INDEX({reach_last},1)"), _COST, "number"),
        "upper": (Cell(1e99 if upper is None else upper, "=INDEX({reach_next},1)"), _COST, "number"),
        "missing": (Cell(0, "={target}-SUM({quota_all})"), "+#,##0;−#,##0;0", "total"),
        "unfair": (Cell(0, f"={counted}"), "#,##0", "total"),
    }
    for index, (key, (cell, number, look)) in enumerate(rows.items()):
        sheet.write_string(TOP + index, 0, words(f"model.{key}"), book.look("text"))
        _write(sheet, TOP + index, 1, cell, book.look(look, number), names)
    at = TOP + len(SETTINGS)
    for row in (at + RESULTS.index("missing"), at + RESULTS.index("unfair")):
        rule = {"type": "cell", "criteria": "!=", "value": 0, "format": book.look("wrong")}
        sheet.conditional_format(row, 1, row, 1, rule)
    share = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1,
             "error_title": words("model.rho"), "error_message": words("model.rho_error")}  # fmt: skip
    sheet.data_validation(TOP, 1, TOP, 1, share)


def _add_units(book: Book, sheet: Any, columns: Sequence[Field], names: Mapping[str, str]) -> None:
    words, count = book.words, len(columns[0].cells)
    first, last = HEAD + 1, HEAD + count
    sheet.set_row(HEAD, 48)
    for index, column in enumerate(columns):
        sheet.write_string(HEAD, index, words(f"model.{column.key}"), book.look("head"))
        for row, cell in enumerate(column.cells, start=first):
            _write(sheet, row, index, cell, book.look(column.look, column.number), names)
        width = 26 if column.key == "unit" else 18 if column.key == "verdict" else 10.5
        sheet.set_column(index, index, width, None, {"hidden": column.hidden})
        if column.key in ("workforce", "growth", "available", "claim", "proposed", "quota", "published", "fair_share"):
            total = Cell(sum(c.value for c in column.cells if isinstance(c.value, int | float)),
                         f"=SUM({{{column.key}_all}})")  # fmt: skip
            _write(sheet, last + 1, index, total, book.look("total", column.number), names)
        if column.key == "effort":
            sheet.conditional_format(first, index, last, index, BAR | FROM_ZERO)
        if column.key == "verdict":
            _colour(book, sheet, first, last, index)
    sheet.write_string(last + 1, 0, words("run.total"), book.look("total"))


def _colour(book: Book, sheet: Any, first: int, last: int, column: int) -> None:
    """Verdicts in colour: fair green, unfair red."""
    looks = {"fair": "right", "much": "wrong", "little": "wrong", "out": "wrong"}
    for key, look in looks.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{book.words(f"verdict.{key}")}"'}
        sheet.conditional_format(first, column, last, column, {**rule, "format": book.look(look)})


def _add_nodes(book: Book, sheet: Any, made: Allocation, names: Mapping[str, str]) -> None:
    head = HEAD + len(made.table) + 4
    sheet.write_string(head - 1, 0, book.words("model.nodes"), book.look("heading"))
    for index, key in enumerate(NODE_KEYS):
        sheet.write_string(head, index, book.words(f"model.{key}"), book.look("head"))
    sheet.set_row(head, 48)
    for row, cells in enumerate(nodes(made, book.words, head + 2), start=head + 1):
        for index, cell in enumerate(cells):
            look = book.look("number", _COST if index > 3 else "#,##0") if index else book.look("text")
            _write(sheet, row, index, cell, look, names)


def _add_effort_chart(book: Book, sheet: Any, columns: Sequence[Field]) -> None:
    """What the last and the next lot of every unit ask, under the tables."""
    keys, count = [each.key for each in columns], len(columns[0].cells)
    series = [(book.words(f"model.{key}"), keys.index(key)) for key in ("last", "next")]
    below = HEAD + count + 6 + len(book.document.allocation.problem.tree.names)
    rows = (HEAD + 1, HEAD + count)
    add_chart(book, sheet, "column", book.words("model.chart"), series, rows, (below, 0), (1100, 360), "0.00")


def add_locks(book: Book) -> None:
    """Add the sheet on which quotas are locked by hand, each with who decided it and why."""
    made, words = book.document.allocation, book.words
    sheet, count, lot = book.sheet("locks"), len(made.table), made.problem.lot
    locks = {each.unit: each for each in made.scenario.locks}
    sheet.write_string(0, 0, words("locks.title"), book.look("title"))
    for row, text in enumerate((words("locks.hint", lot=lot), words("locks.hand_back")), start=1):
        sheet.merge_range(row, 0, row, len(LOCK_COLUMNS) - 1, text, book.look("note"))
    for index, key in enumerate(LOCK_COLUMNS):
        sheet.write_string(LOCKS_FIRST - 1, index, words(f"locks.{key}"), book.look("head"))
    model = f"'{words('sheet.model')}'!"
    verdict = HEAD + 1, [each.key for each in fields(made, words)].index("verdict")
    from xlsxwriter.utility import xl_rowcol_to_cell

    for index, unit in enumerate(made.table.units):
        row, lock = LOCKS_FIRST + index, locks.get(unit)
        held: list[Plain] = [lock.quota, lock.by, lock.reason] if lock else [None, None, None]
        looks = [book.look("text"), book.look("number", "#,##0"), book.look("input", "#,##0"),
                 book.look("input"), book.look("input"), book.look("text")]  # fmt: skip
        source = model + xl_rowcol_to_cell(verdict[0] + index, verdict[1])
        shown = words("verdict.locked" if lock else "verdict.fair")
        cells = [Cell(unit), Cell(made.quotas[index]), *(Cell(each) for each in held), Cell(shown, f"={source}")]
        for column, (cell, look) in enumerate(zip(cells, looks, strict=True)):
            _write(sheet, row, column, cell, look, {})
    _validate(book, sheet, count)
    for index, width in enumerate((28, 12, 12, 26, 60, 22)):
        sheet.set_column(index, index, width)
    _colour(book, sheet, LOCKS_FIRST, LOCKS_FIRST + count - 1, LOCK_COLUMNS.index("verdict"))
    sheet.freeze_panes(LOCKS_FIRST, 1)
    sheet.repeat_rows(LOCKS_FIRST - 1)


def _validate(book: Book, sheet: Any, count: int) -> None:
    """What the cells of the locks accept: units of the table, whole lots up to the target, short texts."""
    made, words, first = book.document.allocation, book.words, LOCKS_FIRST
    last, lot, target = first + count - 1, made.problem.lot, made.scenario.target
    units = f"='{words('sheet.model')}'!$A${HEAD + 2}:$A${HEAD + 1 + count}"
    sheet.data_validation(first, 0, last, 0, {"validate": "list", "source": units})
    sheet.data_validation(first, 2, last, 2, {
        "validate": "custom",
        "value": f"=AND(ISNUMBER(C{first + 1}),C{first + 1}>=0,C{first + 1}<={target},MOD(C{first + 1},{lot})=0)",
        "input_title": words("locks.lock"), "input_message": words("locks.lock_input", lot=lot),
        "error_title": words("locks.lock"), "error_message": words("locks.lock_error", lot=lot, target=target),
    })  # fmt: skip
    for column in (3, 4):
        sheet.data_validation(first, column, last, column, {
            "validate": "length", "criteria": "<=", "value": 500, "error_message": words("locks.too_long"),
        })  # fmt: skip

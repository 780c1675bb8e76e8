"""The report as a workbook: a sheet a section, the model in live formulas, and the locks to edit and hand back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from allocator.finding import Plain
from allocator.show.build import MOST_CHARTED, Document
from allocator.show.live_formulas import LEVEL_FORMULA, NEVER, NODE_KEYS, SIGNED, Field, Live, fields, nodes
from allocator.show.sheets import BAR, FROM_ZERO, Book, add_chart, add_section, put

TOP = 3
SETTINGS = ("rho", "target", "lot", "max_share")
RESULTS = ("level", "lower", "upper", "missing", "unfair")
HEAD = TOP + len(SETTINGS) + len(RESULTS) + 1
SUMMED = ("workforce", "growth", "available", "claim", "proposed", "quota", "published", "fair_share")
WIDE = {"unit": 26, "verdict": 18}
LOCKS_FIRST = 5
LOCK_COLUMNS = {"unit": (28, "text"), "proposed": (12, "number"), "lock": (12, "input"), "by": (26, "input"),
                "reason": (60, "input"), "verdict": (22, "text")}  # fmt: skip
"""Width and look of each column of the locks."""
_COST = '[>1E+98]"–";0.0000'


def write_xlsx(document: Document) -> dict[str, bytes]:
    """The workbook."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(content, options)
    author = document.issuer or "allocator"
    book = Book(workbook, document.words, document)
    about = document.words.told(document.subtitle)
    workbook.set_properties({"title": document.words.told(document.title), "author": author, "comments": about})
    for section in document.sections:
        if section.key == "scenario":
            _add_locks(book, "" if document.large else _add_model(book))
        add_section(book, section)
    workbook.close()
    return {"report.xlsx": content.getvalue()}


class _Model:
    """The sheet of the live model being written.

    Attributes:
        names: what formulas call things by; `{row}` in a name stands for the row it is used in.
    """

    def __init__(self, book: Book) -> None:
        self.book, self.words, self.state = book, book.words, Live(book.document.allocation)
        self.made = self.state.made
        self.sheet = book.sheet("model")
        self.fields = fields(self.state, self.words)
        self.first, self.last = HEAD + 1, HEAD + len(self.made.table)
        self.names = self._names()

    def _names(self) -> dict[str, str]:
        names = {key: f"$B${TOP + 1 + index}" for index, key in enumerate((*SETTINGS, *RESULTS))}
        for index, each in enumerate(self.fields):
            letters = xl_col_to_name(index)
            names[each.key] = f"${letters}{{row}}"
            names[f"{each.key}_all"] = f"${letters}${self.first + 1}:${letters}${self.last + 1}"
        for pair in ("break", "sum"):
            start, end = (names[f"{pair}_{side}_all"].split(":") for side in ("floor", "cap"))
            names[f"{pair}s"] = f"{start[0]}:{end[1]}"
        top, bottom = self.last + 6, self.last + 5 + len(self.made.problem.tree.names)
        names |= {"reach_last": f"$G${top}:$G${bottom}", "reach_next": f"$H${top}:$H${bottom}"}
        locks = self.words("sheet.locks").replace("'", "''")
        start_row, end_row = LOCKS_FIRST + 1, LOCKS_FIRST + len(self.made.table)
        return names | {f"locks_{x}": f"'{locks}'!${x.upper()}${start_row}:${x.upper()}${end_row}" for x in "ac"}

    def write(self, row: int, column: int, value: Plain, formula: str, look: Any) -> None:
        """One cell, the names in its formula replaced by cells."""
        put(self.sheet, row, column, value, look, formula.format(**self.names).replace("{row}", str(row + 1)))

    def add_settings(self) -> None:
        """What can be changed for all units, and what comes of it."""
        scenario, words = self.made.scenario, self.words
        wrong = [words(f"verdict.{key}").replace('"', '""') for key in ("much", "little", "out")]
        counted = "+".join(f'COUNTIF({{verdict_all}},"{text}")' for text in wrong)
        lower, upper = self.made.ends
        level = (None, "") if self.state.made.bounds.groups else (self.state.level(), LEVEL_FORMULA)
        rows: Mapping[str, tuple[Plain, str, str, str]] = {
            "rho": (scenario.growth.realisation, "", "input", "0.0%"),
            "target": (scenario.target, "", "input", "#,##0"),
            "lot": (scenario.lot, "", "number", "#,##0"),
            "max_share": (scenario.bounds.max_share, "", "input", "0.0%"),
            "level": (*level, "number", "0.000000"),
            "lower": (lower or 0, "=INDEX({reach_last},1)", "number", _COST),
            "upper": (NEVER if upper is None else upper, "=INDEX({reach_next},1)", "number", _COST),
            "missing": (0, "={target}-SUM({quota_all})", "total", SIGNED),
            "unfair": (0, f"={counted}", "total", "#,##0"),
        }
        for row, (key, (value, formula, look, number)) in enumerate(rows.items(), start=TOP):
            self.sheet.write(row, 0, words(f"model.{key}"), self.book.look("text"))
            self.write(row, 1, value, formula, self.book.look(look, number))
            if key in ("missing", "unfair"):
                rule = {"type": "cell", "criteria": "!=", "value": 0, "format": self.book.look("wrong")}
                self.sheet.conditional_format(row, 1, row, 1, rule)
        share = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1,
                 "error_title": words("model.rho"), "error_message": words("model.rho_error")}  # fmt: skip
        self.sheet.data_validation(TOP, 1, TOP, 1, share)

    def add_units(self) -> None:
        """A row a unit, totals below."""
        self.sheet.set_row(HEAD, 48)
        heads = [self.words(f"model.{each.key}") for each in self.fields]
        self.sheet.write_row(HEAD, 0, heads, self.book.look("head"))
        for index, each in enumerate(self.fields):
            self._add_field(index, each)
        self.sheet.write(self.last + 1, 0, self.words("run.total"), self.book.look("total"))

    def _add_field(self, index: int, each: Field) -> None:
        look = self.book.look(each.look, each.number)
        for n, value in enumerate(each.values):
            self.write(self.first + n, index, value, "" if n in each.fixed else each.formula, look)
        self.sheet.set_column(index, index, WIDE.get(each.key, 10.5), None, {"hidden": each.hidden})
        if each.key in SUMMED:
            whole = sum(value for value in each.values if isinstance(value, int | float))
            total = self.book.look("total", each.number)
            self.write(self.last + 1, index, whole, f"=SUM({{{each.key}_all}})", total)
        if each.key == "effort":
            self.sheet.conditional_format(self.first, index, self.last, index, BAR | FROM_ZERO)
        if each.key == "verdict":
            _colour(self.book, self.sheet, self.first, self.last, index)

    def add_nodes(self) -> None:
        """A row a group, and below what the last and the next lot of every unit ask, drawn."""
        head = self.last + 4
        self.sheet.write(head - 1, 0, self.words("model.nodes"), self.book.look("heading"))
        self.sheet.set_row(head, 48)
        self.sheet.write_row(head, 0, [self.words(f"model.{key}") for key in NODE_KEYS], self.book.look("head"))
        for row, cells in enumerate(nodes(self.made, self.words, head + 2), start=head + 1):
            for index, (value, formula) in enumerate(cells):
                look = self.book.look("number", _COST if index > 3 else "#,##0") if index else self.book.look("text")
                self.write(row, index, value, formula, look)
        if len(self.made.table) <= MOST_CHARTED:
            keys = [each.key for each in self.fields]
            series = [(self.words(f"model.{key}"), keys.index(key)) for key in ("last", "next")]
            add_chart(self.book, self.sheet, "column", self.words("model.chart"), series, (self.first, self.last),
                      (row + 2, 0), (1100, 360), "0.00")  # fmt: skip


def _add_model(book: Book) -> str:
    """Add the sheet of the live model; where a unit's verdict stands on it, `{row}` for the unit's row from 1."""
    made = _Model(book)
    made.sheet.write(0, 0, book.words("model.title"), book.look("title"))
    made.sheet.merge_range(1, 0, 1, 20, book.words("model.hint"), book.look("note"))
    made.add_settings()
    made.add_units()
    made.add_nodes()
    made.sheet.freeze_panes(HEAD + 1, 1)
    made.sheet.repeat_rows(HEAD)
    return made.names["verdict"]


def _colour(book: Book, sheet: Any, first: int, last: int, column: int) -> None:
    """Verdicts in colour: fair green, unfair red."""
    looks = {"fair": "right", "much": "wrong", "little": "wrong", "out": "wrong"}
    for key, look in looks.items():
        rule = {"type": "cell", "criteria": "==", "value": f'"{book.words(f"verdict.{key}")}"'}
        sheet.conditional_format(first, column, last, column, {**rule, "format": book.look(look)})


def _add_locks(book: Book, verdict: str) -> None:
    """Add the sheet on which quotas are locked by hand, each with who decided it and why.

    Args:
        book: the workbook.
        verdict: where the model has a unit's verdict, as `_add_model` gives it; empty where there is no model.
    """
    made, words = book.document.allocation, book.words
    sheet, count, lot = book.sheet("locks"), len(made.table), made.problem.lot
    locks = {each.unit: each for each in made.scenario.locks}
    sheet.write(0, 0, words("locks.title"), book.look("title"))
    for row, text in enumerate((words("locks.hint", lot=lot), words("locks.hand_back")), start=1):
        sheet.merge_range(row, 0, row, len(LOCK_COLUMNS) - 1, text, book.look("note"))
    sheet.write_row(LOCKS_FIRST - 1, 0, [words(f"locks.{key}") for key in LOCK_COLUMNS], book.look("head"))
    for index, (width, _) in enumerate(LOCK_COLUMNS.values()):
        sheet.set_column(index, index, width)
    looks = [book.look(look, "#,##0") for _, look in LOCK_COLUMNS.values()]
    for index, (unit, quota) in enumerate(zip(made.table.units, made.quotas, strict=True)):
        lock = locks.get(unit)
        held = (lock.quota, lock.by, lock.reason) if lock else (None, None, None)
        for column, value in enumerate((unit, quota, *held)):
            sheet.write(LOCKS_FIRST + index, column, value, looks[column])
        source = f"='{words('sheet.model')}'!{verdict.format(row=HEAD + 2 + index)}" if verdict else ""
        put(sheet, LOCKS_FIRST + index, 5, words("verdict.locked" if lock else "verdict.fair"), looks[5], source)
    first, last = LOCKS_FIRST, LOCKS_FIRST + count - 1
    if verdict:
        units = f"='{words('sheet.model')}'!$A${HEAD + 2}:$A${HEAD + 1 + count}"
        sheet.data_validation(first, 0, last, 0, {"validate": "list", "source": units})
    target, name = made.scenario.target, words("locks.lock")
    whole = f"=AND(ISNUMBER(C{first + 1}),C{first + 1}>=0,C{first + 1}<={target},MOD(C{first + 1},{lot})=0)"
    sheet.data_validation(first, 2, last, 2, {
        "validate": "custom", "value": whole,
        "input_title": name, "input_message": words("locks.lock_input", lot=lot),
        "error_title": name, "error_message": words("locks.lock_error", lot=lot, target=target),
    })  # fmt: skip
    short = {"validate": "length", "criteria": "<=", "value": 500, "error_message": words("locks.too_long")}
    sheet.data_validation(first, 3, last, 4, short)
    _colour(book, sheet, first, last, len(LOCK_COLUMNS) - 1)
    sheet.freeze_panes(first, 1)
    sheet.repeat_rows(first - 1)

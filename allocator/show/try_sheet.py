"""The sheet "try it": yellow cells for assumptions, decisions and locks, and the allocation solved anew by formulas."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from allocator.data.tried import COLUMNS, YELLOW, label_key
from allocator.finding import Plain
from allocator.show.sections import wrapped_lines
from allocator.show.sheets import BAR, LINE, Book, put, spread
from allocator.show.try_columns import try_columns
from allocator.show.try_results import COUNT, scalars, status_formula, test_formula
from allocator.show.try_values import HALVINGS, Trial, costs_now
from allocator.show.trying import Lever, constant, levers, obstacle, quoted, spoken

TOP = 3
HEAD = 9
"""Row of the headers of the units."""
SHORT = 28
"""Height of the rows above them, points."""
BELIEVED, DECIDED, RESULT = 0, 5, 11
"""First columns of what is believed, of what is decided, and of what comes of it."""
WIDE = {BELIEVED: YELLOW["realisation"][1], DECIDED: YELLOW["target"][1]}
"""How many columns the names of yellow cells take."""


def add_try_sheet(book: Book) -> None:
    """Add the sheet; where plain formulas cannot solve the scenario, one that says why."""
    sheet, words = book.sheet("try"), book.words
    sheet.write(0, 0, words("try.title"), book.look("title"))
    why = obstacle(book.document.allocation)
    if why is None:
        _Sheet(book, sheet).write()
    else:
        sheet.set_column(0, 0, 100)
        sheet.set_row(1, 3 * LINE)
        sheet.write(1, 0, words.told(why), book.look("note"))


class _Sheet:
    """The sheet being written.

    Attributes:
        names: what formulas call things by; `{row}` in a name stands for the row it is used in.
    """

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.sheet, self.words = book, sheet, book.words
        self.made = book.document.allocation
        self.trial = Trial(self.made)
        self.columns = list(try_columns(self.trial, self.words))
        self.shown = [each for each in self.columns if each.width]
        self.believed, self.decided = levers(self.made, self.words("try.province"))
        self.first, self.last = HEAD + 1, HEAD + len(self.made.table)
        self.beside = len(self.columns)
        self.names = {"shift": constant(self.trial.shift)}
        for index, each in enumerate(self.columns):
            letters = xl_col_to_name(index)
            self.names[each.key] = f"${letters}{{row}}"
            self.names[f"{each.key}_all"] = f"${letters}${self.first + 1}:${letters}${self.last + 1}"
        for at, side in ((BELIEVED, self.believed), (DECIDED, self.decided)):
            for row, lever in enumerate(side, start=TOP + 1):
                self.names[f"raw_{lever.key}"] = xl_rowcol_to_cell(row, at + WIDE[at], True, True)
        ends = [xl_rowcol_to_cell(self.first + HALVINGS, self.beside + k, True, True) for k in range(2)]
        self.scalars = list(scalars(self.trial, [*self.believed, *self.decided], ends))
        for row, scalar in enumerate(self.scalars):
            self.names[scalar.key] = xl_rowcol_to_cell(self.first + row, self.beside + 5, True, True)

    def write(self) -> None:
        """Everything on it."""
        self._add_hint()
        self._add_levers(BELIEVED, self.believed, "assumptions")
        self._add_levers(DECIDED, self.decided, "decisions")
        self._add_units()
        self._add_helpers()
        self._add_results()
        sheet, last = self.sheet, len(self.shown) - 1
        sheet.freeze_panes(HEAD + 1, 1)
        sheet.repeat_rows(HEAD)
        sheet.print_area(0, 0, self.last, last)
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})

    def _put(self, row: int, column: int, value: Plain, look: Any, formula: str = "") -> None:
        """One cell, the names in its formula replaced by cells."""
        put(self.sheet, row, column, value, look, self._formula(formula, row))

    def _formula(self, formula: str, row: int = 0) -> str:
        return formula.format(**self.names).replace("{row}", str(row + 1)) if formula else ""

    def _add_hint(self) -> None:
        texts = [self.words("try.hint")]
        if self.trial.limits:
            texts.append(self.words("try.hint_rules"))
        if self.made.scenario.growth.units:
            texts.append(self.words("try.hint_own", count=len(self.made.scenario.growth.units)))
        text, room = " ".join(texts), sum(each.width for each in self.shown)
        self.sheet.set_row(1, LINE * (1 + int(len(text) // room)) + 3)
        self.sheet.merge_range(1, 0, 1, len(self.shown) - 1, text, self.book.look("note"))

    def _add_levers(self, at: int, side: list[Lever], key: str) -> None:
        """The yellow cells of one side, each with its name before it and what is wrong with it after it."""
        words, value_at = self.words, at + WIDE[at]
        message = value_at + 1, (DECIDED if at == BELIEVED else RESULT) - 1
        self.sheet.write(TOP, at, words(f"try.{key}"), self.book.look("heading"))
        for row, lever in enumerate(side, start=TOP + 1):
            self._label(row, at, value_at - 1, lever.key)
            self._put(row, value_at, lever.value, self.book.look("input", lever.number))
            cell = xl_rowcol_to_cell(row, value_at)
            test = f"=IF(ISNUMBER({cell}),{lever.test},FALSE)"
            if lever.word:
                test = f'=OR(ISNUMBER({cell}),{cell}="{lever.word}")'
            self._allow(row, row, value_at, lever.key, test.replace("{x}", cell), lever.blank)
            said = f"=IF({{odd_{lever.key}}}=1,{spoken(words, lever.key + '_error')},{self._was(lever)})"
            self._text(row, message, "", said, "said")
            self._colour(row, message, f"={{odd_{lever.key}}}=1", "wrong")
            self._name(lever.key, row, value_at)

    def _was(self, lever: Lever) -> str:
        """A formula that tells what the proposal has, where a yellow cell holds something else."""
        raw, value = f"{{raw_{lever.key}}}", lever.value
        if not isinstance(value, int | float):
            same = f"ISBLANK({raw})" if value is None else f"{raw}={quoted(value)}"
            shown = self.words("try.nothing") if value is None else value
        else:
            same, shown = f"{raw}={constant(value)}", f"{value * 100:.6g}%" if "%" in lever.number else f"{value:.12g}"
            shown = self.words.typed(shown) if "%" in lever.number or "." in shown else self.words.number(value)
        return f'IF({same},"",{spoken(self.words, "was", value=quoted(shown))})'

    def _allow(self, first: int, last: int, column: int, key: str, test: str, blank: bool = True) -> None:
        """Let yellow cells of a column, from a row to another, hold only what passes a test."""
        self.sheet.data_validation(first, column, last, column, {
            "validate": "custom", "value": self._formula(test, first), "ignore_blank": blank,
            "error_title": self.words(label_key(key))[:32], "error_message": self.words(f"try.{key}_error"),
        })  # fmt: skip

    def _label(self, row: int, first: int, last: int, key: str) -> None:
        """A name, across some columns."""
        spread(self.sheet, (row, first), (row, last), self.words(label_key(key)), self.book.look("text"))
        self.sheet.set_row(row, SHORT)

    def _text(self, row: int, across: tuple[int, int], value: str, formula: str, look: str) -> None:
        """A text that a formula makes, across some columns."""
        self.sheet.merge_range(row, across[0], row, across[1], "", self.book.look(look))
        self._put(row, across[0], value, self.book.look(look), formula)

    def _colour(self, row: int, across: tuple[int, int], test: str, look: str, last: int | None = None) -> None:
        rule = {"type": "formula", "criteria": self._formula(test, row), "format": self.book.look(look)}
        self.sheet.conditional_format(row, across[0], row if last is None else last, across[1], rule)

    def _name(self, key: str, row: int, column: int, last: int | None = None) -> None:
        """A name for a cell, or for a column down to a row."""
        self.book.name(f"try_{key}", self.sheet, (row, column), None if last is None else (last, column))

    def _add_units(self) -> None:
        """A row a unit."""
        self.sheet.set_row(HEAD, 48)
        for index, each in enumerate(self.columns):
            if each.width or each.key in COLUMNS:
                self.sheet.write(HEAD, index, self.words(label_key(each.key)), self.book.look("head"))
            if each.width:
                numbers = (len(f"{value:,.1f}") for value in each.values if isinstance(value, float | int))
                self.sheet.set_column(index, index, max((each.width, *numbers)))
            look = self.book.look(each.look, each.number)
            formula = each.formula.format(**self.names) if each.formula else ""
            for row, value in enumerate(each.values, start=self.first):
                put(self.sheet, row, index, value, look, formula.replace("{row}", str(row + 1)))
        for n, name in enumerate(self.made.table.units):
            lines = wrapped_lines(name, self.columns[0].width - 2)
            if lines > 1:
                self.sheet.set_row(self.first + n, LINE * lines + 3)
        at = [each.key for each in self.shown]
        for key in ("quota", "effort", "lock", "growth"):
            self._name(f"{key}s", self.first, at.index(key), self.last)
        self.sheet.conditional_format(self.first, at.index("difference"), self.last, at.index("difference"), BAR)
        self._colour(self.first, (at.index("note"),) * 2, "={state}>0", "wrong", self.last)
        whole = {"growth": "INT({growth})={growth}", "lock": "INT({lock}/{use_lot})*{use_lot}={lock}"}
        for key, test in whole.items():
            self._allow(self.first, self.last, at.index(key), key, f"=AND(ISNUMBER({{{key}}}),{{{key}}}>=0,{test})")
        self.book.limit_texts(self.sheet, (self.first, at.index("by")), (self.last, at.index("reason")))

    def _add_helpers(self) -> None:
        """Hidden beside the units: the halvings that close in on the level, and single values."""
        plain, at = self.book.look("number", "General"), self.beside
        for n, values in enumerate(self.trial.steps):
            row = self.first + n
            low, high, middle, count = (xl_rowcol_to_cell(row - 1, at + k) for k in range(4))
            ends = f"=IF({count}<={{lots}},{middle},{low})", f"=IF({count}<={{lots}},{high},{middle})"
            cells = [xl_rowcol_to_cell(row, at + k) for k in range(3)]
            counted = "=" + COUNT.replace("{level}", cells[2])
            for k, formula in enumerate((*(ends if n else ("", "")), f"=SQRT({cells[0]}*{cells[1]})", counted)):
                self._put(row, at + k, values[k], plain, formula)
        for n, scalar in enumerate(self.scalars):
            self.sheet.write(self.first + n, at + 4, scalar.key, plain)
            self._put(self.first + n, at + 5, scalar.value, plain, scalar.formula)
        self.sheet.set_column(len(self.shown), at + 5, None, None, {"hidden": True})

    def _add_results(self) -> None:
        """What comes of it: whether there is an allocation, totals, efforts, the test lot by lot."""
        words, made, book = self.words, self.made, self.book
        self.sheet.write(TOP, RESULT, words("try.result"), book.look("heading"))
        known = [each for each in made.efforts if each is not None]
        lasts, nexts = ([e for e in costs_now(self.trial, key) if e is not None] for key in ("last", "next"))
        rows: list[tuple[str, tuple[tuple[Plain, str, str], ...]]] = [
            ("status", ((words("try.same"), status_formula(words), ""),)),
            ("sum_moved", ((made.scenario.target, '=IF({ok}=1,SUM({quota_all}),"")', "#,##0"),
                           (0, '=IF({ok}=1,SUMPRODUCT(ABS({made_all}-{proposed_all}))/2,"")', "#,##0"))),
            ("efforts", ((max(known, default=None), '=IF(COUNT({effort_all})=0,"",MAX({effort_all}))', "0.0%"),
                         (min(known, default=None), '=IF(COUNT({effort_all})=0,"",MIN({effort_all}))', "0.0%"))),
            ("ends", ((max(lasts, default=None), '=IF(COUNT({last_all})=0,"",MAX({last_all}))', "0.0000"),
                      (min(nexts, default=None), '=IF(COUNT({next_all})=0,"",MIN({next_all}))', "0.0000"))),
            ("test", ((words("try.fair"), test_formula(words), ""),)),
        ]  # fmt: skip
        for row, (key, cells) in enumerate(rows, start=TOP + 1):
            self._label(row, RESULT, RESULT + 1, key)
            if len(cells) == 1:
                self._text(row, (RESULT + 2, RESULT + 3), str(cells[0][0]), cells[0][1], "text")
            for n, (value, formula, number) in enumerate(cells if len(cells) > 1 else ()):
                self._put(row, RESULT + 2 + n, value, book.look("total", number), formula)
        both = RESULT + 2, RESULT + 3
        self._colour(TOP + 1, both, "={ok}=0", "wrong")
        self._colour(TOP + 1, both, "={ok}=1", "right")
        at = xl_rowcol_to_cell(TOP + 5, both[0], True, True)
        self._colour(TOP + 5, both, f"={at}={quoted(words('try.fair'))}", "right")
        self._colour(TOP + 5, both, f"={{ok}}*({at}<>{quoted(words('try.fair'))})=1", "wrong")
        self._name("total", TOP + 2, both[0])
        self._name("moved", TOP + 2, both[1])

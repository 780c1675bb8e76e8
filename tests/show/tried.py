"""Random edits of "try it", recalculated by LibreOffice, against the program: `python -m tests.show.tried 1000`."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

from allocator.data.table import Table
from allocator.data.tried import label_key
from allocator.errors import InfeasibleError, InputError
from allocator.files import load_scenario
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.show.build import Document
from allocator.show.sheets import Book
from allocator.show.try_sheet import add_try_sheet
from allocator.words import Words
from tests.reports import reported

OFFICE = shutil.which("soffice")
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
LEVERS = {
    "realisation": "growth.realisation",
    "exponent": "attainment.exponent",
    "floor": "attainment.floor",
    "ceiling": "attainment.ceiling",
    "missing": "attainment.missing",
    "target": "target",
    "lot": "lot",
    "min_quota": "bounds.min_quota",
    "max_share": "bounds.max_share",
}
Cells = list[list[Any]]


@dataclass(frozen=True)
class Edit:
    """A proposal, and what somebody types into its yellow cells; `whom` is who decided the locks, and why."""

    table: Table
    scenario: Scenario
    levers: Mapping[str, Any] = field(default_factory=dict)
    growth: Mapping[str, Any] = field(default_factory=dict)
    locks: Mapping[str, Any] = field(default_factory=dict)
    whom: str | None = "b"

    def expected(self) -> tuple[int, ...] | str:
        """Quotas the program gives, or which kind of error."""
        values: dict[str, Any] = self.scenario.model_dump()
        for key, value in self.levers.items():
            *above, last = LEVERS[key].split(".")
            (values[above[0]] if above else values)[last] = (
                "province" if value == Words("en")("try.province") else value
            )
        held = {each["unit"]: each for each in values["locks"]}
        for unit, quota in self.locks.items():
            held[unit] = {"unit": unit, "quota": quota, "by": "b", "reason": "b"}
        values["locks"] = [each for each in held.values() if each["quota"] is not None]
        table = self.table
        try:
            for unit, figure in self.growth.items():
                if figure is not None and (type(figure) is not int or figure < 0):
                    return "odd"
                table = table.with_figure("growth_estimate", table.units.index(unit), figure or 0)
            return allocate(table, Scenario.model_validate(values), "waterfill").quotas
        except InfeasibleError:
            return "infeasible"
        except InputError as error:  # a rule that fixes no whole lots is no yellow cell
            return "infeasible" if {each.key for each in error.faults} == {"scenario.rule_not_lots"} else "odd"
        except ValueError:
            return "odd"


@cache
def document_in(language: str) -> Document:
    """Some document."""
    return reported(language)


def sheet_of(made: Allocation, language: str = "en") -> bytes:
    """A workbook of the sheet alone."""
    content, words = io.BytesIO(), Words(language)
    document = replace(document_in(language), allocation=made)
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    add_try_sheet(Book(workbook, words, document))
    workbook.close()
    return content.getvalue()


def cell_of(rows: Cells, text: str) -> tuple[int, int]:
    """Row and column, from 0, of the first cell that holds a text."""
    return next((r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == text)


def yellow_cells(rows: Cells, language: str = "en") -> dict[str, tuple[int, int]]:
    """Row and column, from 0, of the yellow cells for all units."""
    words = Words(language)
    made = {}
    for key in LEVERS:
        row, column = cell_of(rows, words(label_key(key)))
        made[key] = row, column + (1 if key in ("realisation", "exponent", "floor", "ceiling", "missing") else 3)
    return made


def edited(content: bytes, edit: Edit) -> bytes:
    """The workbook with the edit typed in."""
    book, words = openpyxl.load_workbook(io.BytesIO(content)), Words("en")
    sheet = book[words("sheet.try")]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = yellow_cells(rows)
    for key, value in edit.levers.items():
        sheet.cell(at[key][0] + 1, at[key][1] + 1).value = value
    head, growth = cell_of(rows, words("try.growth"))
    lock = rows[head].index(words("locks.lock"))
    row_of = {rows[r][0]: r for r in range(head + 1, len(rows)) if rows[r][0]}
    whom = {unit: None if quota is None else edit.whom for unit, quota in edit.locks.items()}
    for column, typed in ((growth, edit.growth), (lock, edit.locks), (lock + 1, whom), (lock + 2, whom)):
        for unit, value in typed.items():
            sheet.cell(row_of[unit] + 1, column + 1).value = value
    content_out = io.BytesIO()
    book.save(content_out)
    return content_out.getvalue()


def recalculated(contents: list[bytes], folder: Path, ending: str = "xlsx") -> list[bytes]:
    """The workbooks after LibreOffice computed every formula anew, all in one run."""
    (folder / "home" / "user").mkdir(parents=True, exist_ok=True)
    (folder / "home" / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    (folder / "in").mkdir(exist_ok=True)
    names = [f"{n}.xlsx" for n in range(len(contents))]
    for name, content in zip(names, contents, strict=True):
        (folder / "in" / name).write_bytes(content)
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", ending, "--outdir", str(folder / "out")]
    subprocess.run(
        [*command, *(f"in/{name}" for name in names)], cwd=folder, check=True, capture_output=True, timeout=900
    )
    return [(folder / "out" / name).with_suffix(f".{ending}").read_bytes() for name in names]


def cells(content: bytes, sheet: str | None = None) -> Cells:
    """Values of a sheet, the first unless one is named."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)


def shown(rows: Cells) -> tuple[tuple[int, ...] | str, list[str], str]:
    """What the sheet says: its quotas or how it tells that there are none; cells with errors; the one-lot test."""
    words = Words("en")
    head, column = cell_of(rows, words("try.quota"))
    count = next((n for n, row in enumerate(rows[head + 1 :]) if not row[0]), len(rows) - head - 1)
    quotas = [row[column] for row in rows[head + 1 : head + 1 + count]]
    errors = [str(cell) for row in rows for cell in row if isinstance(cell, str) and cell.startswith("#")]
    status, test = (rows[r][c + 2] for r, c in (cell_of(rows, words(f"try.{key}")) for key in ("status", "test")))
    if all(isinstance(each, float) for each in quotas):
        good = status in (words("try.same"), words("try.solved"))
        return (tuple(int(each) for each in quotas) if good else f"quotas though {status}"), errors, test
    kind = (
        "infeasible" if status.startswith("no allocation") else "odd" if status.startswith("yellow cells") else status
    )
    return (kind if all(each == "" for each in quotas) else "some quotas"), errors, test


def wrong(edit: Edit, rows: Cells) -> str:
    """How a recalculated sheet differs from the program; empty where it does not."""
    expected, (found, errors, test) = edit.expected(), shown(rows)
    if errors:
        return f"errors {errors}"
    if found != expected:
        return f"{found} instead of {expected}"
    fair = test == Words("en")("try.fair")
    return "" if fair == (not isinstance(expected, str)) else f"one-lot test: {test}"


def random_table(chance: random.Random) -> Table:
    """The real table, or a small one whose figures are often alike, so that ties come up."""
    if chance.random() < 0.4:
        return load_scenario("an-giang-2017/base")[0]
    count = chance.randint(1, 12)
    people = [0, 1, 7, 20, 20, 50, 64, 100, 333, 2053, 128]

    def column(*blank: None) -> tuple[Any, ...]:
        return tuple(chance.choice([*people, *blank]) for _ in range(count))

    figures = {name: column(None) for name in ("growth_estimate", "term_target", "recruited", "lost", "last_year")}
    figures |= {"workforce": column(), "published_quota": column(None), "enterprises": (1, *column()[1:])}
    kinds = tuple(chance.choice(["district", "sector"]) for _ in range(count))
    return Table(tuple(f"Unit {n}" for n in range(count)), figures, kinds)


def random_rule(chance: random.Random, table: Table) -> dict[str, Any]:
    """A rule on single units."""
    columns = ["last_year"] if "last_year" in table.columns else ["term_target"]
    of = chance.choice(["available", "target", "workforce", "published", *columns])
    least = {"share": chance.choice([0.01, 0.05, 0.1, 0.3]), "of": of}
    most = {"share": chance.choice([0.5, 0.8, 1.0, 2.0]), "of": of}
    limits: Any = chance.choice([{"least": least}, {"most": most}, {"least": least, "most": most}, {"least": 15},
                                 {"least": 12, "most": 18}, {"least": 20, "most": 20}, {"most": 700}])  # fmt: skip
    units = chance.sample(table.units, chance.randint(1, len(table)))
    whom: Any = chance.choice(["all", {"units": units[:3]}])
    return {"for": whom, "each": limits, "firm": chance.random() < 0.3}


def random_scenario(chance: random.Random, table: Table) -> Scenario:
    """A scenario that formulas can solve, its rules on single units; it may be infeasible."""
    lot = chance.choice([1, 1, 5, 10])
    bounds: dict[str, Any] = {
        "min_quota": chance.choice([0, 0, 0, lot, 3]),
        "max_share": chance.choice([None, 1, 0.6, 3]),
    }
    if chance.random() < 0.2:
        bounds["units"] = {chance.choice(table.units): {chance.choice(["min", "max"]): chance.randint(0, 60)}}
    if chance.random() < 0.15:
        bounds["pace"] = {"down": chance.choice([None, 0.9, 0.5]), "up": chance.choice([0.5, 2.0])}
    blend = [{"column": "workforce", "share": 0.7}, {"equal": True, "share": 0.3}]
    if "enterprises" in table.columns:
        blend = chance.choice([blend, [{"column": "workforce", "share": 0.6}, {"column": "enterprises", "share": 0.4}]])
    own = {chance.choice(table.units): chance.choice([0, 0.5, 1])} if chance.random() < 0.2 else {}
    workers = sum(each or 0 for each in table.column("workforce"))
    return Scenario.model_validate({
        "data": "units.csv",
        "target": chance.randint(0, max(1, int(workers * chance.choice([0.1, 0.5, 0.9])) // lot)) * lot,
        "lot": lot,
        "signpost": chance.choice(["webster", "webster", "webster", "jefferson", "adams"]),
        "drivers": blend if chance.random() < 0.25 else [{"column": "workforce", "share": 1}],
        "growth": {"realisation": chance.choice([0, 0.2, 1, 0.333]), "units": own},
        "attainment": {"basis": chance.choice(["gross", "net"]), "exponent": chance.choice([0, 1, 1, -0.5, 2]),
                       "missing": chance.choice([1, "province", 0.6])},
        "rules": [random_rule(chance, table) for _ in range(chance.choice([0, 0, 0, 1, 2]))],
        "bounds": bounds,
        "locks": [{"unit": table.units[0], "quota": chance.randint(0, 5) * lot, "by": "b", "reason": "r"}]
        if chance.random() < 0.2 else [],
    })  # fmt: skip


def random_edit(chance: random.Random) -> Edit:
    """A proposal that holds together, and some edits of it, odd ones among them."""
    while True:
        table = random_table(chance)
        scenario = load_scenario("an-giang-2017/base")[1] if len(table) == 15 and chance.random() < 0.6 else None
        scenario = scenario or random_scenario(chance, table)
        try:
            allocate(table, scenario, "waterfill")
            break
        except (InfeasibleError, InputError):
            continue
    lot = chance.choice([scenario.lot] * 4 + [1, 5, 10, 7])
    share = chance.choice([0, 0.05, 0.25, 0.5, 1 / 3, 0.875, 1])
    choices: dict[str, Any] = {
        "realisation": share,
        "exponent": chance.choice([0, 1, 0.5, 2, -1, -0.3]),
        "floor": chance.choice([0, 0.2, 0.5, 0.9]),
        "ceiling": chance.choice([0.9, 1, 1.3]),
        "missing": chance.choice([1, 0.5, "province"]),
        "target": max(0, scenario.target // lot + chance.randint(-20, 20)) * lot,
        "lot": lot,
        "min_quota": chance.choice([0, 5, 10, 20]),
        "max_share": chance.choice([None, 0.4, 0.55, 0.7, 1.2]),
    }
    odd = [-1, "abc", None, 1e12, 0.5]
    levers = {key: choices[key] for key in chance.sample([*choices], chance.randint(0, 3))}
    if "lot" in levers and chance.random() < 0.9:
        levers["target"] = choices["target"]
    locks = {unit: chance.choice([0, 10, 20, 50, None, lot, 3 * lot]) for unit in table.units if chance.random() < 0.08}
    figures = {unit: chance.choice([0, 10, 100, 1000, None]) for unit in table.units if chance.random() < 0.08}
    if chance.random() < 0.12:
        levers[chance.choice([*choices])] = chance.choice(odd)
    if chance.random() < 0.04:
        locks[chance.choice(table.units)] = chance.choice([-10, "x", 3.5])
    if chance.random() < 0.04:
        figures[chance.choice(table.units)] = chance.choice([-10, "x", 3.5])
    return Edit(table, scenario, levers, figures, locks)


def outcomes(count: int, seed: int, folder: Path) -> Iterator[tuple[Edit, str]]:
    """Random edits, and how the recalculated sheet of each differs from the program."""
    chance = random.Random(seed)
    edits = [random_edit(chance) for _ in range(count)]
    sheets = [edited(sheet_of(allocate(each.table, each.scenario, "waterfill")), each) for each in edits]
    yield from (
        (each, wrong(each, cells(made))) for each, made in zip(edits, recalculated(sheets, folder), strict=True)
    )


def main(count: int, seed: int) -> int:
    """Check so many edits, a hundred a run of LibreOffice; 1 where one differs."""
    kinds: Counter[str] = Counter()
    bad = 0
    for start in range(0, count, 100):
        with tempfile.TemporaryDirectory() as folder:
            for edit, told in outcomes(min(100, count - start), seed + start, Path(folder)):
                expected = edit.expected()
                kinds[expected if isinstance(expected, str) else "solved"] += 1
                if told:
                    bad += 1
                    print(told, edit.levers, edit.growth, edit.locks, edit.scenario.model_dump(), edit.table.rows())
        print(f"{start + 100}: {dict(kinds)}, differ: {bad}", flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))

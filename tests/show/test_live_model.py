"""The live model, recalculated by another program: a changed cell shows what is no longer fair."""

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from allocator.data.table import Table
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.show.formats import files
from tests.reports import reported

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: the sheet is not recalculated")
Sheets = dict[str, list[list[object]]]


def sheets(content: bytes) -> Sheets:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def workbook(table: Table, scenario: Scenario) -> bytes:
    return files(reported("en", (table, scenario)), ["xlsx"])["report.xlsx"]


def recalculated(content: bytes, folder: Path, cells: dict[str, object]) -> Sheets:
    """All sheets after LibreOffice computed every formula anew: openpyxl drops the values kept beside them."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        sheet, _, cell = place.partition("!")
        book[sheet][cell] = value
    (folder / "in").mkdir()
    book.save(folder / "in" / "book.xlsx")
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), "in/book.xlsx"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return sheets((folder / "book.xlsx").read_bytes())


def same(first: object, second: object) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return abs(first - second) <= 1e-9 * max(1.0, abs(first))
    return first == second


def verdicts(model: list[list[object]]) -> dict[str, str]:
    top = next(n for n, row in enumerate(model) if "One-lot test" in row)
    column = model[top].index("One-lot test")
    found = {}
    for row in model[top + 1 :]:
        if row[0] == "Total":
            break
        found[str(row[0])] = str(row[column])
    return found


@needs_office
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "changes",
    [
        [],
        ["groups=[{name: D, kind: district, min: 2600}, {name: K, units: [CĐ các KCN], max: 2500}]",
         "signpost=huntington_hill"],
        ["drivers=[{column: workforce, share: 0.7}, {column: term_new_unions_known, share: 0.3}]", "signpost=dean"],
    ],
)  # fmt: skip
def test_formulas_give_the_values_kept_beside_them(changes: list[str], tmp_path: Path) -> None:
    data = tmp_path / "units.csv"
    text = Path(load_scenario("an-giang-2017/base")[0].place).read_text(encoding="utf-8").splitlines()
    known = [f"{line},{n if n else 'term_new_unions_known'}" for n, line in enumerate(text)]
    data.write_text("\n".join(known), encoding="utf-8")
    content = workbook(*load_scenario("an-giang-2017/base", changes, data))
    kept, found = sheets(content), recalculated(content, tmp_path, {})
    wrong = [
        (name, r + 1, c + 1, a, b)
        for name, rows in kept.items()
        for r, (old, new) in enumerate(zip(rows, found[name], strict=False))
        for c, (a, b) in enumerate(zip(old, new, strict=False))
        if not same(a, b)
    ]
    assert wrong == []
    assert set(verdicts(found["Model"]).values()) == {"fair"}


@needs_office
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_changed_cell_shows_what_is_no_longer_fair(tmp_path: Path) -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    before = allocate(table, scenario)
    model = recalculated(workbook(table, scenario), tmp_path, {"Model!B4": 0.4, "Locks!C13": 50})["Model"]
    lock = [{"unit": "An Phú", "quota": 50}]
    changed = allocate(table, scenario.changed({"growth": {"realisation": 0.4}}))
    shown = verdicts(model)
    assert shown["An Phú"] == "locked"
    moved = {unit: new - old for unit, new, old in zip(table.units, changed.quotas, before.quotas, strict=True)}
    assert shown["CĐ các KCN"] == "asked too little"
    assert moved["CĐ các KCN"] > 0
    assert shown["Long Xuyên"] == "asked too much"
    assert moved["Long Xuyên"] < 0
    settings = {str(row[0]): row[1] for row in model[:13]}
    assert settings["Target less quotas"] == -30
    fair = allocate(table, scenario.changed({"growth": {"realisation": 0.4}, "locks": lock})).fair_share
    top = next(n for n, row in enumerate(model) if "One-lot test" in row)
    column = model[top].index("Fair share")
    assert [row[column] for row in model[top + 1 : top + 16]] == pytest.approx(list(fair), abs=1e-6)

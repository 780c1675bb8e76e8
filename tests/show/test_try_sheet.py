"""The sheet "try it", recalculated by another program: new quotas are those of the program, whatever is changed."""

import io
from pathlib import Path

import openpyxl
import pytest

from allocator.errors import InfeasibleError
from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario
from allocator.show.formats import files
from allocator.show.trying import obstacle
from allocator.words import LANGUAGES, Words
from tests.reports import reported
from tests.show.tried import OFFICE, Edit, cell_of, cells, edited, outcomes, recalculated, sheet_of, shown

BASE = "an-giang-2017/base"
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: the sheet is not recalculated")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
LOCKED = 'locks=[{unit: An Phú, quota: 20, by: "x", reason: "y"}]'
RULED = (
    "rules=[{for: {units: [Long Xuyên, Châu Phú]},"
    " each: {least: {share: 5 %, of: target}, most: {share: 60 %, of: available}}},"
    " {for: {units: [Tân Châu]}, each: {least: 120, most: 120}}]"
)


def same(first: object, second: object) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return abs(first - second) <= 1e-9 * max(1.0, abs(first))
    return first == second


@needs_office
def test_formulas_give_the_values_kept_beside_them(tmp_path: Path) -> None:
    ways = [
        [], [LOCKED, "signpost=adams"], [RULED, "signpost=jefferson"],
        ["drivers=[{column: workforce, share: 0.7}, {equal: true, share: 0.3}]", "growth.units={Tri Tôn: 0.5}"],
        ["attainment.missing=province", "bounds.max_share=null", "bounds.min_quota=15"],
    ]  # fmt: skip
    kept = [sheet_of(allocate(*load_scenario(BASE, way))) for way in ways]
    for way, old, new in zip(ways, map(cells, kept), map(cells, recalculated(kept, tmp_path)), strict=True):
        wrong = [
            (way, r + 1, c + 1, a, b)
            for r, (before, after) in enumerate(zip(old, new, strict=True))
            for c, (a, b) in enumerate(zip(before, after, strict=True))
            if not same(a, b)
        ]
        assert wrong == []
        assert shown(new)[0] == allocate(*load_scenario(BASE, way)).quotas


@needs_office
def test_random_edits_give_what_the_program_gives(tmp_path: Path) -> None:
    found = list(outcomes(60, 2017, tmp_path))
    kinds = [each.expected() for each, _ in found]
    assert [(told, each.levers, each.growth, each.locks) for each, told in found if told] == []
    assert {"odd", "infeasible"} < {*kinds}


@needs_office
def test_it_says_why_there_is_no_allocation(tmp_path: Path) -> None:
    case = load_scenario(BASE)
    with pytest.raises(InfeasibleError) as raised:
        allocate(*load_scenario(BASE, ["target=60000"]))
    short = raised.value.faults[0].values["over"]
    said = {
        "floors and locks exceed the target by 1,000": {"min_quota": 500, "max_share": None},
        f"caps and locks fall short of the target by {short:,}": {"target": 60000},
        "no allocation: An Phú: floor 70 above cap 60": {"min_quota": 70},
        "yellow cells that cannot be used: 1;": {"realisation": "a fifth"},
        "yellow cells that cannot be used: 2;": {"target": 6505, "lot": None},
    }
    content = sheet_of(allocate(*case))
    made = recalculated([edited(content, Edit(*case, levers)) for levers in said.values()], tmp_path)
    for text, rows in zip(said, map(cells, made), strict=True):
        row, column = cell_of(rows, Words("en")("try.status"))
        assert text in str(rows[row][column + 2])
        assert shown(rows)[0] in ("odd", "infeasible")
    high = edited(content, Edit(*case, locks={"An Phú": 100, "Tri Tôn": 15, "Phú Tân": 50}, whom=None))
    notes = [row[14] for row in cells(recalculated([high], tmp_path / "more")[0])[10:25]]
    assert [notes[n] for n in (7, 8, 10)] == ["lock above the cap, 60", "a lock needs quota, who decided, and why",
                                              "lock: a multiple of 10, 0 or more"]  # fmt: skip


@needs_office
def test_an_overtyped_quota_fails_the_test_lot_by_lot(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheet_of(allocate(*load_scenario(BASE)))))
    sheet = book["Try it"]
    sheet["I11"], sheet["I12"] = 1100, 160
    one = io.BytesIO()
    book.save(one)
    sheet["I12"] = 250
    two = io.BytesIO()
    book.save(two)
    said = []
    for rows in map(cells, recalculated([one.getvalue(), two.getvalue()], tmp_path)):
        row, column = cell_of(rows, "One-lot test")
        said.append(rows[row][column + 2])
    assert said[0] == "failed: a lot of Long Xuyên, given to Châu Phú, would ask less"
    assert said[1] == "the new quotas do not sum to the target: one was overtyped"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("signpost=dean", "no_signpost"),
        ("signpost=huntington_hill", "no_signpost"),
        ("groups=[{name: D, kind: district, min: 2600}]", "no_sums"),
        ("risk.weight=1", "no_risk"),
        ("rules=[{for: all, each: {least: 10}, short: alike}]", "no_alike"),
        ("drivers=[{column: workforce, share: 0.9}, {column: growth_estimate, share: 0.1}]", "no_growth"),
        ("rules=[{for: all, each: {most: {share: 900 %, of: workforce}}}]", None),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_formulas_cannot_solve_it_a_line_says_why(change: str, key: str | None, language: str) -> None:
    made = allocate(*load_scenario(BASE, [change]))
    rows = cells(sheet_of(made, language))
    words, why = Words(language), obstacle(made)
    assert (None if why is None else why.key) == (key and f"try.{key}")
    assert (len(rows) == 2) == (key is not None)
    assert key is None or rows[1] == [words(f"try.{key}")]


def test_a_tree_and_a_large_table_have_no_such_sheet(tmp_path: Path) -> None:
    rows = "".join(f"U{n},{'P' if n else ''},100\n" for n in range(3))
    (tmp_path / "tree.csv").write_text("unit,parent,workforce\nP,,\n" + rows.replace("U0,,", "U0,P,"), encoding="utf-8")
    large = "".join(f"U{n},100\n" for n in range(1001))
    (tmp_path / "large.csv").write_text("unit,workforce\n" + large, encoding="utf-8")
    for name, key in (("tree", "try.no_tree"), ("large", "try.no_large")):
        why = obstacle(allocate(*load_scenario(tmp_path / f"{name}.csv", target=100)))
        assert why is not None
        assert why.key == key


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_yellow_cells_are_open_and_settings_have_names(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files(reported(language), ["xlsx"])["report.xlsx"]))
    sheet = book[Words(language)("sheet.try")]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    open_ = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    units = {f"{column}{row}" for row in range(11, 26) for column in "CLMN"}
    assert open_ == units | {f"B{row}" for row in range(5, 10)} | {f"I{row}" for row in range(5, 9)}
    names = {name: each.attr_text for name, each in book.defined_names.items() if name.startswith("try_")}
    assert names["try_target"].endswith("!$I$5")
    assert names["try_quotas"].endswith("!$I$11:$I$25")
    assert all(name.isascii() for name in names)
    assert len(sheet.data_validations.dataValidation) >= 11


def test_formulas_are_those_of_every_program_since_2010() -> None:
    scenario = load_scenario(BASE)[1].model_dump() | {"rules": [{"for": "all", "each": {"least": 10}}]}
    made = allocate(load_scenario(BASE)[0], Scenario.model_validate(scenario))
    sheet = openpyxl.load_workbook(io.BytesIO(sheet_of(made, "vi")))["Thử"]
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(isinstance(each, str) and len(each) < 8000 for each in formulas)  # an array formula is no text
    barred = ("_xlfn", "MAXIFS", "MINIFS", "LET(", "XLOOKUP", "AGGREGATE", "OFFSET", "INDIRECT")
    assert not [each for each in formulas for name in barred if name in each]
    assert len(formulas) > 600

"""The sheet "try it" handed back: every yellow cell is taken, or refused by its address."""

import io
import json
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from allocator.data.limits import Sent
from allocator.errors import InfeasibleError, InputError
from allocator.files import builtin_folder, load_scenario
from allocator.model.allocation import allocate
from allocator.show.formats import files
from allocator.web.state import started
from allocator.web.taking import edited as brought
from allocator.words import LANGUAGES, Words
from tests.command import allocator
from tests.reports import reported
from tests.show.tried import OFFICE, Edit, edited, random_edit, recalculated, sheet_of

BASE = "an-giang-2017/base"
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: it saves no workbook")


def typed(content: bytes, folder: Path, cells: dict[str, Any], sheet: str = "") -> Path:
    """The workbook with some cells changed, addressed `Sheet!B5` or on one sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place, value in cells.items():
        name, _, cell = place.rpartition("!")
        book[name or sheet or book.sheetnames[0]][cell] = value
    path = folder / "edited.xlsx"
    book.save(path)
    return path


def base(language: str = "en", *changes: str) -> bytes:
    return sheet_of(allocate(*load_scenario(BASE, changes)), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "changes",
    [
        (),
        ("growth.realisation=0.123456789012", "attainment.missing=province", "bounds.max_share=null"),
        ("locks=[{unit: An Phú, quota: 20}]", "attainment.ceiling=1.3333333333333333"),
    ],
)
def test_an_untouched_sheet_changes_nothing(tmp_path: Path, language: str, changes: tuple[str, ...]) -> None:
    (tmp_path / "s.xlsx").write_bytes(base(language, *changes))
    before = load_scenario(BASE, changes)
    after = load_scenario(BASE, changes, edits=tmp_path / "s.xlsx")
    assert after[1].model_dump() == before[1].model_dump()
    assert after[0].columns == before[0].columns


@needs_office
@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_it_comes_back_as_libreoffice_saves_it(tmp_path: Path, ending: str) -> None:
    base_path = builtin_folder() / "an-giang-2017" / "base.yaml"
    path = tmp_path / "own.yaml"
    path.write_text(
        f"extends: {base_path}\ngrowth: {{realisation: 0.123456789012}}\nbounds: {{max_share: 70 %}}\n",
        encoding="utf-8",
    )
    case = load_scenario(path)
    content = sheet_of(allocate(*case))
    edit = Edit(*case, {"target": 6600, "max_share": None, "missing": "province"}, {"Tri Tôn": 90}, {"An Phú": 30})
    saved = recalculated([content, edited(content, edit)], tmp_path, ending)
    for name, each in zip(("same", "changed"), saved, strict=True):
        (tmp_path / f"{name}.{ending}").write_bytes(each)
    same = load_scenario(path, edits=tmp_path / f"same.{ending}")
    assert same[1].model_dump() == case[1].model_dump()
    table, scenario = load_scenario(path, edits=tmp_path / f"changed.{ending}")
    assert (scenario.target, scenario.bounds.max_share, scenario.attainment.missing) == (6600, None, "province")
    assert scenario.growth.realisation == 0.123456789012
    assert table.column("growth_estimate")[table.units.index("Tri Tôn")] == 90
    assert [(each.unit, each.quota, each.by, each.reason) for each in scenario.locks] == [("An Phú", 30, "b", "b")]
    assert allocate(table, scenario, "waterfill").quotas == edit.expected()


def test_random_edits_come_back_as_the_changed_scenario(tmp_path: Path) -> None:
    chance, met = random.Random(5), set()
    table, scenario = load_scenario(BASE)
    content, path = base(), tmp_path / "edited.xlsx"
    for _ in range(120):
        random_one = random_edit(chance)
        named = {unit for unit in (*random_one.growth, *random_one.locks)}
        edit = Edit(table, scenario, random_one.levers, random_one.growth, random_one.locks)
        if not named <= {*table.units}:
            edit = Edit(table, scenario, random_one.levers)
        path.write_bytes(edited(content, edit))
        expected = edit.expected()
        try:
            found: Any = allocate(*load_scenario(BASE, edits=path), "waterfill").quotas
        except InfeasibleError:
            found = "infeasible"
        except InputError as error:
            found = "odd" if any("edited.xlsx, Try it!" in text for text in error.messages("en")) else "no cell named"
        assert found == expected, edit
        met.add(found if isinstance(found, str) else "solved")
    assert met == {"odd", "infeasible", "solved"}


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"B5": 1.5}, ["B5"]),
        ({"B5": "a fifth"}, ["B5", "a fifth"]),
        ({"B5": None}, ["B5", "blank"]),
        ({"B5": True}, ["B5"]),
        ({"B5": 20}, ["B5", "20%"]),
        ({"B6": 11}, ["B6"]),
        ({"B7": 2}, ["B7"]),
        ({"B9": "nation"}, ["B9", "nation"]),
        ({"I5": 6505}, ["I5", "6,500"]),
        ({"I5": -10}, ["I5"]),
        ({"I5": "=1/0"}, ["I5"]),
        ({"I6": 0}, ["I6"]),
        ({"I6": 2.5}, ["I6"]),
        ({"I7": None}, ["I7", "blank"]),
        ({"I8": -0.5}, ["I8"]),
        ({"C12": -5}, ["C12", "Châu Phú"]),
        ({"C12": "many"}, ["C12", "many"]),
        ({"L12": 55, "M12": "a", "N12": "b"}, ["L12", "not a whole number of lots"]),
        ({"L12": 50}, ["M12", "N12"]),
        ({"M12": "a"}, ["L12", "N12"]),
        ({"A12": "Nowhere", "L12": 50, "M12": "a", "N12": "b"}, ["A12", "Nowhere"]),
        ({"A12": "Long Xuyên"}, ["A12", "A11"]),
        ({"I12": 260}, ["I12", "260", "Châu Phú", "yellow cell"]),
        ({"I12": "plenty"}, ["I12", "plenty"]),
        ({"H12": 260}, ["H12", "260"]),
        ({"B12": 800}, ["B12", "800", "714"]),
        ({"D12": 800}, ["D12", "800", "Available"]),
        ({"E12": 0.1}, ["E12", "0.1", "Past attainment"]),
        ({"F12": 100}, ["F12", "100", "Floor"]),
        ({"G12": 200}, ["G12", "200", "Cap"]),
        ({"J12": 5}, ["J12", "5", "typed over"]),
        ({"K12": 0.5}, ["K12", "0.5", "Effort"]),
        ({"A27": "Nowhere", "C27": 40}, ["A27", "Nowhere"]),
        ({"C27": 40}, ["A27"]),
        ({"A5": "Growth"}, ["Realisation of the growth estimate"]),
        ({"I10": "Quota"}, ["headers"]),
    ],
)
def test_each_odd_cell_is_refused_by_its_address(tmp_path: Path, cells: dict[str, Any], wanted: list[str]) -> None:
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=typed(base(), tmp_path, cells))
    text = "\n".join(raised.value.messages("en"))
    assert all(each in text for each in wanted), text
    assert "edited.xlsx, Try it" in text


@needs_office
def test_what_is_typed_over_a_computed_cell_is_refused_after_it_was_computed_anew(tmp_path: Path) -> None:
    cells = {"D12": 800, "E12": 0.1, "E25": 0.4, "F12": 100, "G12": 200, "J12": 5, "K12": 0.5}
    (content,) = recalculated([typed(base(), tmp_path, cells).read_bytes()], tmp_path)
    (tmp_path / "saved.xlsx").write_bytes(content)
    with pytest.raises(InputError) as raised:
        load_scenario(BASE, edits=tmp_path / "saved.xlsx")
    assert [each.place.rpartition("!")[2] for each in raised.value.faults] == [
        *("D12", "E12", "F12", "G12", "J12", "K12"),
        "E25",
    ]


def test_a_value_the_call_gives_is_not_overridden_in_silence(tmp_path: Path) -> None:
    path = typed(base(), tmp_path, {"B5": 0.3})
    with pytest.raises(InputError, match=r"Try it!B5.*--set growth.realisation=0.4"):
        load_scenario(BASE, ["growth.realisation=0.4"], edits=path)
    assert load_scenario(BASE, ["growth.realisation=0.3"], edits=path)[1].growth.realisation == 0.3


def test_two_sheets_that_lock_a_unit_differently_are_refused(tmp_path: Path) -> None:
    changes = ["locks=[{unit: Châu Phú, quota: 200, by: a, reason: b}]"]
    content = files(reported("en", load_scenario(BASE, changes)), ["xlsx"])["report.xlsx"]
    tried = {"Try it!L18": 20, "Try it!M18": "a", "Try it!N18": "b"}
    locked = {"Locks!C13": 30, "Locks!D13": "a", "Locks!E13": "b"}
    with pytest.raises(InputError, match=r"Locks!C13.* 30 here and at 20 at .*Try it!L18"):
        load_scenario(BASE, changes, edits=typed(content, tmp_path, tried | locked))
    for cells, quota in ((tried, 20), (locked, 30), (tried | locked | {"Locks!C13": 20}, 20)):
        _, scenario = load_scenario(BASE, changes, edits=typed(content, tmp_path, cells))
        assert [(each.unit, each.quota) for each in scenario.locks] == [("Châu Phú", 200), ("An Phú", quota)]
    freed = {"Try it!L12": None, "Try it!M12": None, "Try it!N12": None}
    assert load_scenario(BASE, changes, edits=typed(content, tmp_path, freed))[1].locks == []


def test_a_row_that_was_deleted_takes_no_lock_with_it_in_silence(tmp_path: Path) -> None:
    changes = ["locks=[{unit: Châu Phú, quota: 200, by: a, reason: b}]"]
    book = openpyxl.load_workbook(io.BytesIO(base("en", *changes)))
    book["Try it"].delete_rows(12)
    book.save(tmp_path / "edited.xlsx")
    with pytest.raises(InputError, match=r"Try it.*Châu Phú.*200"):
        load_scenario(BASE, changes, edits=tmp_path / "edited.xlsx")


def test_of_two_sheets_to_try_changes_on_none_is_passed_over(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(base()))
    book.copy_worksheet(book["Try it"]).title = "Second way"
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(InputError, match=r"Second way.*two\.xlsx, Try it"):
        load_scenario(BASE, edits=tmp_path / "two.xlsx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_and_the_page_take_the_same(tmp_path: Path, language: str) -> None:
    content = files(reported(language), ["xlsx"])["report.xlsx"]
    name = Words(language)("sheet.try")
    cells = {"B5": 0.3, "I5": 6600, "I8": None, "C12": 40, "L18": 30, "M18": "Ban Thường vụ", "N18": "theo đề nghị"}
    path = typed(content, tmp_path, cells, name)
    wanted = allocate(*load_scenario(BASE, edits=path)).quotas
    done = allocator("run", BASE, "--edits", path, "--out", tmp_path / "made.json", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert [each["quota"] for each in found["units"]] == list(wanted)
    (note,) = (each for each in found["notes"] if each["code"] == "import.estimate_edited")
    assert note["row"] == "Châu Phú"
    assert note["place"].endswith("!C12")
    assert allocator("verify", tmp_path / "made.json").returncode == 0
    table, scenario = load_scenario(BASE)
    made = brought(Sent("edited.xlsx", path.read_bytes()), table, started("base", scenario), Words(language))
    assert made["faults"] == ()
    state = made["state"]
    assert state.figures == [("Châu Phú", "growth_estimate", 40)]
    corrected = table.with_figure("growth_estimate", 1, 40)
    assert allocate(corrected, state.scenario()).quotas == wanted
    bad = typed(content, tmp_path, {"I5": 6605}, name)
    refused = brought(Sent("edited.xlsx", bad.read_bytes()), table, started("base", scenario), Words(language))
    assert [at for at, _ in refused["faults"]] == ["I5"]
    assert refused["sheet"].letters[-1] == "O"

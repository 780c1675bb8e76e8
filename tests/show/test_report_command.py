"""`allocator report` from the command line: files whole, named, and the figures of `run`."""

import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from allocator import questions
from allocator.cli.group import run_command

TABLES = {
    "one": "unit,workforce\nAn Phú,60\n",
    "no workforce": "unit,workforce,published_quota\nA,0,10\nB,100,\nC,50,20\n",
    "odd names": 'unit,workforce,growth_estimate\n"=1+1",60,5\n"a ""b"" <i>",40,\n"*?~",30,1\n{x},30,1\n',
}


def called(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as left:
        run_command(arguments)
    captured = capsys.readouterr()
    return left.value.code, captured.out, captured.err


def test_every_file_is_named_and_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = called(["report", "--out", str(tmp_path / "out"), "--json", "--lang", "vi"], capsys)
    assert status == 0
    paths = [Path(each) for each in json.loads(out)["files"]]
    assert sorted(paths) == sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    names = {path.relative_to(tmp_path / "out").as_posix() for path in paths}
    assert {"report.xlsx", "report.html", "annex.docx", "letters.docx", "letters/An Phú.docx", "csv/units.csv"} <= names
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert all(f'id="{key}"' in page for key in ("sensitivity", "calibration", "steps", "sentences", "scenario"))
    assert page.count("<svg") >= 4


def test_an_appeal_a_comparison_and_a_compromise_are_in_every_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = ("run", "explain", "appeal", "compare")
    monkeypatch.setattr(questions, "MODULES", [f"allocator.questions.{each}" for each in keep])
    (tmp_path / "units.csv").write_text("unit,workforce\nA,300\nB,500\nC,200\n", encoding="utf-8")
    for name, target in (("one", 100), ("two", 120)):
        (tmp_path / f"{name}.yaml").write_text(f"data: units.csv\ntarget: {target}\n", encoding="utf-8")
    asked = ["--unit", "A", "--quota", "20", "--compare", str(tmp_path / "two.yaml"), "--lang", "en"]
    folder = [
        "report",
        str(tmp_path / "one.yaml"),
        "--out",
        str(tmp_path / "o"),
        "--formats",
        "html,xlsx,csv",
        "--appendix",
    ]
    status, _, err = called([*folder, *asked], capsys)
    assert (status, err) == (0, "")
    page = (tmp_path / "o" / "report.html").read_text("utf-8")
    assert all(f'<section id="{key}">' in page for key in ("appeal", "paid_by", "compare"))
    assert "20 would be the fair quota" in page
    assert page.count("B is asked for 50") == 1  # the appeal's unit is not all that is explained
    names = CalamineWorkbook.from_path(tmp_path / "o" / "report.xlsx").sheet_names
    assert {"Appeal", "Who pays", "Side by side"} <= set(names)
    rows = (tmp_path / "o" / "csv" / "compare.csv").read_text("utf-8-sig").splitlines()
    assert rows[0] == "unit,published,quota_1,quota_2,change_2"
    assert rows[1] == "A,,30,36,6"


@pytest.mark.parametrize("name", TABLES)
def test_unusual_tables_are_reported(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "units.csv").write_text(TABLES[name], encoding="utf-8")
    (tmp_path / "base.yaml").write_text("data: units.csv\ntarget: 50\nlot: 10\n", encoding="utf-8")
    status, out, err = called(["report", str(tmp_path / "base.yaml"), "--out", str(tmp_path / "o"), "--json"], capsys)
    assert status == 0
    assert all(line.startswith("left out of the report") for line in err.splitlines())
    assert len(json.loads(out)["files"]) > 5


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--formats", "xlsx,pdf"], 2, "pdf"),
        (["--formats", ""], 2, "xlsx"),
        (["--set", "target=99999990"], 3, "99,999,990"),
        (["--set", "target=6501"], 2, "6,500"),
    ],
)
def test_a_wrong_call_writes_nothing(
    arguments: list[str], status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = called(["report", "--out", str(tmp_path / "o"), "--lang", "en", *arguments], capsys)
    assert (code, out) == (status, "")
    assert said in err
    assert not (tmp_path / "o").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, out, err = called(["report", "--out", str(tmp_path / "file"), "--formats", "csv", "--lang", "en"], capsys)
    assert (code, out) == (2, "")
    assert "cannot be written" in err

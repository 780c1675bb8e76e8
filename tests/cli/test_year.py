"""`review`, `unions` and `plan` as a user calls them."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pytest

from tests.cli.test_run import call

REPORTS = (
    "unit,recruited,lost,date\nLong Xuyên,100,5,15/05/2017\nChâu Phú,130,0,2017-05-15\nCĐCS tỉnh,600,0,15/05/2017\n"
)
REGISTER = "unit,name,workers,has_union,eligible\nLong Xuyên,=1+1,1200,0,1\nLong Xuyên,B,50,1,1\nAn Phú,C,30,no,yes\n"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_review(tmp_path: Path, language: str) -> None:
    (tmp_path / "p.csv").write_text(REPORTS, encoding="utf-8")
    done = call("review", "--progress", "p.csv", "--json", cwd=tmp_path, language=language)
    made = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert sum(each["quota"] for each in made["units"]) == 6500
    first = made["units"][0]
    assert first["recruited"] == 100
    assert first["change"] == first["quota"] - first["previous_quota"] < 0
    shown = call("review", "--progress", "p.csv", cwd=tmp_path, language=language)
    assert shown.returncode == 0
    assert "Long Xuyên" in shown.stdout
    table = call("review", "--progress", "p.csv", "--format", "csv", cwd=tmp_path, language=language).stdout
    days = {each["unit"]: each["date"] for each in csv.DictReader(table.splitlines())}
    assert (days["Long Xuyên"], days["An Phú"]) == ("2017-05-15", "")  # of a unit that did not report none


def test_review_refuses(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(REPORTS + "Xa,1,0,2017-05-15\nLong Xuyên,99,5,2017-06-01\n", encoding="utf-8")
    done = call("review", "--progress", "p.csv", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "p.csv:5:1" in done.stderr
    assert "p.csv:6:2" in done.stderr


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("season=[0.5,0.5,0,0,0,0,0,0,0,0,0,0.5]", "season"),
        ("review.reserve=55", "lots of 10"),
        ("review.release=10", "reserve"),
        ("review.reserve=7000", "target"),
    ],
)
def test_review_settings_are_checked(tmp_path: Path, change: str, text: str) -> None:
    (tmp_path / "p.csv").write_text(REPORTS, encoding="utf-8")
    done = call("review", "--progress", "p.csv", "--set", change, cwd=tmp_path)
    assert done.returncode == 2
    assert text in done.stderr


def test_unions(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    done = call("unions", "r.csv", "--json", "--out", "lists", cwd=tmp_path)
    made = {each["unit"]: each for each in json.loads(done.stdout)["units"]}
    assert (made["Long Xuyên"]["eligible"], made["Long Xuyên"]["have"], made["Long Xuyên"]["needed"]) == (2, 1, 1)
    assert [each["name"] for each in made["Long Xuyên"]["foundings"]] == ["=1+1"]
    with (tmp_path / "lists" / "foundings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["enterprise"] for row in rows] == ["'=1+1", "C"]
    assert "Long Xuyên" in call("unions", "r.csv", cwd=tmp_path, language="vi").stdout


def test_plan() -> None:
    done = call("plan", "an-giang-2017/base", "an-giang-2017/year-2018", "--json")
    made = json.loads(done.stdout)
    assert [(each["year"], sum(unit["quota"] for unit in each["units"])) for each in made["years"]] == [
        (2017, 6500),
        (2018, 1696),
    ]
    assert "1.696" in call("plan", "an-giang-2017/base", "an-giang-2017/year-2018", language="vi").stdout


TABLES = {"t.csv": "unit,workforce\nA,300\nB,500\n", "u.csv": "unit,workforce,last\nA,300,1\nB,500,2\n"}


@pytest.mark.parametrize(
    ("words", "year", "offered"),
    [
        ("t.csv t.csv t.csv --target 400", "năm thứ 3 (t.csv)", "t.csv t.csv t.csv --target 260"),
        ("t.csv u.csv --target 900", "t.csv", "t.csv u.csv --target 400"),
        ("one.yaml one.yaml one.yaml", "năm thứ 2 (one.yaml)", "one.yaml one.yaml one.yaml --set target=260"),
        ("one.yaml two.yaml --set target=500", "two.yaml", "one.yaml two.yaml --set target=400"),
        ("one.yaml two.yaml", "two.yaml", ""),
        ("low.yaml low.yaml", "năm thứ 2 (low.yaml)", "low.yaml low.yaml --set target=400"),
        ("t.csv t.csv --target 400 --set bounds.min_quota=310", "năm thứ 1 (t.csv)", ""),
    ],
)
def test_a_year_that_cannot_be_is_named_and_what_is_offered_mends_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, year: str, offered: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "one.yaml").write_text("data: t.csv\ntarget: 500\nlot: 10\n", "utf-8")
    (tmp_path / "two.yaml").write_text("extends: one.yaml\ntarget: 600\n", "utf-8")
    least = "rules: [{for: all, together: {least: 260}, firm: true}]\n"  # which the lower half of targets breaks
    (tmp_path / "low.yaml").write_text("extends: one.yaml\n" + least, "utf-8")
    done = call("plan", *words.split(), cwd=tmp_path, language="vi")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"lỗi: {year}: ")
    made = shlex.split(done.stderr.splitlines()[-1]) if offered else []
    assert [each for each in made if each not in ("--lang", "vi")] == (offered and f"allocator plan {offered}").split()
    if offered:
        assert call(*made[1:], cwd=tmp_path).returncode == 0
    else:
        assert "allocator plan" not in done.stderr
    assert ("ghi vào kịch bản two.yaml" in done.stderr) == (words == "one.yaml two.yaml")


def test_years_of_the_same_title_are_called_by_their_files(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("unit,workforce\nA,50\nB,30\n", encoding="utf-8")
    for name, more in (("one", "data: u.csv\n"), ("two", "follows: one.yaml\nyear: 2018\n")):
        (tmp_path / f"{name}.yaml").write_text(f"title: {{en: First}}\ntarget: 8\n{more}", encoding="utf-8")
    said = call("plan", "one.yaml", "two.yaml", cwd=tmp_path).stdout
    assert "one.yaml: 8; two.yaml: 8; 16 members" in " ".join(said.split())


def test_round_and_its_entry_in_a_journal(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("unit,bid,workforce\nLong Xuyên,900,\nChâu Phú,,428\n", encoding="utf-8")
    done = call("round", "b.csv", "--json", "--record", "record.jsonl", cwd=tmp_path)
    made = json.loads(done.stdout)
    (line,) = (tmp_path / "record.jsonl").read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert made["recorded"] == {"number": 1, "hash": entry["hash"]}
    assert (entry["kind"], entry["name"]) == ("decision", "b")
    assert entry["content"]["quotas"] == {each["unit"]: each["quota"] for each in made["joint"]["units"]}
    assert [each["answer"] for each in entry["content"]["bids"]] == ["cap", "true"]
    told = ("--author", "Nguyễn Thị Hoa", "--why", "họp tháng ba")
    refused = call("round", "b.csv", *told, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "add --record FILE" in refused.stderr
    given = ("round", "b.csv", "--record", "record.jsonl", "--grant", "Long Xuyen", *told)
    again = call(*given, cwd=tmp_path, language="vi")
    entry = json.loads((tmp_path / "record.jsonl").read_text(encoding="utf-8").splitlines()[1])
    assert (entry["by"], entry["why"], entry["content"]["scenario"]["target"]) == (told[1], told[3], 6500)
    assert "mục số 2" in again.stderr
    assert "Long Xuyên" in again.stdout
    assert "“Long Xuyen”" in again.stdout  # how the name was read is said


def test_round_refuses(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("unit,bid\nLong Xuyên,905\nXa,10\nTịnh Biên,500\n", encoding="utf-8")
    done = call("round", "b.csv", "--json", "--record", "record.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "b.csv:2:2" in done.stderr
    assert "b.csv:3:1" in done.stderr
    (tmp_path / "b.csv").write_text("unit,bid\nTịnh Biên,500\n", encoding="utf-8")
    done = call("round", "b.csv", "--grant", "Tịnh Biên", "--record", "record.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert not (tmp_path / "record.jsonl").exists()

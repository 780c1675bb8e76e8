"""Reports and kept settings are entered in their table's journal, and carry the number under which they are."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from allocator.files import builtin_folder, load_scenario
from allocator.proof.journal import append, read_journal
from allocator.show import entering
from tests.command import allocator
from tests.reports import reported
from tests.show.test_letters import lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An office's own table and scenario."""
    for each in (builtin_folder() / "an-giang-2017").iterdir():
        shutil.copy(each, tmp_path)
    return tmp_path


def report(folder: Path, out: str, *more: str) -> dict[str, object]:
    given = ("--out", str(folder / out), "--formats", "docx,xlsx,html", "--json", "--lang", "vi", *more)
    made = allocator("report", str(folder / "base.yaml"), *given)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def numbers(folder: Path) -> set[str]:
    """What each paper says of its number, and the page."""
    papers = [*folder.glob("*.docx"), *folder.glob("letters/*.docx")]
    found = {each for paper in papers for each in lines(paper.read_bytes()) if each.startswith("Vào sổ")}
    page = (folder / "report.html").read_text("utf-8")
    assert all(any("Vào sổ" in each for each in lines(paper.read_bytes())) for paper in papers)
    return found | ({"page"} if "<p>Vào sổ ghi phân bổ: số 2</p>" in page else set())


def test_a_report_carries_its_number_and_made_again_is_the_same_bytes(folder: Path) -> None:
    append(folder / "record.jsonl", kind="saved", name="first")
    said = ("--author", "Lan", "--why", "họp")
    assert report(folder, "one", *said)["record"] == 2
    assert numbers(folder / "one") == {"Vào sổ ghi phân bổ: số 2", "page"}
    assert report(folder, "two")["record"] == 2
    names = [each.relative_to(folder / "one") for each in (folder / "one").rglob("*") if each.is_file()]
    assert len(names) > 18
    assert all((folder / "one" / each).read_bytes() == (folder / "two" / each).read_bytes() for each in names)
    assert report(folder, "three", "--set", "target=6400")["record"] == 3
    (folder / "p.csv").write_text("unit,recruited,lost,date\nChâu Phú,90,10,2017-06-30\n", "utf-8")
    assert [report(folder, "p", "--progress", str(folder / "p.csv"))["record"] for _ in "ab"] == [4, 4]
    (folder / "p.csv").write_text("unit,recruited,lost,date\nChâu Phú,91,10,2017-06-30\n", "utf-8")
    assert report(folder, "p", "--progress", str(folder / "p.csv"))["record"] == 5
    _, entry, other, *_ = read_journal(folder / "record.jsonl").entries
    assert (entry.kind, entry.by, entry.why, entry.content["formats"]) == (
        "document",
        "Lan",
        "họp",
        ["docx", "xlsx", "html"],
    )
    assert entry.name == "Phân bổ chỉ tiêu đoàn viên – Kịch bản cơ sở"
    ran = json.loads(allocator("run", str(folder / "base.yaml"), "--json").stdout)
    assert (entry.result, entry.content["scenario"]) == (ran["digest"], ran["scenario"])
    assert other.content["scenario"]["target"] == 6400


def test_an_example_is_not_recorded_unless_it_is_said_where(tmp_path: Path) -> None:
    report_of = ("report", "--formats", "docx", "--lang", "vi", "--json", "--out")
    made = json.loads(allocator(*report_of, str(tmp_path / "o")).stdout)
    assert made["record"] is None
    assert "Vào sổ ghi phân bổ: số ……" in lines((tmp_path / "o" / "annex.docx").read_bytes())
    journal = tmp_path / "j.jsonl"
    made = json.loads(allocator(*report_of, str(tmp_path / "o"), "--record", str(journal)).stdout)
    assert made["record"] == 1 == len(read_journal(journal).entries)
    assert "Vào sổ ghi phân bổ: số 1" in lines((tmp_path / "o" / "annex.docx").read_bytes())
    refused = allocator("report", "--out", str(tmp_path / "p"), "--author", "Lan", "--lang", "en")
    assert (refused.returncode, (tmp_path / "p").exists()) == (2, False)
    assert "--author: the table is a built-in example" in refused.stderr


@pytest.mark.parametrize("kind", ["altered", "folder"])
def test_what_cannot_be_recorded_is_made_with_a_blank_and_said(folder: Path, kind: str) -> None:
    path = folder / "record.jsonl"
    if kind == "folder":
        path.mkdir()
    else:
        append(path, kind="saved", name="a")
        path.write_bytes(path.read_bytes().replace(b'"name":"a"', b'"name":"b"'))
    made = allocator(
        "report", str(folder / "base.yaml"), "--formats", "docx", "--lang", "vi", "--out", str(folder / "o")
    )
    assert made.returncode == 0
    assert made.stderr.startswith("chưa vào sổ ghi phân bổ nên chỗ ghi số trong tài liệu để trống")
    assert "Vào sổ ghi phân bổ: số ……" in lines((folder / "o" / "annex.docx").read_bytes())


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="who may write everywhere is denied nothing")
def test_a_folder_that_may_not_be_written_keeps_no_journal(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder.chmod(0o500)
    out = tmp_path_factory.mktemp("out") / "o"
    made = allocator("report", str(folder / "base.yaml"), "--formats", "docx", "--lang", "en", "--out", str(out))
    folder.chmod(0o700)
    assert made.returncode == 0
    assert "not recorded" in made.stderr


def test_a_report_that_others_overtake_is_made_again_with_its_number(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = entering.Entering(folder / "record.jsonl", ["docx"])
    table, scenario = load_scenario(folder / "base.yaml")

    document = reported("vi", (table, scenario), ask=("run",))
    told = []

    def appear(files: Mapping[str, bytes], enter: Callable[[], None]) -> None:
        told.append([line for line in lines(files["annex.docx"]) if line.startswith("Vào sổ")])
        if len(told) == 1:
            append(folder / "record.jsonl", kind="saved", name="quicker")
        enter()

    made.files(document, appear)
    assert [line.rpartition("số ")[2] for (line,) in told] == ["1", "2"]
    assert [each.kind for each in read_journal(folder / "record.jsonl").entries] == ["saved", "document"]


def test_a_report_that_cannot_be_written_leaves_no_entry(folder: Path) -> None:
    (folder / "o").mkdir()
    (folder / "o" / "annex.docx").mkdir()
    made = allocator("report", str(folder / "base.yaml"), "--formats", "docx", "--out", str(folder / "o"))
    assert made.returncode == 2
    assert not (folder / "record.jsonl").exists()


def test_kept_settings_are_entered(folder: Path) -> None:
    given = (
        "--set",
        "target=6400",
        "--save",
        str(folder / "năm.yaml"),
        "--author",
        "Lan",
        "--why",
        "họp",
        "--lang",
        "en",
    )
    made = allocator("run", str(folder / "base.yaml"), *given)
    assert made.stderr.splitlines()[-1] == f"Recorded as no. 1 in {folder / 'record.jsonl'}"
    (entry,) = read_journal(folder / "record.jsonl").entries
    again = json.loads(allocator("run", str(folder / "năm.yaml"), "--json").stdout)
    assert (entry.kind, entry.name, entry.by, entry.why) == ("saved", "năm", "Lan", "họp")
    assert entry.content["scenario"]["target"] == again["target"] == 6400
    refused = allocator("run", str(folder / "base.yaml"), "--author", "Lan", "--lang", "en")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--author: nothing is recorded without --save" in refused.stderr

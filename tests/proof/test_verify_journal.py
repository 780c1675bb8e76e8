"""`allocator verify` of a journal: how many entries it has, or the first that is not as it was written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allocator.proof.journal import append, read_journal
from tests.command import allocator
from tests.proof.test_journal import written


@pytest.mark.parametrize("name", ["record.jsonl", "copy of it.txt"])
def test_a_whole_journal_is_counted(tmp_path: Path, name: str) -> None:
    written(tmp_path / "record.jsonl", 12)
    (tmp_path / "record.jsonl").rename(tmp_path / name)
    made = allocator("verify", str(tmp_path / name), "--json")
    last = read_journal(tmp_path / name).entries[-1].hash
    told = {"valid": True, "reason": None, "rules": None, "entries": 12, "last": last}
    assert (made.returncode, json.loads(made.stdout)) == (0, told)
    said = " ".join(allocator("verify", str(tmp_path / name), "--lang", "vi").stdout.split())
    start = "Sổ ghi phân bổ nguyên vẹn: 12 mục, mục nào cũng nối đúng với mục trước"
    assert said == f"{start}; mã của mục cuối bắt đầu bằng {last[:12]}."


def test_the_first_bad_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    lines = written(path, 12)
    path.write_bytes(b"".join(lines).replace("phương án 8".encode(), "phương án 9".encode()))
    made = allocator("verify", str(path), "--json", "--lang", "en")
    told = json.loads(made.stdout)
    assert (made.returncode, told["valid"], told["entries"]) == (1, False, 11)
    assert told["reason"].startswith(f"{path}:8: entry no. 8 was changed after it had been written")
    path.write_bytes(b"".join(lines[:4] + lines[5:]))
    told = allocator("verify", str(path), "--lang", "vi").stdout
    assert "thiếu mục số 5: chỗ của mục này là mục số 6" in " ".join(told.split())


def test_a_half_line_is_told_and_then_what_is_kept_of_it(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    lines = written(path, 3)
    path.write_bytes(b"".join(lines)[:-20])
    made = allocator("verify", str(path), "--lang", "en")
    assert made.returncode == 1
    told = " ".join(made.stdout.split())
    assert told.startswith("What was recorded is whole (2 entries), but the last line is half")
    append(path, kind="saved", name="next")
    made = allocator("verify", str(path), "--lang", "en")
    assert made.returncode == 0
    assert read_journal(path).aside[0].name in made.stdout


def test_an_empty_journal_is_whole_and_no_table_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").touch()
    assert allocator("verify", str(tmp_path / "record.jsonl")).returncode == 0
    made = allocator("verify", str(tmp_path / "record.jsonl"), "--data", "x.csv", "--lang", "en")
    assert (made.returncode, "leave --data out" in made.stderr) == (2, True)
    made = allocator("verify", str(tmp_path / "none.jsonl"), "--lang", "en")
    assert (made.returncode, "none.jsonl" in made.stderr) == (2, True)


@pytest.mark.parametrize("ending", ["jsonl", "json"])
def test_a_file_that_cannot_be_reached_is_told_in_words(tmp_path: Path, ending: str) -> None:
    made = allocator("verify", str(tmp_path / f"{'x' * 300}.{ending}"), "--lang", "vi")
    assert (made.returncode, made.stdout, "không đọc được tệp" in made.stderr) == (2, "", True)

"""The journal: whatever is done to its file is told at the first entry that it touches, and nothing told is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.errors import InputError
from allocator.files import builtin_folder
from allocator.proof.journal import Recorded, append, journal_of, number_of, read_journal
from tests.fuzz.kills import started_process

APPENDING = """
import sys
from pathlib import Path
from allocator.proof.journal import append
for n in range(int(sys.argv[3])):
    append(Path(sys.argv[1]), kind="saved", name=f"{sys.argv[2]} {n}", content={"long": "ấ" * 3000})
"""
FULL = """
import resource, signal, sys
from pathlib import Path
from allocator.errors import InputError
from allocator.proof.journal import append
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = path.stat().st_size + 100
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    append(path, kind="saved", name="too much", content={"long": "x" * 1000})
except InputError as error:
    print([each.key for each in error.faults])
"""


def written(path: Path, count: int = 5) -> list[bytes]:
    for n in range(1, count + 1):
        append(path, kind="saved", name=f"phương án {n}", by="Lan", why="họp", content={"target": 100 * n, "x": [0.1]})
    return path.read_bytes().splitlines(keepends=True)


def read(folder: Path, content: bytes) -> tuple[str | None, int]:
    """Key of what is wrong and number of the first bad entry, 0 where all is whole."""
    path = folder / "read.jsonl"
    path.write_bytes(content)
    found = read_journal(path).fault
    return (found.key, found.values["number"]) if found else (None, 0)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return written(tmp_path_factory.mktemp("journal") / "record.jsonl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("read")


def test_an_entry_holds_the_hash_of_the_one_before(lines: list[bytes]) -> None:
    before = ""
    for number, line in enumerate(lines, start=1):
        entry = json.loads(line)
        body = {key: value for key, value in entry.items() if key != "hash"}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert (entry["number"], entry["before"], entry["hash"]) == (number, before, sha256(text.encode()).hexdigest())
        assert [*entry] == sorted(each.name for each in fields(Recorded))
        before = entry["hash"]


@given(st.data())
def test_any_byte_that_is_changed_is_told_at_its_entry(folder: Path, lines: list[bytes], data: st.DataObject) -> None:
    content = b"".join(lines)
    at = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda each: each != content[at]))
    key, number = read(folder, content[:at] + bytes([byte]) + content[at + 1 :])
    assert key
    assert number == content.count(b"\n", 0, at) + 1


@given(st.data())
def test_lines_removed_swapped_or_repeated_are_told_at_the_first(
    folder: Path, lines: list[bytes], data: st.DataObject
) -> None:
    a, b = data.draw(st.lists(st.integers(0, len(lines) - 1), min_size=2, max_size=2, unique=True).map(sorted))
    swapped = [*lines]
    swapped[a], swapped[b] = lines[b], lines[a]
    assert read(folder, b"".join(swapped)) == ("record.missing", a + 1)
    assert read(folder, b"".join([*lines[: b + 1], *lines[a:]])) == ("record.repeated", b + 2)
    assert read(folder, b"".join([*lines[:a], *lines[b:]])) == ("record.missing", a + 1)


def test_an_entry_made_anew_with_its_hash_is_told_at_the_next(folder: Path, lines: list[bytes]) -> None:
    entry = json.loads(lines[1]) | {"name": "khác"}
    del entry["hash"]
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    entry["hash"] = sha256(text.encode()).hexdigest()
    made = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert read(folder, b"".join([lines[0], made, *lines[2:]])) == ("record.replaced", 3)


def test_half_a_letter_is_no_entry_though_its_hash_is_right(folder: Path, lines: list[bytes]) -> None:
    entry = json.loads(lines[1]) | {"name": "\ud800"}
    del entry["hash"]
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    made = text.replace('"inputs"', f'"hash":"{sha256(text.encode()).hexdigest()}","inputs"').encode() + b"\n"
    assert read(folder, b"".join([lines[0], made, *lines[2:]])) == ("record.not_entry", 2)


@pytest.mark.parametrize("line", [b"\n", b"null\n", b"[]\n", b"{}\n", b"\xff\n", b'{"a":NaN}\n', b"[" * 9999 + b"\n"])
def test_what_is_no_entry_is_told_and_those_after_it_are_read(folder: Path, lines: list[bytes], line: bytes) -> None:
    assert read(folder, b"".join([*lines[:2], line, *lines[2:]])) == ("record.not_entry", 3)
    assert len(read_journal(folder / "read.jsonl").entries) == len(lines)


def test_nothing_is_added_after_an_altered_entry(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    content = b"".join(written(path)).replace(b'"target":200', b'"target":201')
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        append(path, kind="saved", name="x")
    assert error.value.faults[0].values["first"].values["number"] == 2
    assert path.read_bytes() == content
    path.rename(tmp_path / "old.jsonl")
    assert append(path, kind="saved", name="x").number == 1


def test_a_half_line_is_kept_aside_and_the_next_entry_follows_the_last_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    lines = written(path)
    for cut in Random(0).sample(range(1, len(lines[-1]) - 1), 40):
        path.write_bytes(b"".join(lines)[:-cut])
        found = read_journal(path)
        whole = len(lines) - (cut > 1)
        assert len(found.entries) == whole
        assert (found.fault.key if found.fault else "") == ("record.half" if cut > 1 else "")
        made = append(path, kind="saved", name="next")
        assert (made.number, made.before) == (whole + 1, json.loads(lines[whole - 1])["hash"])
        after = read_journal(path)
        assert after.fault is None
        assert after.entries[:-1] == found.entries
        assert not found.half or found.half in [each.read_bytes() for each in after.aside]


@pytest.mark.parametrize("rest", [b"\0" * 512, b"  \r"])
def test_what_ends_a_journal_and_was_never_an_entry_stops_nothing(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "[1].jsonl"
    path.write_bytes(b"".join(written(path)) + rest)
    assert [each.key for each in [read_journal(path).fault] if each] == ["record.half"]
    assert append(path, kind="saved", name="next").number == 6
    found = read_journal(path)
    assert (found.fault, [each.read_bytes() for each in found.aside]) == (None, [rest])


def test_an_entry_whose_line_end_was_changed_is_altered_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    content = b"".join(written(path))[:-1] + b"x"
    path.write_bytes(content)
    with pytest.raises(InputError):
        append(path, kind="saved", name="x")
    assert path.read_bytes() == content


def test_the_same_document_made_again_is_the_same_entry(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    given = {"kind": "document", "name": "annex", "inputs": "1", "result": "2", "content": {"files": ["a"]}}
    first = append(path, **given)
    assert (number_of(path, **given), number_of(path, **{**given, "name": "b"})) == (1, 2)
    assert append(path, **{**given, "result": "3"}).number == 2
    assert append(path, **{**given, "kind": "saved"}).number == 3
    assert append(path, **given) == first


def test_a_decision_told_twice_in_a_row_is_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    given = {"kind": "decision", "name": "round", "inputs": "1", "result": "2", "content": {"bids": [1]}, "by": "Lan"}
    first = append(path, **given)
    assert append(path, **given) == first
    assert append(path, **{**given, "why": "họp"}).number == 2  # the first told no reason
    assert append(path, **given).number == 2  # as the last, which says more
    assert append(path, **{**given, "content": {"bids": [2]}}).number == 3
    assert append(path, **given).number == 4  # decided back


def test_whoever_makes_a_document_again_and_says_so_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    given = {"kind": "document", "name": "annex", "inputs": "1", "result": "2", "content": {}}
    first = append(path, **given, by="Lan", why="họp")
    assert append(path, **given) == append(path, **given, by="Lan") == append(path, **given, why="họp") == first
    assert [number_of(path, **given, **told) for told in ({}, {"by": "Lan"}, {"by": "Mai"})] == [1, 1, 2]
    other = append(path, **given, by="Mai", why="gửi lại")
    assert (other.number, other.by, other.why) == (2, "Mai", "gửi lại")
    assert append(path, **given, by="Mai") == other
    assert append(path, **given) == first


def test_what_no_file_can_hold_is_replaced(tmp_path: Path) -> None:
    assert append(tmp_path / "record.jsonl", kind="saved", name="a\udcff").name == "a?"


def test_processes_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    calls = [[sys.executable, "-c", APPENDING, str(path), name, "25"] for name in "abcd"]
    for process in [started_process(call) for call in calls]:
        assert process.communicate()[1] == ""
    found = read_journal(path)
    assert found.fault is None
    assert sorted(each.name for each in found.entries) == sorted(f"{name} {n}" for name in "abcd" for n in range(25))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds no file of a process")
def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    content = b"".join(written(path))
    printed = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, encoding="utf-8", check=True)
    assert printed.stdout.split() == ["['write.full']"]
    assert path.read_bytes() == content
    assert append(path, kind="saved", name="x").number == 6


def test_where_the_journal_of_a_table_stands(tmp_path: Path) -> None:
    assert journal_of(tmp_path / "units.csv") == tmp_path / "record.jsonl"
    assert journal_of("") is None
    assert journal_of(builtin_folder() / "an-giang-2017" / "units.csv") is None

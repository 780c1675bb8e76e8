"""What is written: whole or not at all, only ordinary files replaced, links kept, nothing left behind."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from allocator import writing
from allocator.errors import InputError
from allocator.scale import Journal
from allocator.web.saved import Version
from allocator.web.store import Store
from allocator.words import Words
from allocator.writing import write_folder, write_whole
from tests.command import allocator, process
from tests.fuzz.kills import Job, killed, kills, replaced

SPECIAL = ("device", "pipe", "socket", "folder", "link to a device")
BOUNDED = """
import resource, signal, sys
from pathlib import Path
from allocator.errors import InputError
from allocator.writing import write_folder, write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for write in (
    lambda: write_whole(Path(sys.argv[1], "new", "f"), b"x" * 1001),
    lambda: write_whole(Path(sys.argv[1], "old"), b"x" * 1001),
    lambda: write_folder(Path(sys.argv[1], "new", "d"), {"small": "x", "large": "x" * 1001}),
    lambda: write_folder(Path(sys.argv[1]), {"small": "x", "large": "x" * 1001}),
):
    try:
        write()
    except InputError as error:
        print([each.key for each in error.faults])
"""
DENIED = """
import os, sys
from pathlib import Path
from allocator.errors import InputError
from allocator.writing import write_folder, write_whole
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
for write in (
    lambda: write_whole(Path(sys.argv[1], "shut", "new", "f"), "x"),
    lambda: write_whole(Path(sys.argv[1], "shut", "old"), "x"),
    lambda: write_folder(Path(sys.argv[1], "shut", "new"), {"f": "x"}),
    lambda: write_folder(Path(sys.argv[1], "half"), {"a": "x", "shut/f": "x"}),
):
    try:
        write()
    except InputError as error:
        print([each.key for each in error.faults])
"""


def listed(folder: Path) -> dict[str, str | None]:
    """Everything below a folder, hidden or not: text of a file, target of a link, None for a folder."""
    return {
        path.relative_to(folder).as_posix(): f"-> {os.readlink(path)}"
        if path.is_symlink()
        else None
        if path.is_dir()
        else path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refused(path: Path, key: str) -> None:
    with pytest.raises(InputError) as raised:
        write_whole(path, "new")
    assert [each.key for each in raised.value.faults] == [key]


def made(folder: Path, kind: str) -> Path:
    """Something that is no ordinary file."""
    path = folder / "n"
    if kind == "device" and os.geteuid() == 0:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(os.path.relpath(path))
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/null")
    return path


def test_a_file_is_there_with_the_users_mode_and_nothing_beside_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a" / "b" / "tệp.txt", "nội dung\n")
    finally:
        os.umask(before)
    assert listed(tmp_path) == {"a": None, "a/b": None, "a/b/tệp.txt": "nội dung\n"}
    assert mode(tmp_path / "a" / "b" / "tệp.txt") == 0o640
    assert mode(tmp_path / "a") == 0o750


def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("old", "utf-8")
    (tmp_path / "f").chmod(0o604)
    write_whole(tmp_path / "f", b"new")
    assert listed(tmp_path) == {"f": "new"}
    assert mode(tmp_path / "f") == 0o604


@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_no_ordinary_file_is_refused_and_stays(kind: str, tmp_path: Path) -> None:
    path = made(tmp_path, kind)
    before = path.lstat()
    (tmp_path / "link").symlink_to("n")
    for name in ("n", "link"):
        done = allocator("run", "--out", name, cwd=tmp_path, language="en")
        said = done.stderr.splitlines()
        assert (done.returncode, done.stdout, said[1:] == [] or said[1] == "Type:") == (2, "", True)
        assert f"{name}: {Words('en')('file.is_folder' if kind == 'folder' else 'write.not_a_file')}" in said[0]
    assert path.lstat() == before
    assert sorted(os.listdir(tmp_path)) == ["link", "n"]


@pytest.mark.parametrize("kind", SPECIAL)
def test_no_journal_and_no_folder_is_written_to_what_is_no_ordinary_file(kind: str, tmp_path: Path) -> None:
    path = made(tmp_path, kind)
    with pytest.raises(InputError), Journal(path, {}):
        pass
    with pytest.raises(InputError):
        write_folder(tmp_path, {"a": "new", "n": "new"})
    if kind != "folder":
        with pytest.raises(InputError):
            write_folder(path, {"a": "new"})
        with pytest.raises(InputError):
            write_folder(tmp_path, {"a": "new", "n/b": "new"})
    assert os.listdir(tmp_path) == ["n"]


@pytest.mark.parametrize("name", ["a\0b", "a\udcffb"])
def test_names_that_no_file_can_have_are_refused(name: str, tmp_path: Path) -> None:
    refused(tmp_path / name, "write.bad_name")
    with pytest.raises(InputError):
        write_folder(tmp_path, {"a": "x", name: "x"})
    if "\0" not in name:  # which no process can be given
        for command in (("run", "--json"), ("synth", "--units", 3)):
            done = allocator(*command, "--out", tmp_path / name, language="en")
            assert done.returncode == 2
            assert "not text in UTF-8" in done.stderr
            done.stderr.encode("utf-8")
    assert os.listdir(tmp_path) == []


def test_refusals_of_the_system_are_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "loop").symlink_to("loop")
    refused(tmp_path / ("x" * 300), "write.long_name")
    refused(tmp_path / "file" / "f", "file.unwritable")
    refused(tmp_path / "loop", "file.unwritable")
    assert listed(tmp_path) == {"file": "", "loop": "-> loop"}


def child(code: str, folder: Path) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    call = [sys.executable, "-c", code, str(folder)]
    return subprocess.run(call, check=True, capture_output=True, text=True, env=environment).stdout.split()


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old", "utf-8")
    assert child(BOUNDED, tmp_path) == ["['write.full']"] * 4
    assert listed(tmp_path) == {"old": "old"}


def test_a_run_whose_result_finds_no_room_ends_in_words(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    call = f'ulimit -f 1; exec "{sys.executable}" -m allocator run --out new/r.json --lang vi'
    done = subprocess.run(["sh", "-c", call], capture_output=True, encoding="utf-8", cwd=tmp_path, env=environment)
    said = f"lỗi: new/r.json: {Words('vi')('write.full')}\n"
    assert (done.returncode, done.stderr.lower()) == (2, said)
    assert listed(tmp_path) == {}


def test_where_there_are_no_rights_nothing_changes(tmp_path: Path) -> None:
    for name in ("shut", "half", "half/shut"):
        (tmp_path / name).mkdir()
    (tmp_path / "shut" / "old").write_text("old", "utf-8")
    before = listed(tmp_path)
    if os.geteuid() == 0:
        os.chown(tmp_path / "half", 65534, 65534)
        for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
            folder.chmod(0o755)
    (tmp_path / "shut").chmod(0o555)
    (tmp_path / "half" / "shut").chmod(0o555)
    assert child(DENIED, tmp_path) == ["['write.denied']"] * 4
    assert listed(tmp_path) == before


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "f").write_text("old", "utf-8")
    (tmp_path / "far" / "f").chmod(0o600)
    (tmp_path / "one").symlink_to("far/f")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "dangling").symlink_to("far/new/g")
    links = {"one": "-> far/f", "two": "-> one", "dangling": "-> far/new/g"}
    write_whole(tmp_path / "two", "new")
    write_whole(tmp_path / "dangling", "made")
    assert listed(tmp_path) == {**links, "far": None, "far/f": "new", "far/new": None, "far/new/g": "made"}
    assert mode(tmp_path / "far" / "f") == 0o600
    with pytest.raises(InputError, match="not the journal"), Journal(tmp_path / "one", {}):
        pass


def test_content_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    for write in (lambda: write_whole(tmp_path / "a" / "f", "\ud800"), lambda: write_folder(tmp_path / "d", BROKEN)):
        with pytest.raises(UnicodeEncodeError):
            write()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("there", [{}, {"old": "x"}])
def test_a_folder_appears_only_after_what_is_done_last(tmp_path: Path, there: dict[str, str]) -> None:
    place = tmp_path / "d"
    for name, text in there.items():
        write_whole(place / name, text)
    before, seen = listed(tmp_path), []

    def last() -> None:
        seen.append([name for name in listed(tmp_path) if ".part" not in name])
        if len(seen) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(place, {"a": "new"}, last)
    assert listed(tmp_path) == before
    write_folder(place, {"a": "new"}, last)
    assert seen == [[*before], [*before]]
    assert listed(tmp_path) == {"d": None, **{f"d/{name}": text for name, text in {"a": "new", **there}.items()}}


BROKEN = {"first": "whole", "sub/second": "\ud800"}


def test_files_written_by_many_at_once_are_one_of_theirs(tmp_path: Path) -> None:
    texts = [str(number) * 50_000 for number in range(4)]

    def write(text: str) -> None:
        for _ in range(15):
            write_whole(tmp_path / "f", text)
            write_folder(tmp_path / "d", {"a": text, "b/c": text})

    workers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = listed(tmp_path)
    assert sorted(found) == ["d", "d/a", "d/b", "d/b/c", "f"]
    assert {text for text in found.values() if text is not None} <= set(texts)


def dead(folder: Path, name: str, *files: str) -> Path:
    """What a killed run leaves."""
    part = folder / f".{name}.abcd_123.part"
    for each in files:
        (part / each).parent.mkdir(parents=True, exist_ok=True)
        (part / each).write_text("half", "utf-8")
    part.mkdir(exist_ok=True)
    return part


@pytest.mark.parametrize("files", [(), ("lock",), ("lock", "files/x"), ("lock", "files/csv/x", "files/y")])
def test_what_a_dead_run_left_is_removed_by_the_next_write_there(files: tuple[str, ...], tmp_path: Path) -> None:
    dead(tmp_path, "f", *files)
    write_whole(tmp_path / "other", "x")
    assert listed(tmp_path) == {"other": "x"}
    dead(tmp_path, "d", *files)
    write_folder(tmp_path / "d", {"a": "x"})
    dead(tmp_path, "d", *files)
    dead(tmp_path / "d", "d", *files)
    write_folder(tmp_path / "d", {"b": "y"})
    assert listed(tmp_path) == {"other": "x", "d": None, "d/a": "x", "d/b": "y"}
    dead(tmp_path, "journal", *files)
    for _ in range(2):
        with Journal(tmp_path / "journal", {}):
            assert [each for each in os.listdir(tmp_path) if each.endswith(".part")] == []


def test_what_a_living_run_holds_and_what_is_the_users_stays(tmp_path: Path) -> None:
    code = "import sys, time\nfrom pathlib import Path\nfrom allocator.writing import _stage\n"
    code += "with _stage(Path(sys.argv[1])) as stage:\n print(stage, flush=True)\n sys.stdin.read()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    call = [sys.executable, "-c", code, str(tmp_path / "f")]
    for own in (".mine.part", ".mine.abcdefgh.part.txt", ".mine.abcdefgh.part"):
        (tmp_path / own).mkdir()
        (tmp_path / own / "text").write_text("mine", "utf-8")
    (tmp_path / ".file.abcdefgh.part").write_text("mine", "utf-8")
    (tmp_path / ".link.abcdefgh.part").symlink_to(".mine.abcdefgh.part")
    before = listed(tmp_path)
    with subprocess.Popen(call, stdin=-1, stdout=-1, text=True, env=environment) as living:
        assert living.stdout is not None
        stage = Path(living.stdout.readline().strip())
        write_whole(tmp_path / "g", "x")
        assert stage.is_dir()
        living.kill()
    assert stage.is_dir()
    write_whole(tmp_path / "g", "y")
    assert listed(tmp_path) == {**before, "g": "y"}


@pytest.mark.parametrize("step", ["mkdtemp", "lock"])
def test_a_run_cleared_before_it_holds_its_lock_begins_anew(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = writing.tempfile if step == "mkdtemp" else writing
    true, times = getattr(place, step), []

    def slow(*arguments: Any, **options: Any) -> Any:
        times.append(step)
        made = true(*arguments, **options) if step == "mkdtemp" else None
        if len(times) == 1:
            writing._clear(tmp_path)
        return made if step == "mkdtemp" else true(*arguments, **options)

    monkeypatch.setattr(place, step, slow)
    write_whole(tmp_path / "f", "x")
    assert len(times) >= 2
    assert listed(tmp_path) == {"f": "x"}


FILES = {"report.html": "new", "csv/a.csv": b"new", "csv/b.csv": "new"}
WHOLE = {"report.html": "new", "csv": None, "csv/a.csv": "new", "csv/b.csv": "new"}


def below(name: str, held: dict[str, str | None]) -> dict[str, str | None]:
    return {name: None, **{f"{name}/{each}": text for each, text in held.items()}}


def test_a_folder_that_is_not_there_or_is_empty_appears(tmp_path: Path) -> None:
    write_folder(tmp_path / "a" / "new", FILES)
    assert listed(tmp_path / "a") == below("new", WHOLE)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty").chmod(0o2770)
    inode = (tmp_path / "empty").stat().st_ino
    write_folder(tmp_path / "empty", FILES)
    assert listed(tmp_path / "empty") == WHOLE
    assert mode(tmp_path / "empty") == 0o2770
    assert (tmp_path / "empty").stat().st_ino != inode
    (tmp_path / "link").symlink_to("far")
    write_folder(tmp_path / "link", FILES)
    write_folder(tmp_path / "link", {"again": "x"})
    assert os.readlink(tmp_path / "link") == "far"
    assert listed(tmp_path / "far") == {**WHOLE, "again": "x"}


def test_the_folder_one_stands_in_stays_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(Path(), FILES)
    assert os.path.samestat(os.stat("."), tmp_path.stat())
    assert listed(tmp_path) == WHOLE


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder away")
def test_an_empty_folder_of_anothers_stays_theirs(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    os.chown(tmp_path / "d", 65534, 65534)
    write_folder(tmp_path / "d", FILES)
    assert (tmp_path / "d").stat().st_uid == 65534
    assert listed(tmp_path) == below("d", WHOLE)


def test_in_a_folder_with_files_those_of_the_run_are_replaced_and_the_users_stay(tmp_path: Path) -> None:
    place = tmp_path / "d"
    (place / "csv").mkdir(parents=True)
    for name in ("report.html", "csv/a.csv", "mine.txt", "csv/mine.csv"):
        (place / name).write_text("old", "utf-8")
    (place / "report.html").chmod(0o600)
    (tmp_path / "far.csv").write_text("old", "utf-8")
    (place / "csv" / "b.csv").symlink_to("../../far.csv")
    write_folder(place, FILES)
    kept = {"mine.txt": "old", "csv/mine.csv": "old", "csv/b.csv": "-> ../../far.csv"}
    assert listed(place) == {**WHOLE, **kept}
    assert mode(place / "report.html") == 0o600
    assert sorted(os.listdir(tmp_path)) == ["d", "far.csv"]
    assert (tmp_path / "far.csv").read_text("utf-8") == "new"


def test_what_stands_in_the_way_is_named_and_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "csv").write_text("a file", "utf-8")
    (tmp_path / "report.html").mkdir()
    before = listed(tmp_path)
    for files in ({"first": "x", "csv/a.csv": "x"}, {"first": "x", "report.html": "x"}):
        with pytest.raises(InputError, match=r"csv|report\.html|cannot be written"):
            write_folder(tmp_path, files)
    assert listed(tmp_path) == before


def test_commands_write_folders_beside_what_the_user_has_there(tmp_path: Path) -> None:
    (tmp_path / "nation").mkdir()
    (tmp_path / "nation" / "mine.txt").write_text("mine", "utf-8")
    done = process("synth", "--units", 3, "--levels", 1, "--out", tmp_path / "nation")
    assert done.returncode == 0
    assert sorted(os.listdir(tmp_path / "nation")) == [
        "base.yaml", "mine.txt", "register.csv", "scenario.schema.json", "units.csv",
    ]  # fmt: skip
    done = allocator("run", "--out", "new/folder/r.json", cwd=tmp_path)
    assert done.returncode == 0
    assert sorted(listed(tmp_path / "new")) == ["folder", "folder/r.json"]


def test_the_page_passes_over_what_is_no_saved_state(tmp_path: Path) -> None:
    from allocator import load_scenario

    store = Store(tmp_path, "an-giang-2017/base", *load_scenario("an-giang-2017/base"))
    kept = store.save("một", Version("a=1"))
    dead(tmp_path / "saved", "x.json", "lock", "files/x.json")
    os.mkfifo(tmp_path / "saved" / "pipe.json")
    (tmp_path / "saved" / "half.json").write_text('{"name": "\\ud800", "query": ""}', "utf-8")
    (tmp_path / "saved" / "cut.json").write_text('{"name": "m', "utf-8")
    assert store.saved() == [kept]
    lying = sorted(os.listdir(tmp_path / "saved"))
    other = store.save("hai", Version("b=2"))
    assert sorted(os.listdir(tmp_path / "saved")) == lying  # what is saved is entered in the journal
    store.remove(kept.key)
    assert store.saved() == [other]


WRITES = """
from pathlib import Path
from allocator.writing import write_folder, write_whole
write = write_folder if sys.argv[1] == "folder" else write_whole
write(Path(sys.argv[2]), {"a": "1" * 99, "b/c": b"2"} if sys.argv[1] == "folder" else "1" * 99)
"""
JOBS = {
    "file": Job("file", ("file",), replaced, {"out": b"old"}, WRITES),
    "folder": Job("folder", ("folder",), replaced, {"out/a": b"old", "out/b/mine": b"mine"}, WRITES),
}


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("name", JOBS)
def test_a_write_killed_before_any_of_its_operations_leaves_what_is_whole(name: str, old: bool) -> None:
    operations = JOBS[name].undisturbed[2]
    assert operations > 10
    counts = killed(JOBS[name], [(each, None) for each in range(operations)], old)
    assert counts["killed"] > 10
    assert counts["left something until the next run"] > 5


def test_runs_and_pages_killed_while_writing_leave_whole_files_and_nothing_after_the_next_run() -> None:
    counts = kills(9, 3, {"run": 0.4, "page": 0.1, "journal": 0.5})
    assert [each["killed"] for each in counts.values()] == [4, 1, 4]

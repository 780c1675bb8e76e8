"""Sweeps on real processes: the same digits from every scheduler, whatever is killed, and from a resumed journal."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

import pytest

from allocator import allocate, load_scenario
from allocator.errors import InputError, MissingExtraError
from allocator.growth.draws import plan_sweep
from allocator.growth.summary import Summary
from allocator.growth.sweep import task, task_count
from allocator.scale import Journal, computed
from tests.clusters import allocator, cluster, ended, grown, until

DRAWS = 250_000
SWEEP = ("sensitivity", "--draws", DRAWS, "--json", "--lang", "en")
pytestmark = pytest.mark.xdist_group("scale")


@pytest.fixture(scope="module", autouse=True)
def unanswered() -> Iterator[Popen[str]]:
    """A call to a port where nobody listens: it waits ten seconds before it says so, so that it begins first."""
    with allocator(*SWEEP, "--scheduler", "tcp://127.0.0.1:1") as call:
        yield call
        call.kill()


@pytest.fixture(scope="module")
def digits() -> str:
    status, out, errors = ended(allocator(*SWEEP))
    assert (status, errors) == (0, "")
    return out


def test_processes_give_the_same_digits(digits: str) -> None:
    assert ended(allocator(*SWEEP, "--scheduler", "processes")) == (0, digits, "")


def test_a_killed_worker_changes_no_digit_and_a_lost_scheduler_is_named(tmp_path: Path, digits: str) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    with cluster(tmp_path, 2) as (address, processes):
        run = allocator(*SWEEP, "--scheduler", address, "--resume", first)
        until(grown(first, 40_000))
        processes[1].kill()
        assert run.poll() is None
        assert ended(run) == (0, digits, "")
        run = allocator(*SWEEP, "--scheduler", address, "--resume", second)
        until(grown(second, 40_000))
        processes[0].kill()
        status, out, errors = ended(run)
    assert (status, out) == (2, "")
    assert "the scheduler was lost" in errors
    assert len(errors.splitlines()) == 1
    assert ended(allocator(*SWEEP, "--resume", second)) == (0, digits, "")


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_resumes_in_the_same_digits(tmp_path: Path, digits: str, kill: signal.Signals) -> None:
    journal = tmp_path / "journal"
    run = allocator(*SWEEP, "--resume", journal)
    until(grown(journal, 40_000))
    run.send_signal(kill)
    status, _, errors = ended(run)
    assert status == (-9 if kill == signal.SIGKILL else 130)
    assert "Traceback" not in errors
    held = journal.stat().st_size
    assert ended(allocator(*SWEEP, "--resume", journal)) == (0, digits, "")
    assert journal.stat().st_size > held


def test_calls_that_cannot_be_done_are_named(unanswered: Popen[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for call, words in (
        (allocator(*SWEEP, "--scheduler", "carrier-pigeon"), "is no scheduler"),
        (unanswered, "no scheduler answers"),
    ):
        status, out, errors = ended(call)
        assert (status, out) == (2, "")
        assert words in errors
        assert len(errors.splitlines()) == 1
    monkeypatch.setitem(sys.modules, "distributed", None)
    planned = plan_sweep(allocate(*load_scenario("an-giang-2017/base"), method="waterfill"))
    with pytest.raises(MissingExtraError, match=r"allocator\[scale\]"):
        list(computed(planned, [0], 10, "processes", 1))


def test_a_journal_that_was_changed_is_refused_or_gives_the_same_digits(tmp_path: Path) -> None:
    planned = plan_sweep(allocate(*load_scenario("an-giang-2017/base"), method="waterfill"))
    draws, sweep, file = 20_000, {"seed": 0}, tmp_path / "journal"
    parts = [task(planned, index, draws).to_bytes() for index in range(task_count(planned, draws))]
    with Journal(file, sweep) as journal:
        assert list(journal.finished()) == []
        for index, part in enumerate(parts):
            journal.add(index, Summary.from_bytes(part))
    whole = file.read_bytes()

    def held(content: bytes) -> dict[int, bytes]:
        file.write_bytes(content)
        with Journal(file, sweep) as journal:
            return {index: summary.to_bytes() for index, summary in journal.finished()}

    assert held(whole) == dict(enumerate(parts))
    changed = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), 97)]
    changed += [whole[:-end] for end in (1, 7, 500, 4_096, 10_000)]
    refused = 0
    for content in changed:
        with suppress(InputError):
            refused += 1
            assert held(content).items() <= dict(enumerate(parts)).items()
            refused -= 1
    assert refused > len(changed) / 2  # what lies in no row weighs nothing
    assert {path.name for path in tmp_path.iterdir()} <= {"journal", "journal-journal"}


@pytest.mark.parametrize("content", [b"", b"a table of mine", b"SQLite format 3\0 of another kind"])
def test_what_is_no_journal_is_refused_and_stays(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "mine"
    file.write_bytes(content)
    with pytest.raises(InputError, match="not the journal"), Journal(file, {}):
        pass
    assert file.read_bytes() == content


def test_another_sweep_and_another_writer_are_refused(tmp_path: Path) -> None:
    file, folder, pipe = tmp_path / "journal", tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    with Journal(file, {"seed": 0}), pytest.raises(InputError, match="is writing"), Journal(file, {"seed": 0}):
        pass
    with pytest.raises(InputError, match="another sweep"), Journal(file, {"seed": 1}):
        pass
    for path in (folder, pipe, Path("/dev/null")):
        with pytest.raises(InputError), Journal(path, {"seed": 0}):
            pass


def test_a_journal_that_another_process_writes_is_named(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal", {}):
        status, out, errors = ended(allocator(*SWEEP, "--resume", tmp_path / "journal"))
    assert (status, out) == (2, "")
    assert "another sweep is writing this journal" in errors

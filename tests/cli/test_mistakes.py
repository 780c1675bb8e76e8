"""Typical mistakes: each is refused in words, and what the answer says to type works."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.mistakes import MISTAKES, Mistake, office
from tests.command import Done, allocator, process

LOCALES = {"vi": "vi_VN.UTF-8", "en": "C.UTF-8"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    office(folder)
    return folder


def to_type(answer: str) -> list[list[str]]:
    """The calls that an answer says to type, as words after the command's name."""
    lines = [line.strip() for line in answer.splitlines() if line.startswith("  allocator ")]
    return [shlex.split(line.partition(" > ")[0])[1:] for line in lines]


def called(mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Done:
    monkeypatch.setenv("LC_ALL", LOCALES[mistake.language])
    return allocator(*shlex.split(mistake.call)[1:], cwd=folder)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.call)
def test_a_mistake_is_answered(mistake: Mistake, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {*desk.rglob("*")}
    done = called(mistake, desk, monkeypatch)
    assert (done.returncode, done.stdout) == (mistake.status, "")
    assert [each for each in mistake.said if each not in done.stderr] == []
    assert "Traceback" not in done.stderr
    assert "ALLOCATOR_DEBUG" not in done.stderr
    assert {*desk.rglob("*")} == before
    assert done.stderr.startswith(("lỗi: ", "error: ")[LOCALES[mistake.language][0] == "C"])


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.call)
def test_what_is_to_be_typed_works(
    mistake: Mistake, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(desk, folder := tmp_path / "desk")
    calls = to_type(called(mistake, folder, monkeypatch).stderr)
    assert bool(calls) is mistake.mended
    for call in calls:
        done = allocator(*call, cwd=folder)
        assert done.returncode == 0, (call, done.stderr)


def test_there_are_enough_and_nearly_all_are_mended() -> None:
    assert len(MISTAKES) >= 100
    assert len({each.call for each in MISTAKES}) == len(MISTAKES)
    assert sum(each.mended for each in MISTAKES) >= 0.95 * len(MISTAKES)
    assert sum(each.language == "vi" for each in MISTAKES) >= len(MISTAKES) * 2 / 3


@pytest.mark.parametrize("at", [0, 20, 40, 60, 80])
def test_a_process_answers_the_same(at: int, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = MISTAKES[at]
    within = called(mistake, desk, monkeypatch)
    alone = process(*shlex.split(mistake.call)[1:], cwd=desk, LC_ALL=LOCALES[mistake.language])
    assert (alone.returncode, alone.stdout, alone.stderr) == (within.returncode, "", within.stderr)

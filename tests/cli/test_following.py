"""The call under an answer's lines: as it stands it is a call of this program on the same scenario and settings."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.command import allocator
from tests.golden.cases import CASES, SCREENS, prepared

MORE = ("run-locks", "run-set", "run-data", "run-unpublished", "run-tree", "explain-tree", "appeal-ruled",
        "appeal-tree", "compare-compromise", "audit-plain")  # fmt: skip
"""Calls whose call to make next is tried beside those of which the first screen is kept."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("following"))


def following(text: str) -> list[str]:
    """The words of the call that an answer in English ends its lines with, as a shell takes them; none without one."""
    _, found, rest = text.partition("\nNext: ")
    call = ""
    for line in rest.splitlines() if found else ():
        call += line.removesuffix("\\")
        if not line.endswith("\\"):
            break
    return shlex.split(call)


@pytest.mark.parametrize("width", ["60", "100"])
@pytest.mark.parametrize("name", [*SCREENS, *MORE])
def test_it_can_be_typed_as_it_stands(name: str, width: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    before = {*folder.iterdir()}
    done = allocator(*shlex.split(CASES[name]), cwd=folder, language="en")
    command, *words = following(done.stdout) or ["allocator", "scenarios"]
    assert command == "allocator"
    again = allocator(*words, cwd=folder)
    for each in {*folder.iterdir()} - before:
        each.unlink() if each.is_file() else [*map(Path.unlink, each.iterdir()), each.rmdir()]
    assert again.returncode == 0, (words, again.stderr)


def test_it_is_on_the_same_scenario_with_the_same_settings(folder: Path) -> None:
    given = ["ruled.yaml", "--set", "growth.realisation=0.3", "--set", "table.Châu Phú.workforce=500", "--target", 6400]
    done = allocator("run", *given, cwd=folder, language="en")
    _, *words = following(done.stdout)
    shown = json.loads(allocator("run", *given, "--json", cwd=folder).stdout)
    told = json.loads(allocator(*words, "--json", cwd=folder).stdout)
    assert (told["scenario"], told["inputs"]) == (shown["scenario"], shown["inputs"])
    assert "1 figure of the table corrected" in " ".join(done.stdout.split())


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_what_an_audit_offers_runs_on_a_tree_whose_units_are_numbers(levels: int, tmp_path: Path) -> None:
    made = json.loads(allocator("synth", "--units", 30, "--levels", levels, "--out", tmp_path, "--json").stdout)
    call = next(
        each
        for each in allocator("audit", "units.csv", cwd=tmp_path, language="en").stdout.splitlines()
        if "Next: " in each
    )
    words = shlex.split(call.partition("allocator ")[2])
    done = allocator(*words, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["target"] == made["target"]  # what the leaves were given: those above are their sums


def test_no_surface_but_a_terminal_shows_it(tmp_path: Path) -> None:
    assert "Next:" in allocator("run", language="en").stdout
    for more in (["--json"], ["--format", "csv"], ["--format", "md"], ["-q"]):
        assert "Next:" not in allocator("run", *more, language="en").stdout
    allocator("report", "--out", tmp_path / "report", "--formats", "html", language="en")
    assert "Next: allocator" not in (tmp_path / "report" / "report.html").read_text("utf-8")

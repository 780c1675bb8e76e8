"""What the README prints is what the program prints, and its Python example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from allocator.cli.group import run_command

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first code block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def test_the_output_shown_is_the_output_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        run_command(["run", "--lang", "en"])
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert block("text").strip().splitlines() == "\n".join(printed).strip().splitlines()


def test_the_python_example_runs() -> None:
    names: dict[str, object] = {}
    exec(block("python"), names)
    assert sum(names["more"].quotas) == 6500  # type: ignore[attr-defined]


def test_each_command_is_a_single_line_that_makes_its_environment() -> None:
    lines = [line for line in README.splitlines() if re.match(r"(python3|py -3) -m venv ", line)]
    assert len(lines) == 4
    assert [line.endswith("allocator run") for line in lines] == [True, False, True, False]

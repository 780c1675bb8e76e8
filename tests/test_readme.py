"""What the README prints is what the program prints, its example runs, and its commands install what is locked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from allocator.cli.group import cli, run_command

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project.scripts]")[0].splitlines()
FOUND = [(line, re.match(r'  "(?!allocator)([^"]+)"', line)) for line in LINES]
DEPENDENCIES = [(line, Requirement(found[1])) for line, found in FOUND if found]


def block(language: str) -> str:
    """The first code block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def test_the_output_shown_is_how_the_output_begins(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with pytest.raises(SystemExit, match="0"):
        run_command(["run"])
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    shown = block("text").strip().splitlines()
    assert shown == "\n".join(printed).strip().splitlines()[: len(shown)]
    assert shown[-1].startswith(" Total")


def test_the_python_example_runs() -> None:
    names: dict[str, object] = {}
    exec(block("python"), names)
    assert sum(names["more"].quotas) == 6500  # type: ignore[attr-defined]


def test_each_command_is_a_single_line_that_makes_its_environment_of_the_locked_versions() -> None:
    lines = [line for line in README.splitlines() if re.match(r"(python3|py -3) -m venv ", line)]
    assert len(lines) == 4
    assert [line.endswith("allocator run") for line in lines] == [True, False, True, False]
    guide = (ROOT / "README.vi.md").read_text(encoding="utf-8")
    pages = [each.read_text(encoding="utf-8") for each in (ROOT / "docs").glob("*.md")]
    installs = [line for line in "\n".join([README, guide, *pages]).splitlines() if "pip install" in line]
    assert len(installs) == 7
    assert all("pip install -c constraints.txt" in line.replace(" -q", "") for line in installs)


def test_every_dependency_has_a_bound_each_way_and_a_reason() -> None:
    assert DEPENDENCIES
    for line, needed in DEPENDENCIES:
        assert sorted(bound.operator for bound in needed.specifier) == ["<", ">="], line
        assert re.search(r'",\s+# \S', line), line


def test_the_lock_holds_every_dependency_within_its_bounds_and_names_no_place() -> None:
    lock = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = [Requirement(line) for line in lock.splitlines() if not line.startswith("#")]
    for line, needed in DEPENDENCIES:
        versions = [pin.specifier for pin in pins if canonicalize_name(pin.name) == canonicalize_name(needed.name)]
        assert versions, line
        for [pin] in versions:
            assert pin.operator == "==", line
            assert pin.version in needed.specifier, line
    assert not re.search(r"://|index|find-links|trusted", lock)


def test_every_link_leads_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "README.vi.md", *(ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        heads = {
            re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^#+ (.*)$", text, re.M)
        }
        for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
            file, _, head = link.partition("#")
            assert (page.parent / file).exists() if file else head in heads, f"{page.name}: {link}"


def test_every_command_and_option_named_is_there() -> None:
    """Each `allocator …` in backticks is a command, and what follows `--` are options of it."""
    named = re.findall(r"`(?:\.venv\\Scripts\\)?allocator ([a-z]+)([^`]*)`", README)
    assert len({command for command, _ in named}) > 15
    for command, rest in named:
        known = {option for each in cli.get_command(None, command).params for option in each.opts}  # type: ignore[union-attr,arg-type]
        assert {each.partition("=")[0] for each in re.findall(r"(?<!\S)--[\w-]+", rest)} <= known, (command, rest)

"""Tables in a terminal of any width: no line is longer, no figure and no name of a unit is broken."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from allocator.finding import Finding
from allocator.show import terminal
from allocator.words import Words
from tests.command import allocator
from tests.golden.cases import CASES, called, prepared

WIDTHS = (60, 80, 100, 140, 200)


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    """What every kept call finds, as far as it prints a finding."""
    folder, found, show = prepared(tmp_path_factory.mktemp("widths")), {}, terminal.show
    with pytest.MonkeyPatch.context() as patched:
        for name in CASES:
            patched.setattr(
                terminal, "show", lambda one, *given, at=name: found.setdefault(at, one) and show(one, *given)
            )
            called(name, "en", folder)
    return found


def printed(finding: Finding, words: Words, width: int) -> str:
    return terminal.show(finding, words, width)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_is_broken_at_any_width(findings: dict[str, Finding], language: str) -> None:
    assert len(findings) > 25
    words = Words(language)
    for name, finding in findings.items():
        whole = set(printed(finding, words, 400).split())
        for width in WIDTHS:
            lines = printed(finding, words, width).splitlines()
            assert max(map(len, lines)) <= width, (name, width)
            assert lines == [line.rstrip() for line in lines]
            assert not [each for each in " ".join(lines).split() if each not in whole and each.strip("─")], (
                name,
                width,
            )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_title_is_said_once(findings: dict[str, Finding], language: str) -> None:
    for name, finding in findings.items():
        lines = [line for line in printed(finding, Words(language), 200).splitlines() if line]
        assert not [one for one, two in pairwise(lines) if one == two], name


def test_columns_is_heeded_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def widest() -> int:
        return max(map(len, allocator("explain", language="vi").stdout.splitlines()))

    monkeypatch.setenv("COLUMNS", "60")
    assert widest() <= 60
    monkeypatch.setenv("COLUMNS", "160")
    assert 100 < widest() <= 160
    monkeypatch.delenv("COLUMNS")
    assert 80 < widest() <= 100


def test_a_percentage_keeps_its_sign(findings: dict[str, Any]) -> None:
    for width in range(60, 80):
        assert "\n%" not in printed(findings["explain"], Words("vi"), width)

"""Tables in a terminal of any width: no line is longer, no figure and no name of a unit is broken."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.files import builtin_scenarios, load_scenario
from allocator.finding import Finding
from allocator.model.allocation import Allocation
from allocator.model.scenario import Scenario
from allocator.questions import Case, find
from allocator.show import terminal
from allocator.words import LANGUAGES, Words
from tests.command import allocator
from tests.golden.cases import CASES, called, prepared
from tests.scenarios import allocations

WIDTHS = (60, 80, 100, 140, 200)
WITHOUT_A_CALL = {"audit-wrong", "audit-plain", "verify", "verify-data", "import", "import-unknown", "keys", "keys-one",
                  "report-csv"}  # fmt: skip
"""Kept calls whose answer names no call to make next, or says it in a line of its own."""
NAMES = st.sampled_from(["Liên đoàn Lao động thị xã", "Công đoàn các khu công nghiệp", "Xã", "CĐCS", "Phường"]).flatmap(
    lambda kind: st.integers(1, 9_999).map(lambda number: f"{kind} {number}")
)
"""Names of units, up to 35 letters."""


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
        whole, left_out = (
            set(printed(finding, words, 400).split()),
            words("table.left_out", columns="…").partition("…")[0],
        )
        for width in WIDTHS:
            lines = printed(finding, words, width).splitlines()
            assert max(map(len, lines)) <= width, (name, width)
            assert lines == [line.rstrip() for line in lines]
            lines = [line for line in lines if not line.startswith(left_out)]
            assert not [each for each in " ".join(lines).split() if each not in whole and each.strip("─")], (
                name,
                width,
            )


def test_an_answer_opens_with_at_most_five_lines_and_says_how_to_go_on(findings: dict[str, Finding]) -> None:
    for name, finding in findings.items():
        assert 1 <= len(finding.lines) + bool(finding.following) <= 5 or name.startswith("keys"), name
    assert {name for name, finding in findings.items() if not finding.following} <= WITHOUT_A_CALL


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


@pytest.mark.parametrize("width", [60, 71, 80, 100])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_line_ends_between_a_figure_and_what_it_counts(language: str, width: int) -> None:
    words = {"vi": "Tổng là 6.500 đoàn viên, 4,2% của 15 đơn vị. ", "en": "In all 6,500 members, 4.2% of 15 units. "}
    for shift in range(width):
        lines = terminal.wrapped("x" * shift + " " + 5 * words[language], width)
        assert not [one for one, two in pairwise(lines) if one[-1].isdigit() and two[0].isalpha()]
        assert " ".join(lines).split() == ("x" * shift + " " + 5 * words[language]).split()
    assert terminal.wrapped("6500 members", 8) == ["6500", "members"]


def test_a_percentage_keeps_its_sign(findings: dict[str, Any]) -> None:
    for width in range(60, 80):
        assert "\n%" not in printed(findings["explain"], Words("vi"), width)


@settings(max_examples=60, deadline=None)
@given(allocations(), st.data())
def test_random_tables_fit_any_width_and_break_nothing(made: Allocation, data: st.DataObject) -> None:
    names = data.draw(st.lists(NAMES, min_size=len(made.table), max_size=len(made.table), unique=True))
    figures = {name: [each and each * 1009 for each in made.table.columns[name]] for name in ("workforce", "recruited")}
    table = replace(
        made.table, units=tuple(names), columns={**made.table.columns, **{k: tuple(v) for k, v in figures.items()}}
    )
    plain = Scenario.model_validate({"data": "units.csv", "target": 12_345, "growth": {"realisation": 0.5},
                                     "bounds": {"max_share": None}})  # fmt: skip
    if not any(figures["workforce"]):
        return
    finding = find("run").ask(Case("random", table, plain, "waterfill"))
    listing = finding.main
    assert listing is not None
    for words in map(Words, ("vi", "en")):
        cells = [dict(zip((each.key for each in listing.columns), row, strict=True)) for row in listing.texts(words)]
        for width in (60, 61, 67, 73, 80, 92, 100, 140, 200):
            lines = printed(finding, words, width).splitlines()
            assert max(map(terminal.cells_of, lines)) <= width
            assert lines == [line.rstrip() for line in lines]
            for row in cells[:-1]:
                (line,) = (line for line in lines if line.startswith(f" {row['unit']}  "))
                assert row["quota"] in line.split()
                assert {*line.removeprefix(f" {row['unit']}").split()} <= {
                    part for each in row.values() for part in each.split()
                }


@pytest.mark.parametrize("name", [name for name, _ in builtin_scenarios()])
def test_what_is_said_of_a_unit_takes_fifteen_lines(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    case = Case(name, *load_scenario(name))
    for unit in case.table.units:
        for language in LANGUAGES:
            done = allocator("explain", name, "--unit", unit, language=language)
            lines = done.stdout.splitlines()
            assert 5 <= len(lines) <= 15, done.stdout
            assert unit in lines[0]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(allocations())
def test_nor_do_random_ones_take_more(made: Allocation) -> None:
    case = Case("random.yaml", made.table, made.scenario, "waterfill")
    for unit in made.table.units:
        finding = find("explain").ask(case, unit=unit)
        for language in LANGUAGES:
            text = terminal.show(
                finding, Words(language), 80, ["allocator", "appeal", "random.yaml", *finding.following]
            )
            assert len(text.splitlines()) <= 15, text

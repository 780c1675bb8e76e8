"""Charts drawn ahead are those that are drawn at once; what draws ahead may break, and nothing is missing."""

from __future__ import annotations

import sys

import pytest

from allocator.files import load_scenario
from allocator.questions import Case, find
from allocator.show import charts, drawing_ahead
from allocator.show.drawings import draw
from allocator.words import Words

VI = Words("vi")


@pytest.mark.parametrize("broken", ["", "import sys; sys.exit(1)", "print('no JSON', flush=True)"])
def test_what_is_drawn_ahead_is_what_would_be_drawn(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    monkeypatch.setattr(drawing_ahead, "DRAWS", broken or drawing_ahead.DRAWS)
    case = Case("an-giang-2017/base", *load_scenario("an-giang-2017/base"))
    finding = find("run").ask(case)
    every = [draw(each, VI) for section in finding.sections for each in section.charts]
    assert len(every) == 2
    with drawing_ahead.drawing_ahead(VI) as begin:
        begin(finding)
        here = [charts.AHEAD[charts.key_of(each.spec)].exception() is None for each in every]
        ahead = [each.svg() for each in every]
    assert here == [not broken] * 2
    assert charts.AHEAD == {}
    assert ahead == [each.svg() for each in every]
    assert all(each.startswith("<svg ") for each in ahead)


def test_nothing_of_the_folder_one_is_in_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    (path := tmp_path / "vl_convert.py").write_text("raise SystemExit('run')")  # type: ignore[operator]
    monkeypatch.chdir(path.parent)
    case = Case("an-giang-2017/base", *load_scenario("an-giang-2017/base"))
    with drawing_ahead.drawing_ahead(VI) as begin:
        begin(find("run").ask(case))
        assert [each.exception() for each in charts.AHEAD.values()] == [None, None]
    assert "vl_convert" not in sys.modules or sys.modules["vl_convert"].__file__ != str(path)

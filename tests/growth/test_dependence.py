"""What details leave out of large tables is said; up to 1,000 units nothing else is."""

from __future__ import annotations

import pytest

from allocator import load_scenario
from allocator.questions import Case
from allocator.questions import sensitivity as question


def said(found: object) -> set[str]:
    return {getattr(text, "key", "") for section in found.sections for text in section.texts}  # type: ignore[attr-defined]


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Case("base", *load_scenario("an-giang-2017/base"), method="waterfill")
    whole = question.ask_sensitivity.ask(asked, draws=16, details=True)
    assert len(whole.records["tipping"]) == 15 * 15
    assert "sensitivity.own_tips" not in said(whole)
    monkeypatch.setattr(question, "MOST_CROSSED", 14)
    own = question.ask_sensitivity.ask(asked, draws=16, details=True)
    assert [(each["estimate"], each["unit"]) for each in own.records["tipping"]] == [(u, u) for u in asked.table.units]
    assert all(each in whole.records["tipping"] for each in own.records["tipping"])
    assert "sensitivity.own_tips" in said(own)
    monkeypatch.setattr(question, "MOST_TIPPED", 14)
    none = question.ask_sensitivity.ask(asked, draws=16)
    assert {each["tipping_growth"]["up"] for each in none.records["units"]} == {None}
    assert "sensitivity.no_tips" in said(none)
    assert "sensitivity.tipping" not in said(none)

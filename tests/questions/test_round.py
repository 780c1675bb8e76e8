"""What a round's answer says on the real table, with figures worked out by themselves, and what can be taken of it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from allocator.errors import InputError
from allocator.files import load_scenario
from allocator.finding import Finding, Listing
from allocator.model.allocation import allocate
from allocator.questions import Case, find
from allocator.show.records import in_words, records
from allocator.show.terminal import show
from allocator.words import LANGUAGES, Words
from tests.command import allocator

BASE = "an-giang-2017/base"
TABLE, SCENARIO = load_scenario(BASE)
CASE = Case(BASE, TABLE, SCENARIO)
ASKED = "unit,bid,workforce,by,reason\nLong Xuyên,900,,Bà A,khó\nChâu Phú,,428,,\nTịnh Biên,500,,,\nChợ Mới,100,,,\n"


def ask(folder: Path, text: str = ASKED, **more: Any) -> Finding:
    path = folder / "b.csv"
    path.write_text(text, encoding="utf-8")
    return find("round").ask(CASE, path, **more)


def listing(finding: Finding, key: str) -> Listing:
    return next(each for each in finding.listings if each.key == key)


def quotas(**changes: Any) -> dict[str, int]:
    made = allocate(TABLE, SCENARIO.changed(changes))
    return dict(zip(TABLE.units, made.quotas, strict=True))


def test_each_entry_is_answered_alone(tmp_path: Path) -> None:
    bids = {each["unit"]: each for each in ask(tmp_path).records["bids"]}
    corrected = allocate(TABLE.with_figure("workforce", TABLE.units.index("Châu Phú"), 428), SCENARIO)
    assert bids["Châu Phú"]["quota_if"] == dict(zip(TABLE.units, corrected.quotas, strict=True))["Châu Phú"] == 150
    assert (bids["Châu Phú"]["kind"], bids["Châu Phú"]["present"], bids["Châu Phú"]["fair"]) == ("claim", 714, None)
    appealed = find("appeal").ask(CASE, "Long Xuyên", 900).records
    for key in ("workforce", "growth", "attainment", "ranges", "absorbed_by", "quota"):
        assert bids["Long Xuyên"][key] == appealed[key]
    assert [bids[each]["fair"] for each in ("Long Xuyên", "Tịnh Biên", "Chợ Mới")] == [False, False, True]
    assert (bids["Tịnh Biên"]["quota_if"], bids["Tịnh Biên"]["obstacle"]["code"]) == (None, "infeasible.unit")


def test_the_joint_answer_is_the_scenario_with_caps_on_the_corrected_table(tmp_path: Path) -> None:
    found = ask(tmp_path).records
    table = TABLE.with_figure("workforce", TABLE.units.index("Châu Phú"), 428)
    rules = [
        {"for": {"units": [unit]}, "each": {"most": most}} for unit, most in (("Long Xuyên", 900), ("Chợ Mới", 100))
    ]
    expected = allocate(table, SCENARIO.changed({"rules": rules})).quotas
    assert [each["quota"] for each in found["joint"]["units"]] == list(expected)
    now = quotas()
    assert [each["change"] for each in found["joint"]["units"]] == [
        new - old for new, old in zip(expected, now.values(), strict=True)
    ]
    assert found["joint"]["moved"] == sum(abs(each["change"]) for each in found["joint"]["units"]) / 2
    assert (found["joint"]["kept"], found["joint"]["above"]) == (["Long Xuyên", "Chợ Mới"], ["Tịnh Biên"])
    assert sum(each["change"] for each in found["joint"]["paid_by"]) == 130  # 1,030 with the figure true, less 900
    assert found["recorded"] is None


def test_the_joint_answer_is_taken_with_the_figures_that_are_true(tmp_path: Path) -> None:
    text = "unit,bid,by,reason\nLong Xuyên,900,Bà A,khó\nTịnh Biên,40,,muốn\n"
    found = ask(tmp_path, text, grant=("tinh bien",), ceiling="53 %")
    (take,) = listing(found, "joint").takes.values()
    scenario = SCENARIO.changed(in_words(take.settings, Words("vi")))
    assert list(allocate(TABLE, scenario).quotas) == [each["quota"] for each in found.records["joint"]["units"]]
    assert [(each.unit, each.quota, each.reason) for each in scenario.locks] == [("Tịnh Biên", 40, "muốn")]
    assert [each.by for each in scenario.rules if each.by] == ["Bà A"]
    (take,) = listing(ask(tmp_path), "joint").takes.values()
    assert take.settings["table"] == {"Châu Phú": {"workforce": 428, "by": "", "reason": ""}}


def test_the_dearest_lot_is_told_where_the_highest_effort_stays(tmp_path: Path) -> None:
    text = show(ask(tmp_path, "unit,bid\nLong Xuyên,900\n"), Words("en"), 400, "")
    assert "Highest effort of those who did not bid: still 51.7% (Phú Tân)." in text
    dearest = 1_275 / 2_533, 2_845 / 5_770  # half of lot 128 of CĐCS tỉnh; before, half of lot 285 of CĐ các KCN
    assert "The dearest lot they are asked for: {:.4f} instead of {:.4f} per member of claim.".format(*dearest) in text


def test_without_bids_it_is_the_run(tmp_path: Path) -> None:
    found = ask(tmp_path, "unit,bid\n")
    assert {each["unit"]: each["quota"] for each in found.records["joint"]["units"]} == quotas()
    assert (found.records["bids"], found.records["joint"]["moved"], found.following) == ([], 0, ("run",))
    assert found.lines


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("more", [{}, {"grant": ("Chợ Mới",), "ceiling": 0.52}, {"ceiling": "1,5"}])
def test_the_answer_is_at_most_five_lines_and_words_in_every_language(
    tmp_path: Path, language: str, more: dict[str, Any]
) -> None:
    found = ask(tmp_path, **more)
    assert 1 <= len(found.lines) <= 5
    words = Words(language)
    for columns in (60, 80, 100):
        text = show(found, words, columns, "")
        assert "Long Xuyên" in text
        assert max(map(len, text.splitlines())) <= columns
    assert records(found, words)["bids"]


@pytest.mark.parametrize("text", ["52", "x", "52,x%", "-5%"])
def test_a_ceiling_that_is_no_share_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as raised:
        ask(tmp_path, ceiling=text)
    assert [(each.key, each.place) for each in raised.value.faults] == [("round.share", "--ceiling")]


def test_a_scenario_in_place_of_the_bids_is_not_named_as_the_file_that_is_meant() -> None:
    done = allocator("round", "an-giang-2017/base", language="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: an-giang-2017/base: there is no such file: check the path\n"


def test_a_ceiling_that_cannot_hold_is_mended_by_the_call_that_is_offered(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("unit,bid\nLong Xuyên,500\nChâu Phú,100\n", encoding="utf-8")
    call = ["round", "b.csv", "--grant", "Long Xuyên", "--grant", "Châu Phú", "--ceiling"]
    done = allocator(*call, "40 %", language="vi", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "--ceiling: với các đề nghị được đồng ý này" in done.stderr
    assert "Quy định" not in done.stderr
    offered = shlex.split(done.stderr.splitlines()[-1])
    assert offered == ["allocator", *call, "54%", "--lang", "vi"]
    assert allocator(*offered[1:], language="vi", cwd=tmp_path).returncode == 0

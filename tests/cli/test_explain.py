"""`explain` as a user calls it: both languages, one unit, bad names, within 100 columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_run import call


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_text_has_everything_and_fits_100_columns(language: str) -> None:
    changes = ("--set", "bounds.min_quota=30", "--set", "bounds.max_share=0.55")
    done = call("explain", "an-giang-2017/districts-protected", *changes, language=language)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 100
    expected = {
        "en": ("Main reason", "No lot can move", "The price of each rule", "Delivery is punished", "least quota"),
        "vi": ("Lý do chính", "Không thể", "Giá của từng quy định", "Làm tốt thì bị giao thêm"),
    }
    said = " ".join(done.stdout.split())
    assert all(text in said for text in expected[language])


def test_degenerate_and_slack_rules_are_said_to_be_so() -> None:
    limits = ("--set", "bounds.units={Long Xuyên: {max: 1010}, Châu Phú: {max: 700}}")
    done = call("explain", *limits, "--unit", "Long Xuyên")
    assert "own cap" not in done.stdout  # which changes nothing of its quota
    text = " ".join(call("explain", *limits).stdout.split())
    assert "own cap of Long Xuyên 0 no one price" in text
    assert "Without “own cap of Long Xuyên” no quota changes." in text
    assert "No one price: loosening the rule by a lot saves no effort" in text
    assert "These rules hold nobody and move nothing: own cap of Châu Phú." in text
    assert "Châu Phú is asked" not in text


def test_one_unit_as_json() -> None:
    done = call("explain", "--unit", "  An  Phú ", "--json")
    document = json.loads(done.stdout)
    (unit,) = document["units"]
    assert unit["unit"] == "An Phú"
    assert sum(round(10 * each["members"]) for each in unit["steps"]) == 10 * unit["quota"]
    assert unit["sentence"].startswith("An Phú is asked for 20 members")
    assert {"rules", "one_lot", "gaming", "room", "steps", "digest"} <= set(document)


def test_an_unknown_unit_is_refused_with_names_that_come_close() -> None:
    done = call("explain", "--unit", "An Phuc")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: --unit: the table has no unit An Phuc")
    assert "An Phú" in done.stderr


def test_run_warns_of_a_ratchet_and_of_nothing_else() -> None:
    assert "Delivery is punished by a higher quota (ratchet)" in " ".join(call("run").stdout.split())
    assert "Reporting pays" in " ".join(call("run", "an-giang-2017/catch-up").stdout.split())
    quiet = call("run", "an-giang-2017/workforce-only").stdout
    assert "Delivery" not in quiet
    assert "Reporting" not in quiet


def test_a_tree_is_explained_by_its_leaves(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("unit,workforce,parent\nP,300,\nA,100,P\nB,200,P\nC,300,Q\n", "utf-8")
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 200\nlot: 10\npublished: null\n", "utf-8")
    document = json.loads(call("explain", "s.yaml", "--json", cwd=tmp_path).stdout)
    assert [unit["unit"] for unit in document["units"]] == ["A", "B", "C"]
    assert document["one_lot"]["holds"]
    assert call("explain", "s.yaml", "--unit", "P", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_one_unit_takes_15_lines_whatever_else_is_told(
    tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call repeats a long path and many settings; how the table was read is said beside the answer."""
    monkeypatch.setenv("COLUMNS", "60")
    folder = tmp_path / "kế hoạch phát triển đoàn viên của Liên đoàn Lao động tỉnh"
    folder.mkdir()
    (folder / "s.yaml").write_text("data: t.csv\ntarget: 60\n", encoding="utf-8")
    (folder / "t.csv").write_text("unit,workforce\nBa Tri,300\nTrà Ôn,200\nTổng cộng,500\n", encoding="utf-8")
    changed = [f"table.{unit}.workforce={n}" for n in (310, 320, 330) for unit in ("Ba Tri", "Trà Ôn")]
    settings = [word for each in changed for word in ("--set", each)]
    done = call("explain", folder / "s.yaml", "--unit", "Ba Tri", *settings, language=language)
    lines = done.stdout.splitlines()
    assert len(lines) <= 15
    assert lines[-1].endswith("appeal và --quota 29" if language == "vi" else "appeal and --quota 29")
    assert "Tổng cộng" not in done.stdout
    assert "Tổng cộng" in done.stderr
    short = call("explain", folder / "s.yaml", "--unit", "Ba Tri", language=language, cwd=folder)
    assert "allocator appeal" in short.stdout

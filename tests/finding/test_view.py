"""Tables as a reader asks for them, held against sorting and adding up written out here."""

from __future__ import annotations

import csv
from collections import defaultdict
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.finding import Listing
from allocator.finding.view import View
from allocator.model.allocation import Allocation
from allocator.questions import Case, find
from tests.command import allocator
from tests.scenarios import allocations

ADDED = ("workforce", "available", "claim", "fair_share", "quota", "published", "difference")


def table(made: Allocation) -> Listing:
    """The main table of `run` about an allocation."""
    main = find("run").ask(Case("random", made.table, made.scenario, "waterfill")).main
    assert main is not None
    return main


def column(listing: Listing, key: str) -> list[Any]:
    """The values under a key."""
    at = [each.key for each in listing.columns].index(key)
    return [row[at] for row in listing.rows]


@settings(max_examples=150)
@given(allocations(), st.sampled_from(ADDED), st.booleans(), st.integers(1, 7))
def test_sorted_and_the_first(made: Allocation, key: str, down: bool, top: int) -> None:
    whole, asked = table(made), View(sort=f"-{key}" if down else key, top=top)
    seen = asked.of(whole, {}, exact=True)
    pairs = list(zip(column(whole, key), column(whole, "unit"), strict=True))
    known = sorted((-each if down else each, n) for n, (each, _) in enumerate(pairs) if each is not None)
    wanted = [n for _, n in known] + [n for n, (each, _) in enumerate(pairs) if each is None]
    assert column(seen, "unit") == [pairs[n][1] for n in wanted][:top]
    assert (seen.total == whole.total) is (top >= len(pairs))
    assert seen.total is not None
    assert whole.total is not None
    assert seen.total[1:] == whole.total[1:]


@settings(max_examples=150)
@given(allocations())
def test_added_up_by_kind(made: Allocation) -> None:
    whole, units = table(made), made.table.units
    kinds = dict(zip(units, made.table.kinds, strict=True))
    seen = View(by="kind").of(whole, kinds)
    held = defaultdict(list)
    for n, unit in enumerate(units):
        held[kinds[unit]].append(n)
    assert column(seen, "units") == [len(each) for each in held.values()]
    for key in {each.key for each in seen.columns} & {*ADDED}:
        values = column(whole, key)
        for some, total in zip(held.values(), column(seen, key), strict=True):
            known = [values[n] for n in some]
            assert total is None if None in known else total == pytest.approx(sum(known), abs=1e-6)
    assert {"workforce", "available", "claim", "fair_share", "quota"} <= {each.key for each in seen.columns}
    assert not {"floor", "cap", "position"} & {each.key for each in seen.columns}
    efforts = zip(column(seen, "effort"), column(seen, "quota"), column(seen, "available"), strict=True)
    assert all(
        each == pytest.approx(quota / whole, abs=1e-6) if whole else each is None for each, quota, whole in efforts
    )


@settings(max_examples=100)
@given(allocations(), st.data())
def test_some_units(made: Allocation, data: st.DataObject) -> None:
    whole = table(made)
    chosen = data.draw(st.lists(st.sampled_from(made.table.units), min_size=1, unique=True))
    seen = View(units=tuple(chosen)).of(whole, {}, exact=True)
    assert column(seen, "unit") == [unit for unit in made.table.units if unit in chosen]
    assert column(seen, "quota") == [made.quotas[made.table.units.index(unit)] for unit in column(seen, "unit")]


@pytest.mark.parametrize("name", ["effort", "Effort", "EFFORT", "tỷ lệ giao", "ty le giao"])
def test_a_column_is_called_by_its_key_or_a_header(name: str) -> None:
    rows = list(csv.DictReader(StringIO(allocator("run", "--sort", f"-{name}", "--format", "csv").stdout)))
    efforts = [float(each["effort"]) for each in rows]
    assert efforts == sorted(efforts, reverse=True)


def test_texts_are_sorted_without_their_accents() -> None:
    rows = list(csv.DictReader(StringIO(allocator("run", "--sort", "unit", "--format", "csv").stdout)))
    names = [each["unit"] for each in rows]
    assert names[:3] == ["An Phú", "CĐ các KCN", "CĐCS tỉnh"]
    assert names.index("Châu Đốc") < names.index("Châu Phú") < names.index("Phú Tân") < names.index("Tịnh Biên")


@pytest.mark.parametrize("form", ["table", "csv", "md"])
def test_every_form_shows_what_was_asked_for(form: str) -> None:
    done = allocator("run", "--top", 2, "--sort", "-quota", "--unit", "An Phú", "--unit", "Châu Phú", "--unit",
                     "Tri Tôn", "--format", form, language="en")  # fmt: skip
    lines = done.stdout.partition("Next:")[2] or done.stdout
    table = lines.partition("Not shown")[0]
    assert table.index("Châu Phú") < table.index("Tri Tôn")
    assert "An Phú" not in table
    assert ("All 15 units" in table) is (form != "csv")


@pytest.mark.parametrize("call", [
    "compare an-giang-2017/base an-giang-2017/full-growth --sort -change_2", "calibrate --sort residual",
    "plan an-giang-2017/base an-giang-2017/year-2018 --unit Tri", "sensitivity --draws 64 --top 3 --sort -quota",
    "appeal --unit Tri --quota 150 --sort change", "explain --by kind",
])  # fmt: skip
def test_every_question_whose_table_has_units_takes_them(call: str) -> None:
    words = ["Tri Tôn" if each == "Tri" else each for each in call.split()]
    done = allocator(*words, "--format", "csv", language="en")
    assert done.returncode == 0, done.stderr
    assert 1 < len(done.stdout.splitlines()) <= 16


@pytest.mark.parametrize(("words", "said"), [
    (["--sort", "efort"], "there is no column efort: use Effort (effort)"),
    (["--by", "region"], "there is no column region: use kind"),
    (["--unit", "An Phuc"], "the table has no unit An Phuc"),
    (["--top", "3", "--json"], "--json prints no table: leave out --top or --json"),
    (["--sort", "quota", "-q"], "-q prints no table: leave out --sort or -q"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_what_mends_it(words: list[str], said: str) -> None:
    done = allocator("run", *words, language="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_several_columns_of_one_name_are_told_apart() -> None:
    three = [f"an-giang-2017/{each}" for each in ("base", "full-growth", "catch-up")]
    done = allocator("compare", *three, "--sort", "Change", language="en")
    assert "there is no column Change: use ± catch-up (change_3) and ± full-growth (change_2)" in done.stderr
    done = allocator("compare", *three, "--sort", "± catch-up", "--format", "csv", language="en")
    assert done.stdout.splitlines()[1].startswith("CĐ các KCN,")  # 240 less than in the base
    assert allocator("appeal", "--unit", "An Phú", "--quota", 20, "--top", 1).returncode == 2  # it prints no table

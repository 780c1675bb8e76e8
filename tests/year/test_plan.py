"""Plans over years: An Giang's two, a price that keeps quotas still, and what a plan refuses."""

from __future__ import annotations

import pytest

from allocator import load_scenario
from allocator.errors import InputError
from allocator.year.plan import plan_years


def test_an_giang_2017_and_2018() -> None:
    names = ("an-giang-2017/year-2018", "an-giang-2017/base")
    made = plan_years([(name, *load_scenario(name)) for name in names], 0.05)
    assert [(year.year, sum(year.quotas)) for year in made.years] == [(2017, 6500), (2018, 1696)]
    assert made.lot == 1
    assert [note.key for note in made.notes] == ["plan.lots", "plan.least_change"]


def test_a_price_keeps_quotas_still() -> None:
    grown = ("an-giang-2017/full-growth", *load_scenario("an-giang-2017/full-growth", ["year=2018"]))
    base = ("an-giang-2017/base", *load_scenario("an-giang-2017/base"))
    free, dear = plan_years([base, grown], 0.0), plan_years([base, grown], 0.5)
    assert all(year.quotas == year.alone for year in free.years)
    assert dear.changed < free.changed
    assert dear.lot == 10


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (["year=2017"], "plan.year_twice"),
        (["year=2018", "signpost=huntington_hill"], "plan.signpost"),
        (["year=2018", "groups=[{name: d, kind: district, min: 10}]"], "plan.groups"),
    ],
)
def test_what_a_plan_cannot_hold(changes: list[str], key: str) -> None:
    base = load_scenario("an-giang-2017/base")
    with pytest.raises(InputError) as caught:
        plan_years([("a", *base), ("b", *load_scenario("an-giang-2017/base", changes))], 0.1)
    assert [each.key for each in caught.value.faults] == [key]
    assert all(caught.value.messages(language) for language in ("vi", "en"))

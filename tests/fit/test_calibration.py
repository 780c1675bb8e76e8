from dataclasses import replace

import numpy as np
import pytest

from allocator import load_scenario
from allocator.errors import AllocatorError, InputError
from allocator.fit.calibration import MODELS, model_box
from allocator.fit.candidates import IMPOSSIBLE, changes_of, ground, settings
from allocator.fit.ranges import PARAMETERS
from allocator.fit.search import lattice
from allocator.model.allocation import allocate
from allocator.questions import Case
from allocator.questions.calibrate import ask_calibrate
from allocator.words import Words


@pytest.fixture(scope="module")
def an_giang():
    return load_scenario("an-giang-2017/base")


def moved(quotas, published):
    return sum(abs(q - p) for q, p in zip(quotas, published, strict=True)) / 2


def test_an_giang_is_explained_as_well_as_asked(found):
    ladder = {each.model: each.misplaced for each in found.ladder}
    assert found.equal_split == 3900
    assert ladder["gross_attainment"] <= 148
    assert ladder["gross_attainment_bounds"] <= 134
    assert ladder["net_attainment"] <= 303.5
    assert ladder["net_attainment_bounds"] <= ladder["net_attainment"] <= ladder["growth"] <= ladder["workforce"]
    assert found.best.misplaced == min(ladder.values())


def test_the_model_itself_confirms_every_rung(found, an_giang):
    table, scenario = an_giang
    published = table.column("published_quota")
    for fit in found.ladder:
        made = allocate(table, scenario.changed(changes_of(settings(fit.row))), method="waterfill")
        assert moved(made.fair_share, published) == pytest.approx(fit.misplaced, abs=1e-5)
    lots = allocate(table, scenario.changed(changes_of(settings(found.best_in_lots.row))))
    assert moved(lots.quotas, published) == found.parameters(found.best_in_lots)["quotas_misplaced"]
    assert moved(lots.quotas, published) <= found.parameters(found.best)["quotas_misplaced"]


def test_vectorised_scores_are_the_model_s(an_giang):
    table, scenario = an_giang
    base = ground(table, scenario)
    low, high = model_box(base, "gross_attainment_bounds")
    rows = base.snapped(low + lattice(60, len(PARAMETERS)) * (high - low))
    rows[::2, 7] = 1
    shares, able = base.shares(rows)
    quotas = base.quotas(rows[able])
    assert 20 < able.sum() < 60
    assert (base.misplaced(rows)[~able] == IMPOSSIBLE).all()
    for row, share, quota in zip(rows[able], shares[able], quotas, strict=True):
        made = base.allocation(row)
        assert share == pytest.approx(made.fair_share, abs=1e-4)
        assert quota.tolist() == list(made.quotas)
    for row in rows[~able]:
        with pytest.raises(AllocatorError):
            base.allocation(row)


def test_drivers_are_blended_as_the_model_does(an_giang):
    table, scenario = an_giang
    blend = [{"column": "workforce", "share": 0.7}, {"column": "workforce_gap", "share": 0.3}]
    base = ground(table, scenario.changed({"drivers": blend}))
    row = base.snapped(np.mean(model_box(base, "gross_attainment_bounds"), axis=0))
    row[6] = 0
    assert base.shares(row[None])[0][0] == pytest.approx(base.allocation(row).fair_share, abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"published": None}, "calibrate.not_compared"),
        ({"published": "nowhere"}, "calibrate.no_published"),
        ({"published": "blank"}, "calibrate.blank_published"),
        ({"published": "nothing"}, "calibrate.target_zero"),
        ({"lot": 100}, "calibrate.broken_lots"),
        ({"locks": [{"unit": "An Phú", "quota": 30}]}, "calibrate.own_rules"),
        ({"bounds": {"pace": {}}}, "calibrate.own_rules"),
    ],
)
def test_what_cannot_be_calibrated_is_said(an_giang, changes, key):
    table, scenario = an_giang
    more = {"blank": (None,) * len(table), "nothing": (None, *(0,) * (len(table) - 1))}
    table = replace(table, columns={**table.columns, **more})
    with pytest.raises(InputError) as raised:
        ground(table, scenario.changed(changes))
    assert [each.key for each in raised.value.faults] == [key]
    assert all(raised.value.messages(language) for language in ("en", "vi"))


def partly(an_giang, *blank, **changes):
    """An Giang with the published quotas of some units blank."""
    table, scenario = an_giang
    for unit in blank:
        table = table.with_figure("published_quota", table.units.index(unit), None)
    return table, scenario.changed(changes)


def test_rules_are_sought_for_the_units_that_were_published(an_giang):
    """As if these units were a table of their own, of which their published total is shared out."""
    blank = ("An Phú", "CĐ các KCN")
    base = ground(*partly(an_giang, *blank))
    table, scenario = an_giang
    rows = [at for at, unit in enumerate(table.units) if unit not in blank]
    alone = ground(table.of_rows(rows), scenario.changed({"target": 6500 - 30 - 2800}))
    low, high = model_box(base, "gross_attainment_bounds")
    candidates = base.snapped(low + lattice(40, len(PARAMETERS)) * (high - low))
    assert base.target == 3670
    assert base.misplaced(candidates).tolist() == alone.misplaced(candidates).tolist()
    assert base.allocation(candidates[0]).table.units == alone.table.units


def test_what_a_rule_would_ask_of_a_unit_that_was_not_published(an_giang):
    """At λ of the others: with half of all published, a rule that gives every claim the same effort."""
    base = ground(*partly(an_giang, "An Phú", "Tri Tôn"))
    row = np.array([0.2, 0, 1, 1, 1, 1e6, 0, 0])
    made = base.allocation(row)
    effort = sum(made.fair_share) / sum(made.claims.claims)
    assert base.others(row) == pytest.approx({"An Phú": 60e6 * effort, "Tri Tôn": 185e6 * effort})
    row[6] = 50
    assert base.others(row)["An Phú"] == 50
    row[5:7] = 0.5, 0
    assert base.others(row)["An Phú"] <= 30
    blend = [{"column": "workforce", "share": 0.7}, {"column": "workforce_gap", "share": 0.3}]
    mixed = ground(*partly(an_giang, "An Phú", drivers=blend))
    assert mixed.others(row) == {"An Phú": None}


def test_another_total_is_shared_out_as_published(an_giang):
    usual, other = (ground(*partly(an_giang, target=target)) for target in (6500, 5000))
    assert other.target == usual.target == 6500
    assert (other.asked, usual.asked) == (5000, 6500)
    row = np.array([[0.2, 1, 0.5, 1, 1, 1e6, 0, 0]])
    assert other.misplaced(row) == usual.misplaced(row)


def test_a_calibration_names_the_units_it_leaves_out(an_giang):
    made = ask_calibrate.ask(Case("base", *partly(an_giang, "An Phú", target=5000)))
    found, told = made.records, Words("vi").told(made.sections[0].texts)
    assert found["left_out"] == ["An Phú"]
    assert found["totals"] == {"target": 5000, "published": 6470}
    assert "không có số đã công bố: An Phú." in told
    assert "Tổng các số đã công bố là 6.470, tổng chỉ tiêu của kịch bản là 5.000" in told
    by_name = {each["unit"]: each for each in found["units"]}
    assert [*by_name] == [*an_giang[0].units]
    left = by_name.pop("An Phú")
    assert {key for key, value in left.items() if value is not None} == {"unit", "explained"}
    assert left["explained"] > 0
    assert sum(each["explained"] for each in by_name.values()) == pytest.approx(6470, abs=1e-4)
    assert sum(each["published"] for each in by_name.values()) == 6470
    moved = sum(abs(each["residual"]) for each in by_name.values()) / 2
    assert found["best"]["misplaced"] == pytest.approx(moved, abs=1e-4)
    assert found["best"]["misplaced_share"] == pytest.approx(moved / 6470)
    assert [each["unit"] for each in found["leave_one_out"]["recommended"]["units"]] == [*by_name]
    for listing in made.sections[0].listings:
        assert not any("An Phú" in map(str, row) for row in listing.rows) or listing.key == "explained"


def test_every_rung_has_a_name_in_both_languages(found):
    from allocator.words import Words

    assert [each.model for each in found.ladder] == [*MODELS]
    for language in ("en", "vi"):
        assert all(Words(language)(f"calibrate.model.{each.model}") for each in found.ladder)

import numpy as np
import pytest

from allocator import load_scenario
from allocator.errors import AllocatorError, InputError
from allocator.fit.calibration import MODELS, model_box
from allocator.fit.candidates import IMPOSSIBLE, PARAMETERS, changes_of, ground, settings
from allocator.fit.search import lattice
from allocator.model.allocation import allocate


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
        ({"published": None}, "calibrate.no_published"),
        ({"published": "nowhere"}, "calibrate.no_published"),
        ({"published": "term_new_unions", "target": 100, "lot": 1}, "calibrate.blank_published"),
        ({"lot": 100}, "calibrate.broken_lots"),
        ({"target": 6400}, "calibrate.total"),
        ({"locks": [{"unit": "An Phú", "quota": 30}]}, "calibrate.own_rules"),
        ({"bounds": {"pace": {}}}, "calibrate.own_rules"),
    ],
)
def test_what_cannot_be_calibrated_is_said(an_giang, changes, key):
    table, scenario = an_giang
    with pytest.raises(InputError) as raised:
        ground(table, scenario.changed(changes))
    assert [each.key for each in raised.value.faults] == [key]
    assert all(raised.value.messages(language) for language in ("en", "vi"))


def test_every_rung_has_a_name_in_both_languages(found):
    from allocator.words import Words

    assert [each.model for each in found.ladder] == [*MODELS]
    for language in ("en", "vi"):
        assert all(Words(language)(f"calibrate.model.{each.model}") for each in found.ladder)

"""The whole model on the real table and on small tables: figures, positions, ties, and what a bound must do."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import allocator
from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario

PUBLISHED = [1100, 150, 180, 100, 100, 260, 100, 30, 50, 50, 80, 150, 50, 1300, 2800]


def table(workforce: list[int], **columns: list[int | None]) -> Table:
    units = tuple(f"u{i}" for i in range(len(workforce)))
    kinds = columns.pop("kind", [None] * len(units))
    return Table(
        units,
        {"workforce": tuple(workforce), **{k: tuple(v) for k, v in columns.items()}},
        tuple(kinds),
        (None,) * len(units),
    )  # type: ignore[arg-type]


def scenario(**values: object) -> Scenario:
    return Scenario.model_validate({"data": "units.csv", **values})


def quotas(made: Table, **values: object) -> list[int]:
    by_program = allocate(made, scenario(**values))
    assert by_program.quotas == allocate(made, scenario(**values), method="waterfill").quotas
    return list(by_program.quotas)


@pytest.mark.parametrize(("name", "misplaced"), [("an-giang-2017/base", 270), ("an-giang-2017/workforce-growth", 410)])
def test_an_giang(name: str, misplaced: int) -> None:
    allocation = allocator.allocate(*allocator.load_scenario(name))
    assert sum(allocation.quotas) == 6500
    assert all(quota % 10 == 0 for quota in allocation.quotas)
    assert sum(abs(q - p) for q, p in zip(allocation.quotas, PUBLISHED, strict=True)) == 2 * misplaced


@pytest.mark.parametrize("name", [name for name, _ in __import__("allocator.files").files.builtin_scenarios()])
def test_every_built_in_scenario_is_feasible_and_says_what_it_asks(name: str) -> None:
    made, given_scenario = allocator.load_scenario(name)
    assert given_scenario.question.vi
    assert given_scenario.question.en
    one, other = allocate(made, given_scenario), allocate(made, given_scenario, method="waterfill")
    assert one.quotas == other.quotas
    assert sum(one.quotas) == given_scenario.target


def test_quota_claims_and_fair_share_by_hand() -> None:
    made = allocate(table([100, 300], growth_estimate=[100, None]), scenario(target=100, growth={"realisation": 0.5}))
    assert made.claims.available == (150_000_000, 300_000_000)
    assert made.quotas == (33, 67)
    assert made.fair_share == pytest.approx((100 / 3, 200 / 3))


def test_max_share_is_exact() -> None:
    """0.29 · 400 is 116, though the float product is below it."""
    assert int(0.29 * 400) == 115
    made = allocate(table([400, 4000]), scenario(target=1000, bounds={"max_share": 0.29}))
    assert made.bounds.cap == (116, 1160)


def test_max_share_may_be_many_times_the_workforce() -> None:
    """What is read as a percentage is no plain number of more than 10 when it becomes a rule."""
    made = allocate(table([40, 4000]), scenario(target=1000, bounds={"max_share": "1200 %"}))
    assert made.bounds.cap == (480, 48_000)


def test_minima_round_up_and_maxima_down_to_lots() -> None:
    made = allocate(
        table([300, 400, 400]),
        scenario(target=100, lot=10, bounds={"units": {"u0": {"min": 41}, "u1": {"max": 19}}}),
    )
    assert made.bounds.floor[0] * 10 == 50
    assert made.bounds.cap[1] * 10 == 10
    assert made.quotas == (50, 10, 40)
    assert made.positions == ("AT_FLOOR", "AT_CAP", "BY_CLAIM")


def test_locks_bind_and_do_not_override_caps() -> None:
    assert quotas(table([100, 100]), target=100, locks=[{"unit": "u0", "quota": 70}]) == [70, 30]
    with pytest.raises(InfeasibleError, match=r"u0: lock of u0 \(70\) is above largest share"):
        allocate(table([100, 100]), scenario(target=70, bounds={"max_share": 0.5}, locks=[{"unit": "u0", "quota": 70}]))


def test_groups_bind_and_are_named_in_positions() -> None:
    made = allocate(
        table([100, 100, 200], kind=["a", "a", "b"]),
        scenario(target=100, groups=[{"name": "A", "kind": "a", "min": 70}]),
    )
    assert made.quotas == (35, 35, 30)
    assert made.positions == ("AT_GROUP", "AT_GROUP", "BY_CLAIM")


def test_pace_limits_and_blank_references() -> None:
    made = allocate(
        table([100, 100, 100], published_quota=[40, None, 10]),
        scenario(target=90, bounds={"pace": {"reference": "published_quota", "down": 0, "up": 0.5}}),
    )
    assert made.quotas == (40, 35, 15)
    assert any(note.key == "note.rule_blank" and note.values["units"] == ["u1"] for note in made.notes)


def test_a_claim_of_zero_gets_its_floor() -> None:
    made = allocate(table([0, 10, 10]), scenario(target=5, bounds={"max_share": None, "units": {"u0": {"min": 1}}}))
    assert made.quotas == (1, 2, 2)
    assert made.efforts[0] is None
    assert made.positions[0] == "AT_FLOOR"


def test_ties_are_recorded_and_row_order_matters_only_there() -> None:
    made = allocate(table([10, 10, 10]), scenario(target=4))
    assert made.quotas == (2, 1, 1)
    (tie,) = made.ties
    assert (tie.given, tie.waiting) == ((0,), (1, 2))
    assert not allocate(table([10, 10, 10]), scenario(target=3)).ties


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 500), min_size=2, max_size=7), st.integers(0, 60), st.randoms(use_true_random=False))
def test_row_order_matters_only_in_recorded_ties(workforce: list[int], target: int, random: object) -> None:
    target = min(target, sum(workforce))
    order = list(range(len(workforce)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = allocate(table(workforce), scenario(target=target), method="waterfill")
    two = allocate(table([workforce[i] for i in order]), scenario(target=target), method="waterfill")
    if not one.ties:
        assert [one.quotas[i] for i in order] == list(two.quotas)


def test_ends_of_the_marginal_effort() -> None:
    made = allocate(table([30, 10]), scenario(target=4))
    assert made.quotas == (3, 1)
    assert made.ends == (float(Fraction(5, 60)), float(Fraction(7, 60)))
    assert allocate(table([30, 10]), scenario(target=0)).ends[0] is None
    assert allocate(table([30, 10]), scenario(target=40)).ends[1] is None


def test_drivers_blend_and_stay_in_persons() -> None:
    drivers = [{"column": "workforce", "share": 0.5}, {"column": "enterprises", "share": 0.5}]
    made = allocate(table([100, 300], enterprises=[3, 1]), scenario(target=40, drivers=drivers))
    assert made.claims.base == (200, 200)
    assert made.quotas == (20, 20)
    with pytest.raises(InputError, match="driver enterprises is blank for u1"):
        allocate(table([100, 300], enterprises=[3, None]), scenario(target=40, drivers=drivers))
    with pytest.raises(InputError, match="0 for every unit"):
        allocate(table([100, 300], enterprises=[0, 0]), scenario(target=40, drivers=drivers))


def test_remaining_term_target_is_a_driver() -> None:
    made = allocate(
        table([100, 100], term_target=[50, 50], recruited=[40, 80], lost=[10, 0]),
        scenario(target=20, drivers=[{"column": "remaining_term_target"}]),
    )
    assert made.claims.base == (200, 0)
    assert made.quotas == (20, 0)


@pytest.mark.parametrize(
    ("settings_", "multipliers"),
    [
        ({"exponent": 1}, [Fraction(1, 2), Fraction(9, 10), 1, 1]),
        ({"exponent": 1, "basis": "net"}, [Fraction(1, 2), Fraction(8, 10), 1, 1]),
        ({"exponent": -1}, [2, Fraction(10, 9), 1, 1]),
        ({"exponent": 2, "floor": 0, "missing": 0}, [Fraction(1, 25), Fraction(81, 100), 1, 0]),
        ({"exponent": 1, "missing": "province"}, [Fraction(1, 2), Fraction(9, 10), 1, Fraction(26, 30)]),
    ],
)
def test_attainment_multipliers(settings_: dict[str, object], multipliers: list[Fraction]) -> None:
    made = table([100] * 4, term_target=[10, 10, 10, None], recruited=[2, 9, 15, 4], lost=[0, 1, 0, 0])
    allocation = allocate(made, scenario(target=40, attainment=settings_, bounds={"max_share": None}))
    assert list(allocation.claims.multiplier) == multipliers


def test_to_frame_has_the_figures() -> None:
    frame = allocator.allocate(*allocator.load_scenario("an-giang-2017/base")).to_frame()
    assert frame["quota"].sum() == 6500
    assert list(frame.columns[:4]) == ["unit", "workforce", "available", "claim"]

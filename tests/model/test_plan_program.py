"""Years planned together against enumeration and against each year alone; the program as text."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.model.nested import whole_lots_nested
from allocator.model.nesting import nest
from allocator.model.plan_program import build_plan, solve_plan
from allocator.model.problem import Problem, array
from tests.problems import keeps_bounds

GOLDEN = Path(__file__).parent / "golden" / "two_years.lp"
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@st.composite
def plans(draw: st.DrawFn, years: int, most_units: int = 3, most_room: int = 3) -> list[Problem]:
    """Years of the same units, claims often alike."""
    count = draw(st.integers(1, most_units))
    made = []
    for _ in range(years):
        claims = draw(st.lists(st.integers(1, 6).map(lambda n: n * 10**6), min_size=count, max_size=count))
        floor = draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
        room = draw(st.lists(st.integers(0, most_room), min_size=count, max_size=count))
        target = draw(st.integers(sum(floor), sum(floor) + sum(room)))
        cap = [f + r for f, r in zip(floor, room, strict=True)]
        signpost = draw(st.sampled_from(["webster", "adams", "jefferson", "dean"]))
        made.append(Problem(array(claims), array(floor), array(cap), target, 10, signpost, nest([], count, target)))
    return made


prices = st.sampled_from([Fraction(0), Fraction(1), Fraction(5, 2), Fraction(10, 3), Fraction(100)])


def asked(problems: list[Problem], price: Fraction, lots: tuple[tuple[int, ...], ...]) -> Fraction:
    """The objective, from its definition."""
    costs = sum(
        problem.exact_cost(unit, k)
        for problem, year in zip(problems, lots, strict=True)
        for unit, held in enumerate(year)
        for k in range(1, held + 1)
    )
    return costs + price * sum(abs(b - a) for one, two in pairwise(lots) for a, b in zip(one, two, strict=True))


def enumerated(problems: list[Problem], price: Fraction) -> tuple[tuple[int, ...], ...]:
    """The best of all plans; of equal ones that which gives most to the larger claim, year by year."""
    years = []
    for problem in problems:
        ranges = [range(int(f), int(t) + 1) for f, t in zip(problem.floor, problem.top, strict=True)]
        years.append([lots for lots in product(*ranges) if keeps_bounds(problem, lots)])

    def key(lots: tuple[tuple[int, ...], ...]) -> tuple[Fraction, list[int]]:
        first = []
        for problem, year in zip(problems, lots, strict=True):
            first += [-year[i] for i in sorted(range(len(year)), key=lambda i: (-int(problem.claims[i]), i))]
        return asked(problems, price, lots), first

    return min(product(*years), key=key)


@settings(relaxed, max_examples=120)
@given(plans(2), prices)
def test_two_years_equal_brute_force(problems: list[Problem], price: Fraction) -> None:
    assert solve_plan(problems, price) == enumerated(problems, price)


@settings(relaxed, max_examples=50)
@given(plans(3, most_room=2), prices)
def test_three_years_equal_brute_force(problems: list[Problem], price: Fraction) -> None:
    assert solve_plan(problems, price) == enumerated(problems, price)


@settings(relaxed, max_examples=30)
@given(plans(3, most_units=6, most_room=120))
def test_without_a_price_each_year_stands_alone(problems: list[Problem]) -> None:
    alone = tuple(tuple(whole_lots_nested(each).tolist()) for each in problems)
    assert solve_plan(problems, Fraction(0)) == alone


@settings(relaxed, max_examples=20)
@given(plans(2, most_units=6, most_room=120), prices)
def test_both_solvers_and_a_higher_price(problems: list[Problem], price: Fraction) -> None:
    found = solve_plan(problems, price, "highs")
    assert found == solve_plan(problems, price, "cbc")
    dearer = solve_plan(problems, price + 1)
    change = [sum(abs(b - a) for a, b in zip(*lots, strict=True)) for lots in (found, dearer)]
    assert change[1] <= change[0]


def test_golden_program(tmp_path: Path) -> None:
    claims, floor = array([5_000_000, 3_000_000]), array([1, 0])
    years = [Problem(claims, floor, array([3, 2]), target, 10, "webster", nest([], 2, target)) for target in (4, 3)]
    built, _ = build_plan(years, 0.5, [each.floor for each in years], [each.top for each in years])
    written = tmp_path / "written.lp"
    built.writeLP(str(written))
    assert written.read_text() == GOLDEN.read_text()

"""Random apportionment problems, and the slow but plain ways to solve them that the real ones are held against."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from allocator.model.bounds import Bound, GroupBounds
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array
from allocator.model.signpost import SIGNPOSTS

MICRO = 1_000_000
LADDER = [0, 1, 2, 3, 10, 100, 101, 12_345, 10**7]


def claim_sizes() -> st.SearchStrategy[int]:
    """Claims in millionths of a person: from next to nothing to 10⁷ persons, often alike, so that ties come up."""
    whole = st.sampled_from(LADDER).map(lambda persons: persons * MICRO)
    return st.one_of(whole, st.integers(1, 12).map(lambda n: n * MICRO), st.integers(1, 10**13))


@st.composite
def problems(draw: st.DrawFn, most_units: int = 8, groups: bool = False, most_room: int = 12) -> Problem:
    """A feasible problem with floors, caps, lots, any signpost, and nested groups if asked for."""
    count = draw(st.integers(1, most_units))
    claims = draw(st.lists(claim_sizes(), min_size=count, max_size=count))
    floor = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    room = draw(st.lists(st.integers(0, most_room), min_size=count, max_size=count))
    cap = [a + b for a, b in zip(floor, room, strict=True)]
    top = [c if w else f for c, w, f in zip(cap, claims, floor, strict=True)]
    named = draw(nested_groups(floor, top)) if groups else []
    least, most = reach(named, floor, top)
    target = draw(st.integers(least, most))
    lot = draw(st.sampled_from([1, 10, 7]))
    signpost = draw(st.sampled_from(sorted(SIGNPOSTS)))
    tree = nest(named, count, target)
    return Problem(array(claims), array(floor), array(cap), target, lot, signpost, tree)


@st.composite
def nested_groups(draw: st.DrawFn, floor: list[int], top: list[int]) -> list[GroupBounds]:
    """Nested or disjoint groups of neighbouring units with bounds that can hold together."""
    found: list[GroupBounds] = []
    count = len(floor)

    def split(start: int, stop: int, depth: int) -> None:
        if stop - start < 1 or depth > 3:
            return
        middle = draw(st.integers(start, stop))
        for a, b in ((start, middle), (middle, stop)):
            if b > a and b - a < count:
                split(a, b, depth + 1)
                if draw(st.booleans()):
                    inside = [g for g in found if set(g.units) <= set(range(a, b))]
                    units = tuple(range(a, b))
                    least, most = reach(inside, floor, top, units)
                    low = draw(st.none() | st.integers(0, most))
                    high = draw(st.none() | st.integers(max(least, low or 0), most + 2))
                    if low is not None or high is not None:
                        found.append(group(f"g{len(found)}", units, low, high))

    split(0, count, 0)
    return found


def group(name: str, units: tuple[int, ...], low: int | None, high: int | None) -> GroupBounds:
    rules = [None if each is None else Bound("", "group_min", name, each) for each in (low, high)]
    return GroupBounds(name, units, rules[0], rules[1])


def reach(
    groups: list[GroupBounds], floor: list[int], top: list[int], units: tuple[int, ...] | None = None
) -> tuple[int, int]:
    """Fewest and most lots that units inside nested groups can hold (groups listed inner before outer)."""
    low = {(unit,): floor[unit] for unit in range(len(floor)) if units is None or unit in units}
    high = {(unit,): top[unit] for unit in range(len(floor)) if units is None or unit in units}
    for each in sorted(groups, key=lambda g: len(g.units)):
        inside = [part for part in low if set(part) <= set(each.units)]
        least, most = sum(low.pop(part) for part in inside), sum(high.pop(part) for part in inside)
        low[each.units] = max(least, each.floor.lots if each.floor else 0)
        high[each.units] = min(most, each.cap.lots) if each.cap else most
    return sum(low.values()), sum(high.values())


def cost_order(problem: Problem, unit: int, k: int) -> tuple[Fraction, int, int, int]:
    """The order of lots, written out from the definition of the signposts."""
    w = int(problem.claims[unit])
    s = {
        "webster": Fraction(2 * k - 1, 2) ** 2,
        "jefferson": Fraction(k) ** 2,
        "adams": Fraction(k - 1) ** 2,
        "huntington_hill": Fraction(k * (k - 1)),
        "dean": Fraction(2 * k * (k - 1), 2 * k - 1) ** 2,
    }[problem.signpost]
    return s / w**2, -w, unit, k


def keeps_bounds(problem: Problem, lots: tuple[int, ...]) -> bool:
    """Whether lots meet the target, every floor and cap, and every group."""
    tree = problem.tree
    for node in range(len(tree.names)):
        held = sum(each for unit, each in enumerate(lots) if node in tree.ancestors(tree.home[unit]))
        floor, cap = tree.floor[node], tree.cap[node]
        if (floor is not None and held < floor) or (cap is not None and held > cap):
            return False
    return all(f <= x <= t for f, x, t in zip(problem.floor, lots, problem.top, strict=True))


def brute_force(problem: Problem) -> tuple[int, ...]:
    """The best of all allocations, one by one: least sorted list of costs given (dearest first), ties by the order.

    Exchanging lots one for one changes the multiset of keys; the optimum is the allocation whose keys, sorted from the
    dearest down, are least, which also minimises their sum.
    """
    ranges = [range(int(f), int(t) + 1) for f, t in zip(problem.floor, problem.top, strict=True)]
    feasible = (lots for lots in product(*ranges) if keeps_bounds(problem, lots))

    def keys(lots: tuple[int, ...]) -> list[tuple[Fraction, int, int, int]]:
        given = [
            cost_order(problem, unit, k)
            for unit, each in enumerate(lots)
            for k in range(int(problem.floor[unit]) + 1, each + 1)
        ]
        return sorted(given, reverse=True)

    return min(feasible, key=keys)


def objective(problem: Problem, lots: tuple[int, ...]) -> float:
    """The program's objective, to 50 digits where it is not rational."""
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 60
        total = Decimal(0)
        for unit, each in enumerate(lots):
            for k in range(int(problem.floor[unit]) + 1, each + 1):
                square = cost_order(problem, unit, k)[0]
                total += (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
        return total  # type: ignore[return-value]

"""Known answers: published apportionments, and one case for every other signpost computed by hand."""

from __future__ import annotations

import pytest

from allocator.model.nested import whole_lots_nested
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array
from allocator.model.program import solve

MICRO = 1_000_000

CASES = {
    # Balinski & Young, The quota method of apportionment, American Mathematical Monthly 82 (1975) 701–730.
    "Balinski & Young, Webster": ("webster", [5117, 4400, 162, 161, 160], 100, [51, 43, 2, 2, 2]),
    "Balinski & Young, Jefferson": ("jefferson", [9061, 7179, 5259, 3319, 1182], 26, [10, 7, 5, 3, 1]),
    # By hand. Adams gives every unit its first lot (signpost 0), then follows w / (k − 1): 17 before 12.
    "Adams lifts the small": ("adams", [17, 12, 1], 4, [2, 1, 1]),
    # Webster on the same, w / (k − ½): 34 and 24, 11.3 and 8 before 2: the smallest gets none.
    "Webster does not": ("webster", [17, 12, 1], 4, [2, 2, 0]),
    # Dean after the first lots, w (2k−1) / (2k(k−1)): 30.75, 17.08 (41's third), 16.5 (22's second).
    "Dean, third against second": ("dean", [41, 22], 4, [3, 1]),
    # Huntington–Hill, w / √(k(k−1)): 28.99, 16.97 (24's second), 16.74 (41's third).
    "Huntington–Hill, second against third": ("huntington_hill", [41, 24], 4, [2, 2]),
}


@pytest.mark.parametrize(("signpost", "claims", "house", "expected"), CASES.values(), ids=CASES.keys())
def test_known_answers(signpost: str, claims: list[int], house: int, expected: list[int]) -> None:
    count = len(claims)
    problem = Problem(
        array([each * MICRO for each in claims]),
        array([0] * count),
        array([house] * count),
        house,
        1,
        signpost,
        nest([], count, house),
    )
    assert list(solve(problem).lots) == expected
    assert whole_lots_nested(problem).tolist() == expected

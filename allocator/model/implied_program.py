"""The claims nearest to given ones for which given lots are optimal: inverse optimisation, a linear program in PuLP.

    minimise    Σ_i  rise_i / claim_i + fall_i / claim_i
    last_i:     w_i  ≥  (1 + ε) · s(p_i) · u          units that hold a lot
    next_i:     w_i  ≤  (1 − ε) · s(p_i + 1) · u      every unit
    change_i:   w_i  =  claim_i + rise_i − fall_i
    total:      Σ_i w_i  =  Σ_i claim_i                   only shares of the total matter
                w, u, rise, fall ≥ 0

`p_i` are the lots, `s` the signpost, `u` the claim one signpost step stands for. Lots are optimal exactly where no lot
given costs more than one not given, s(p_i) / w_i ≤ s(p_j + 1) / w_j for all i and j; with u between the two sides that
needs two rows a unit. ε keeps the optimum away from ties, so that it is the only one.

Source: Ahuja & Orlin, Inverse optimization, Operations Research 49 (2001) 771–783.
"""

from __future__ import annotations

from collections.abc import Sequence

from allocator.model.program import solved
from allocator.model.signpost import SIGNPOSTS

APART = 1e-6


def implied_claims(claims: Sequence[float], lots: Sequence[int], signpost: str = "webster") -> tuple[float, ...] | None:
    """Claims of least total relative change for which `lots` are the one optimum without floors and caps.

    Args:
        claims: the claims to stay near, persons, not negative; one of 0 may be raised at the cost of a claim of 1.
        lots: whole lots of each unit.
        signpost: name of the divisor method.

    Returns:
        The claims, persons; None where none make these lots optimal (a signpost of 0 gives everyone a first lot).

    Example:
        >>> [round(each, 3) for each in implied_claims([60.0, 30.0, 10.0], [6, 2, 2])]
        [61.905, 23.81, 14.286]
    """
    import pulp

    value = SIGNPOSTS[signpost].value
    program = pulp.LpProblem("implied_claims", pulp.LpMinimize)
    units = range(len(claims))
    step = program.add_variable("u", 0)
    w, rise, fall = ([program.add_variable(f"{name}_{i}", 0) for i in units] for name in ("w", "rise", "fall"))
    cost = [1 / (each or 1) for each in claims]
    program += pulp.LpAffineExpression([(side[i], cost[i]) for side in (rise, fall) for i in units])
    for i in units:
        if lots[i]:
            program += w[i] - (1 + APART) * float(value(float(lots[i]))) * step >= 0, f"last_{i}"
        program += w[i] - (1 - APART) * float(value(lots[i] + 1.0)) * step <= 0, f"next_{i}"
        program += w[i] - rise[i] + fall[i] == claims[i], f"change_{i}"
    program += pulp.LpAffineExpression([(each, 1) for each in w]) == sum(claims), "total"
    if solved(program) != "Optimal":
        return None
    return tuple(float(each.varValue) for each in w)

"""Every quota of an allocation explained: in steps, in sentences, and by the lots that stand where it ends.

The steps add up, from a share of the present workforce to the quota, one named step for each thing that counts. The
levels are T·S/ΣS → T·W/ΣW → T·b/Σb → T·w/Σw → fair share → quota (a level whose weights are all 0 is 0), each
rounded to tenths of a member by largest remainder to its own total. A step is the difference of successive levels, so
that every row adds up to its quota and every column to its total, in the tenths that are shown.

A unit's text is a row of whole sentences of the catalogue, chosen by its situation: what is asked, on what basis, what
holds it, and why not as published.

The one-lot test: what the last lot of each unit asks, what its next would, and that no lot can move for less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from allocator.data.findings import ColumnName
from allocator.data.numbers import largest_remainder
from allocator.data.table import Number
from allocator.errors import Fault, fault
from allocator.model.allocation import Allocation
from allocator.model.certificate import Interval, unit_interval
from allocator.model.claims import MICRO, clipped, efforts, exact
from allocator.model.feasibility import rule_text
from allocator.model.problem import Key, sums
from allocator.model.short_forms import Entry

STEPS = ("workforce", "growth", "drivers", "attainment", "bounds", "lots")
TENTHS = 10


def steps(allocation: Allocation, parts: int = TENTHS) -> tuple[tuple[int, ...], ...]:
    """The steps of every unit, exact: one row a unit, in table order, in order of `STEPS`.

    Whole tenths of a member, or whatever part of one `parts` of them make; every row adds up to its quota.
    """
    made = levels(allocation, parts)
    columns = [made[0], *(tuple(b - a for a, b in zip(*pair, strict=True)) for pair in pairwise(made))]
    return tuple(zip(*columns, strict=True))


def sentences(allocation: Allocation, rows: Sequence[Sequence[int]]) -> Iterator[tuple[Fault, ...]]:
    """The sentences for each unit, as catalogue texts; `rows` are the steps, tenths of a member."""
    for unit, row in enumerate(rows):
        yield sentences_of(allocation, unit, row)


def sentences_of(allocation: Allocation, unit: int, row: Sequence[int]) -> tuple[Fault, ...]:
    """The sentences for one unit by its index; `row` as in `sentences`."""
    claim, told, effort = (part(allocation, unit) for part in (_claim, what_holds, _effort))
    return _asked(allocation, unit), *claim, *told, *effort, _published(allocation, unit, row)


def levels(allocation: Allocation, parts: int = TENTHS) -> tuple[tuple[int, ...], ...]:
    """The six levels in whole parts of a member, tenths where nothing is said: one tuple a level, in table order."""
    claims = allocation.claims
    total = allocation.scenario.target * parts
    weights: tuple[Sequence[int | Fraction], ...] = (claims.workforce, claims.available, claims.base, claims.claims)
    # Past the sixth decimal a fair share is rounding; cutting it there makes the tenths the same on every machine.
    share = [Fraction(round(each * 1_000_000) * parts, 1_000_000) for each in allocation.fair_share]
    return (
        *(proportional(each, total) for each in weights),
        largest_remainder(share, total),
        tuple(each * parts for each in allocation.quotas),
    )


def proportional(weights: Sequence[int | Fraction], total: int) -> tuple[int, ...]:
    """`total` shared in proportion to weights, whole, by largest remainder; all 0 where the weights are.

    Example:
        >>> proportional((1, 1, 1), 10), proportional((0, 0), 10)
        ((4, 3, 3), (0, 0))
    """
    whole = sum(weights)
    if not whole:
        return (0,) * len(weights)
    return largest_remainder([total * each / Fraction(whole) for each in weights], total)


def _asked(allocation: Allocation, unit: int) -> Fault:
    claims = allocation.claims
    now, available = claims.workforce[unit], claims.available[unit] / MICRO
    kind = "growth" if available > now else "now" if now else "nobody" if allocation.table.measured else "unmeasured"
    growth = round(available) - now  # whole persons are shown, and they add up
    figures = {"quota": allocation.quotas[unit], "now": now, "available": available, "growth": growth}
    return fault(f"sentence.asked.{kind}", unit=allocation.table.units[unit], **figures)


def _claim(allocation: Allocation, unit: int) -> Iterator[Fault]:
    claims, scenario = allocation.claims, allocation.scenario
    claim, past = claims.claims[unit] / MICRO, claims.attainment[unit]
    columns = [driver.column for driver in scenario.drivers]
    if columns != ["workforce"]:
        named = [ColumnName(each) if each else fault("driver.equal") for each in columns]
        yield fault("sentence.drivers", columns=named, base=float(claims.base[unit]))
    known = "missing" if past is None else "known"
    if not scenario.attainment.exponent:
        yield fault("sentence.claim.ignored", claim=claim)
        return
    counted = clipped(allocation.table, scenario.attainment, claims.attainment)[unit]
    tenths = 0 if past is None else round(1000 * past) - round(1000 * counted)  # of a percent, as both are shown
    kind = "above" if tenths > 0 else "below" if tenths else known
    figures = {"past": None if past is None else float(past), "counted": float(counted)}
    yield fault(f"sentence.claim.{kind}", factor=float(claims.multiplier[unit]), claim=claim, **figures)


def what_holds(allocation: Allocation, unit: int) -> Iterator[Fault]:
    """What holds the quota: the rule that binds, by name, or the claim; then the tie that decided its last lot."""
    position, lot = allocation.positions[unit], allocation.problem.lot
    if position in ("AT_FLOOR", "AT_CAP", "LOCKED"):
        bounds = allocation.bounds
        rule = bounds.rule(unit, least=position != "AT_CAP")
        assert rule is not None
        entry = allocation.ground.rules.entries[rule.key]
        # Lots are no figure of a rule whose sides are both meant, or of a limit in members that is no whole lot.
        named = (position == "LOCKED" and rule.kind != "lock") or rule.lots != allocation.lots[unit]
        yield fault(f"sentence.held.{position}", rule=entry.title if named else rule_text(rule, lot))
        yield from _decided_by(entry)
    elif position == "AT_GROUP":
        yield from _grouped(allocation, unit)
    elif not allocation.problem.claims[unit]:
        yield fault("sentence.held.NO_CLAIM")
    else:
        yield fault("sentence.held.BY_REST" if allocation.binding else "sentence.held.BY_CLAIM")
    level = allocation.ground.tree.depth
    for tie in (each for each in allocation.ties if each.level == level):
        for side, other in (("given", "waiting"), ("waiting", "given")):
            if unit in getattr(tie, side):
                rivals = [allocation.table.units[i] for i in getattr(tie, other) if i != unit]
                yield fault(f"sentence.tie.{side}", rivals=rivals[:5])


def _decided_by(entry: Entry) -> Iterator[Fault]:
    """Who decided a rule, and why, as far as that is written."""
    by, reason = entry.rule.by, entry.rule.reason
    if by or reason:
        yield fault(f"sentence.decided.{'both' if by and reason else 'by' if by else 'reason'}", by=by, reason=reason)


def _grouped(allocation: Allocation, unit: int) -> Iterator[Fault]:
    """The limits on sums that hold something, and what would be asked without all of them; who decided them."""
    free = allocation.ungrouped
    assert free is not None
    tree = allocation.ground.tree
    node = tree.position[allocation.table.units[unit]]
    mine = {node, *tree.above(node)}
    limits = allocation.ground.group_limits[0]
    holding = [each for each in limits if each.entry.key in allocation.binding] or [*limits]
    holding.sort(key=lambda limit: mine.isdisjoint(limit.nodes.tolist()))
    entries = {limit.entry.key: limit.entry for limit in holding}.values()
    kind, figures = "", {"rules": [each.title for each in entries], "count": len(entries)}
    if free.quotas[unit] != allocation.quotas[unit]:
        figures["quota"] = free.quotas[unit]
    else:
        kind = "_less" if free.positions[unit] == "AT_FLOOR" else "_more"
    yield fault(f"sentence.held.AT_GROUP{kind}", **figures)
    for each in entries:
        yield from _decided_by(each)


def _effort(allocation: Allocation, unit: int) -> Iterator[Fault]:
    effort = allocation.efforts[unit]
    (province,) = efforts((sum(allocation.quotas),), (sum(allocation.claims.available),))
    if effort is None or province is None:
        return
    tenths = round(1000 * effort), round(1000 * province)
    side = "above" if tenths[0] > tenths[1] else "below" if tenths[0] < tenths[1] else "equal"
    yield fault(f"sentence.effort.{side}", effort=effort, province=province)


def weightiest(allocation: Allocation, unit: int, steps: Sequence[float]) -> tuple[str, dict[str, Number]]:
    """The part that weighs most in a unit's difference from its published quota, in its own direction, and its figures.

    The difference is (level − published) + (share of the present workforce − level) + growth + … + lots, where `level`
    is the published figure scaled to the total of the quotas compared. The first part, `total`, is 0 where the totals
    agree; where they do not, the second is called `workforce_share`. Without workforces the share of the drivers stands
    in place of that of the workforce. `steps` are in members.
    """
    published, difference = allocation.published[unit], allocation.differences[unit]
    assert published is not None
    assert difference is not None
    ours, theirs = allocation.totals_compared
    scaled = ours != theirs and ours > 0 and theirs > 0
    level = float(exact(published) * ours / theirs) if scaled else published
    first = 0 if allocation.table.measured else STEPS.index("drivers")
    names = ("total", "workforce_share" if scaled and not first else STEPS[first], *STEPS[first + 1 :])
    parts = zip(names, (level - published, steps[first] - level, *steps[first + 1 :]), strict=True)
    name, members = max(parts, key=lambda each: each[1] if difference > 0 else -each[1])
    figures = {"members": abs(members), "share": steps[0], "level": level, "ours": ours, "theirs": float(theirs)}
    return name, {"published": published, "gap": abs(difference), **figures}


def _published(allocation: Allocation, unit: int, steps: Sequence[int]) -> Fault:
    """The difference from the published quota and the step that weighs most in it."""
    published, difference = allocation.published[unit], allocation.differences[unit]
    if published is None or difference is None:
        return fault("sentence.published.unknown")
    if difference == 0:
        return fault("sentence.published.same", published=published)
    part, figures = weightiest(allocation, unit, [each / 10 for each in steps])
    return fault(f"sentence.published.{'more' if difference > 0 else 'less'}.{part}", **figures)


@dataclass(frozen=True)
class OneLot:
    """The test over all units and over all pairs of them.

    Attributes:
        units: claim effort of each unit's last lot and of its next, members asked per member of claim; None for a unit
            without a claim, for the last lot of one that holds none, and for a next that could never be given.
        pairs: pairs (from, to) between which the rules let one lot move.
        holds: whether every such move would ask more (or as much, and the order that settles ties forbids it).
        closest: the move that adds least: `added` claim effort, the units `from` and `to`; None where no lot can move.
    """

    units: tuple[tuple[float | None, float | None], ...]
    pairs: int
    holds: bool
    closest: Mapping[str, Any] | None


def one_lot(allocation: Allocation) -> OneLot:
    """The one-lot test of an allocation, of a tree at every level that was decided; all comparisons exact."""
    pairs, holds = 0, True
    moves: list[dict[str, Any]] = []
    for each in (*allocation.above, allocation):
        problem, names = each.problem, each.table.units
        for lasts, nexts, count in _sides(each):
            pairs += count
            for last, following in product(lasts, nexts):
                if last[2] != following[2]:
                    holds = holds and last < following
                    added = problem.cost(*following[2:]) - problem.cost(*last[2:])
                    moves.append({"added": added, "from": names[last[2]], "to": names[following[2]]})
    units = tuple(_ends(allocation, unit) for unit in range(len(allocation.lots)))
    return OneLot(units, pairs, holds, min(moves, key=lambda move: move["added"], default=None))


def _ends(allocation: Allocation, unit: int) -> tuple[float | None, float | None]:
    problem, held = allocation.problem, allocation.lots[unit]
    if not problem.claims[unit]:
        return None, None
    more = problem.risk is None or held < len(problem.risk[unit])
    return problem.cost(unit, held) if held else None, problem.cost(unit, held + 1) if more else None


def _sides(allocation: Allocation) -> Iterator[tuple[list[Key], list[Key], int]]:
    """The two dearest last lots and the two cheapest next lots of each pair of groups, and how many pairs may trade.

    Whether a group's bound stops a move depends on the two groups alone, so these speak for all pairs between them:
    two of each, since a unit does not trade with itself.
    """
    problem, lots = allocation.problem, allocation.lots
    tree, held = problem.tree, sums(problem, lots)
    members: dict[int, list[Interval]] = {}
    for unit, home in enumerate(tree.home):
        members.setdefault(home, []).append(unit_interval(problem, unit, lots[unit]))
    lasts = {home: sorted((p.last for p in parts if p.last), reverse=True) for home, parts in members.items()}
    nexts = {home: sorted(p.next for p in parts if p.next) for home, parts in members.items()}
    for source, sink in product(members, members):
        left = set(tree.ancestors(source)) - set(tree.ancestors(sink))
        entered = set(tree.ancestors(sink)) - set(tree.ancestors(source))
        at_floor = any(held[node] == tree.floor[node] for node in left)
        at_cap = any(held[node] == tree.cap[node] for node in entered)
        if not (at_floor or at_cap):
            same = {key[2] for key in lasts[source]} & {key[2] for key in nexts[sink]}
            yield lasts[source][:2], nexts[sink][:2], len(lasts[source]) * len(nexts[sink]) - len(same)

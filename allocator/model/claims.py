"""Claims: available workforce, blended drivers, attainment; rounded once to whole millionths of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.data.table import ATTAINMENT, Number, Table
from allocator.errors import Fault, InputError, fault
from allocator.model.signpost import MICRO as MICRO

if TYPE_CHECKING:
    from allocator.model.forest import Forest
    from allocator.model.scenario import Attainment, Driver, Scenario

MOST_CLAIM = 10**12 * MICRO
"""Claims beyond this would not be countable in 64 bits."""
_POWERS = Context(prec=28, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Claims:
    """What each unit's quota rests on, in table order; millionths of a person unless stated.

    Attributes:
        workforce: S, persons; 0 throughout where the table has none.
        available: W = S + ρ·G; likewise.
        base: b, the blend of drivers; exact persons.
        attainment: a, None where it is missing.
        multiplier: m = clip(a) ** β.
        claims: w = b·m.
        notes: what was assumed where a figure was missing.
    """

    workforce: tuple[int, ...]
    available: tuple[int, ...]
    base: tuple[Fraction, ...]
    attainment: tuple[Fraction | None, ...]
    multiplier: tuple[Fraction, ...]
    claims: tuple[int, ...]
    notes: tuple[Fault, ...]


@dataclass(frozen=True, eq=False)
class Stage:
    """One level of a tree, or all of a flat table: its rows, the scenario as it has it, and its claims."""

    table: Table
    scenario: Scenario
    claims: Claims


def exact(value: Number) -> Fraction:
    """The decimal a number was written as: 0.29 is 29/100, not the nearest binary fraction.

    Example:
        >>> exact(0.29)
        Fraction(29, 100)
    """
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def micro(persons: Fraction) -> int:
    """Persons as whole millionths, half to even."""
    return _rounded(persons.numerator * MICRO, persons.denominator)


def _rounded(numerator: int, denominator: int) -> int:
    """The whole number nearest to a ratio, half to even."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))


def claims(table: Table, scenario: Scenario, known: Mapping[int, int] | None = None) -> Claims:
    """The claims of all units; InputError where a workforce or a driver is blank, a driver negative or 0 throughout.

    A table without workforces must have drivers that are columns of it.

    `known` is W, millionths of a person, of the units for which it is not S + ρ·G of their own figures.
    """
    by_workforce = any(each.column == "workforce" for each in scenario.drivers)
    persons = table.column("workforce") if table.measured or by_workforce else (0,) * len(table)
    if None in persons:
        blank = (unit for unit, value in zip(table.units, persons, strict=True) if value is None)
        raise InputError([fault("cell.blank", table.place, column="workforce", unit=unit) for unit in blank])
    workforce = tuple(int(value or 0) for value in persons)
    available = available_workforce(table, scenario)
    if known:
        available = tuple(known.get(unit, each) for unit, each in enumerate(available))
    base = blend(table, scenario, available)
    past = attainment(table, scenario.attainment)
    multiplier, notes = _multipliers(table, scenario, past)
    # The product of the fractions, without reducing each of them first.
    made = tuple(
        _rounded(b.numerator * m.numerator * MICRO, b.denominator * m.denominator)
        for b, m in zip(base, multiplier, strict=True)
    )
    largest = max(made, default=0)
    if largest > MOST_CLAIM:
        values = {"unit": table.units[made.index(largest)], "most": MOST_CLAIM // MICRO}
        raise InputError(fault("claims.too_large", scenario.place("attainment"), **values))
    return Claims(workforce, available, base, past, multiplier, made, notes)


def tree_claims(inputs: Sequence[tuple[Table, Scenario]], table: Table, tree: Forest) -> list[Stage]:
    """Every level from the top, claimed; W of an inner node without figures is the sum of those below it."""
    made: list[Stage] = []
    below: dict[int, int] = {}
    for level in range(tree.depth, 0, -1):
        part, scenario = inputs[level - 1]
        nodes = tree.shown(level)
        bare = [
            (index, node)
            for index, node in enumerate(nodes)
            if tree.children[node] and (node >= len(table) or table.optional("workforce")[node] is None)
        ]
        known = {index: sum(below[child] for child in tree.children[node]) for index, node in bare}
        claimed = claims(part, scenario, known)
        made.insert(0, Stage(part, scenario, claimed))
        below |= {node: each for node, each in zip(nodes, claimed.available, strict=True) if tree.level[node] == level}
    return made


def available_workforce(table: Table, scenario: Scenario) -> tuple[int, ...]:
    """W = S + ρ·G of each unit, millionths of a person; 0 where the table has no workforces."""
    if not table.measured:
        return (0,) * len(table)
    common, own = exact(scenario.growth.realisation), scenario.growth.units
    shares = [exact(own[unit]) if unit in own else common for unit in table.units]
    figures = zip(table.column("workforce"), table.optional("growth_estimate"), shares, strict=True)
    return tuple(
        _rounded((int(s or 0) * share.denominator + share.numerator * int(g or 0)) * MICRO, share.denominator)
        for s, g, share in figures
    )


def attainment(table: Table, settings: Attainment) -> tuple[Fraction | None, ...]:
    """Past attainment a of each unit: as stated, else recruited (net: less lost) over the term target, else None."""
    made: list[Fraction | None] = []
    stated = table.optional(ATTAINMENT)
    lost = table.optional("lost") if settings.basis == "net" else (0,) * len(table)
    counts = (table.optional(name) for name in ("term_target", "recruited"))
    for own, target, recruited, left in zip(stated, *counts, lost, strict=True):
        if own is not None:
            made.append(exact(own))
        elif target and recruited is not None and left is not None:
            made.append(Fraction(int(recruited) - int(left), int(target)))
        else:
            made.append(None)
    return tuple(made)


def _multipliers(
    table: Table, scenario: Scenario, past: Sequence[Fraction | None]
) -> tuple[tuple[Fraction, ...], tuple[Fault, ...]]:
    settings = scenario.attainment
    if settings.exponent == 0:
        return (Fraction(1),) * len(past), ()
    absent = [unit for unit, each in zip(table.units, past, strict=True) if each is None]
    columns = [name for name in ("term_target", "recruited", "lost") if name != "lost" or settings.basis == "net"]
    cells = {name: dict(zip(table.units, table.optional(name), strict=True)) for name in columns if absent}
    blank = {unit: [name for name in columns if cells[name][unit] is None] for unit in absent}
    stand_in = float(_stand_in(table, settings)) if absent else 0.0
    notes = (fault("note.attainment_missing", units=absent, value=stand_in, blank=blank),) if absent else ()
    return tuple(power(each, settings.exponent) for each in clipped(table, settings, past)), notes


def clipped(table: Table, settings: Attainment, past: Sequence[Fraction | None]) -> list[Fraction]:
    """Past attainment of each unit within floor and ceiling, missing ones stood in for: what is raised to a power."""
    stand_in = _stand_in(table, settings) if None in past else Fraction(0)
    floor, ceiling = exact(settings.floor), exact(settings.ceiling)
    # Whole numbers across: comparing fractions as such takes several times as long, which a nation feels.
    (fn, fd), (cn, cd) = floor.as_integer_ratio(), ceiling.as_integer_ratio()
    made = []
    for each in past:
        value = stand_in if each is None else each
        n, d = value.as_integer_ratio()
        made.append(floor if n * fd < fn * d else ceiling if n * cd > cn * d else value)
    return made


def _stand_in(table: Table, settings: Attainment) -> Fraction:
    return province(table, settings) if settings.missing == "province" else exact(settings.missing)


def province(table: Table, settings: Attainment) -> Fraction:
    """Attainment of all units together, over those whose figures are known; 1 where none is."""
    total, done, parts = 0, 0, list[Fraction]()
    for target, each in zip(table.optional("term_target"), attainment(table, settings), strict=True):
        if each is not None:
            n, d = each.as_integer_ratio()
            whole, rest = divmod(n * int(target or 0), d)
            total, done = total + int(target or 0), done + whole
            parts += [Fraction(rest, d)] if rest else []
    return sum(parts, Fraction(done)) / total if total else Fraction(1)


def power(base: Fraction, exponent: float) -> Fraction:
    """Base ** exponent: exact for a whole exponent, else to 28 digits.

    Example:
        >>> power(Fraction(9, 4), 2), power(Fraction(9, 4), 0.5)
        (Fraction(81, 16), Fraction(3, 2))
    """
    if exponent == int(exponent):
        return base if exponent == 1 else base ** int(exponent)
    if base == 0:
        return Fraction(0)
    digits = _POWERS.divide(Decimal(base.numerator), Decimal(base.denominator))
    return Fraction(_POWERS.power(digits, Decimal(repr(float(exponent)))))


def blend(table: Table, scenario: Scenario, available: Sequence[int | Fraction]) -> tuple[Fraction, ...]:
    """Drivers blended to one figure a unit that sums to ΣW: b = ΣW · Σ_d share_d · v_d / Σ v_d; linear in W.

    `available` is W in millionths of a person. In a table without workforces the sum of the first driver stands for ΣW.
    """
    own, others = driver_parts(table, scenario)
    if own == 1 and not any(others):
        return tuple(Fraction(each, MICRO) for each in available)
    if table.measured:
        total = sum(available, Fraction(0))
    else:
        total = MICRO * sum(_driver_values(table, scenario.drivers[0].column, "", []), Fraction(0))
    return tuple((own * each + other * total) / MICRO for each, other in zip(available, others, strict=True))


def driver_parts(table: Table, scenario: Scenario) -> tuple[Fraction, tuple[Fraction, ...]]:
    """What the blend takes of each unit's own available workforce, and of that of all: b = own · W + other · ΣW.

    Raises:
        InputError: a driver other than the workforce is blank or negative somewhere, or zero throughout.
    """
    own, others = Fraction(0), [Fraction(0)] * len(table)
    faults: list[Fault] = []
    for index, driver in enumerate(scenario.drivers):
        if driver.column == "workforce":
            own += exact(driver.share)
            continue
        place = scenario.place("drivers", index, "column")
        values = _driver_values(table, driver.column, place, faults)
        whole = sum(values, Fraction(0))
        if whole:
            factor = exact(driver.share) / whole
            others = [sofar + factor * value for sofar, value in zip(others, values, strict=True)]
        elif not faults:
            faults.append(fault("claims.driver_zero", place, column=driver.column or ""))
    if faults:
        raise InputError(faults)
    return own, tuple(others)


def driver_figures(table: Table, scenario: Scenario) -> list[tuple[Driver, list[Fraction] | None]]:
    """The drivers, each with what every unit has of its column; None for one that is the same for all."""
    return [(each, _driver_values(table, each.column, "", []) if each.column else None) for each in scenario.drivers]


def _driver_values(table: Table, column: str | None, place: str, faults: list[Fault]) -> list[Fraction]:
    """Values of one driver; a blank or negative one is added to `faults`, with the unit it belongs to.

    Without a column it is the same for every leaf.
    """
    if column is None:
        return [Fraction(each) for each in table.leaves or (1,) * len(table)]
    if column == "remaining_term_target":
        return _remaining_term_target(table, place, faults)
    values = table.column(column)
    for unit, value in zip(table.units, values, strict=True):
        if value is None or value < 0:
            key = "claims.driver_blank" if value is None else "claims.driver_negative"
            faults.append(fault(key, place, column=column, unit=unit, value=value))
    return [exact(value or 0) for value in values]


def _remaining_term_target(table: Table, place: str, faults: list[Fault]) -> list[Fraction]:
    """max(0, term target − net gain) of each unit."""
    made: list[Fraction] = []
    columns = [table.optional(name) for name in ("term_target", "recruited", "lost")]
    for unit, target, recruited, lost in zip(table.units, *columns, strict=True):
        if target is None or recruited is None or lost is None:
            faults.append(fault("claims.driver_blank", place, column="remaining_term_target", unit=unit))
            made.append(Fraction(0))
        else:
            made.append(max(Fraction(0), exact(target) - exact(recruited) + exact(lost)))
    return made


def efforts(quotas: Sequence[Number], available: Sequence[int]) -> tuple[float | None, ...]:
    """Quota over available workforce (millionths of a person); None where there is no workforce."""
    # Division of whole numbers is correctly rounded whatever their size.
    return tuple(
        (q * MICRO / w if isinstance(q, int) else float(Fraction(q) * MICRO / w)) if w else None
        for q, w in zip(quotas, available, strict=True)
    )

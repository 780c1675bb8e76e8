"""What comes of the yellow cells of "try it", as formulas: whether each can be used, the level, the test lot by lot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allocator.finding import Plain
from allocator.model.claims import province
from allocator.show.try_values import HAIR, LOWEST, Trial
from allocator.show.trying import MOST_CLAIM, MOST_PRODUCT, Lever, constant, first_that, quoted, spoken
from allocator.words import Words

_COUNTED = "({level}*{size_all}+{shift})"
COUNT = (
    f"SUMPRODUCT(({_COUNTED}<{{low_all}}+1)*{{low_all}}+({_COUNTED}>={{low_all}}+1)"
    f"*(({_COUNTED}>={{top_all}})*{{top_all}}+({_COUNTED}<{{top_all}})*INT({_COUNTED})))"
)
"""Lots that all units together take at `{level}`."""


@dataclass(frozen=True)
class Scalar:
    """One value for all units that formulas need."""

    key: str
    value: Plain
    formula: str


def scalars(trial: Trial, yellow: Sequence[Lever], ends: Sequence[str]) -> Iterator[Scalar]:
    """Single values that formulas need; `ends` are the cells of the level's two ends after all halvings."""
    average = float(province(trial.made.table, trial.made.scenario.attainment))
    for lever in yellow:
        yield from _of_lever(lever, average)
    odd = "+".join(f"{{odd_{lever.key}}}" for lever in yellow)
    yield Scalar("lots", trial.lots, "=INT({use_target}/{use_lot})")
    yield Scalar("odd_cells", 0, f"={odd}+COUNTIF({{state_all}},1)")
    yield Scalar("odd_units", 0, "=COUNTIF({state_all},2)")
    yield Scalar("least_lots", float(trial.low.sum()), "=SUM({low_all})")
    yield Scalar("most_lots", float(trial.top.sum()), "=SUM({top_all})")
    large = f"=IF(MAX({{persons_all}})>{MOST_CLAIM:.0f},1,IF(2*MAX({{persons_all}})*{{lots}}>{MOST_PRODUCT:.0f},1,0))"
    yield Scalar("large", 0, large)
    yield Scalar("started", int(trial.started), "=IF(" + COUNT.replace("{level}", constant(LOWEST)) + "<={lots},1,0)")
    yield Scalar("at_low", trial.at_low, f"={ends[0]}*(1-{constant(HAIR)})")
    yield Scalar("at_high", trial.at_high, f"={ends[1]}*(1+{constant(HAIR)})")
    yield Scalar("left", trial.lots - float(trial.base.sum()), "={lots}-SUM({base_all})")
    fits = "{odd_cells}+{odd_units}+{large}=0,{least_lots}<={lots},{most_lots}>={lots}"
    yield Scalar("ok", 1, f"=IF(AND({fits}),1,0)")


def _of_lever(lever: Lever, average: float) -> Iterator[Scalar]:
    """Whether a yellow cell is odd, and what formulas use."""
    raw = f"{{raw_{lever.key}}}"
    other, used, value = "1", raw, lever.value
    if lever.word:
        other = f"IF(ISTEXT({raw}),IF({raw}={quoted(lever.word)},0,1),1)"
        used = f"IF(ISTEXT({raw}),{constant(average)},{raw})"
        value = average if isinstance(value, str) else value
    elif lever.blank:
        other, used = f"IF(ISBLANK({raw}),0,1)", f'IF(ISBLANK({raw}),"",{raw})'
    yield Scalar(f"odd_{lever.key}", 0, f"=IF(ISNUMBER({raw}),IF({lever.test.replace('{x}', raw)},0,1),{other})")
    yield Scalar(f"use_{lever.key}", value, f"=IF({{odd_{lever.key}}}=1,{constant(lever.stand_in)},{used})")


def status_formula(words: Words) -> str:
    """Whether there is an allocation, and if not, why."""
    unit, beside = (f"INDEX({{{key}_all}},MATCH(2,{{state_all}},0))" for key in ("unit", "note"))
    tests = [
        ("{odd_cells}>0", spoken(words, "odd_cells", count="FIXED({odd_cells},0)")),
        ("{odd_units}>0", spoken(words, "odd_unit", unit=unit, why=beside)),
        ("{large}=1", spoken(words, "large")),
        ("{least_lots}>{lots}", spoken(words, "above", count="FIXED(({least_lots}-{lots})*{use_lot},0)")),
        ("{most_lots}<{lots}", spoken(words, "below", count="FIXED(({lots}-{most_lots})*{use_lot},0)")),
        ("SUMPRODUCT(ABS({made_all}-{proposed_all}))=0", spoken(words, "same")),
    ]
    return first_that(tests, spoken(words, "solved"))


def test_formula(words: Words) -> str:
    """Whether a lot of one unit, given to another, would ask less."""
    giver = "INDEX({unit_all},MATCH(MAX({last_all}),{last_all},0))"
    taker = "INDEX({unit_all},MATCH(MIN({next_all}),{next_all},0))"
    tests = [
        ("{ok}=0", '""'),
        ("SUM({quota_all})<>{use_target}", spoken(words, "not_target")),
        ("COUNT({last_all})*COUNT({next_all})=0", spoken(words, "fair")),
        ("MAX({last_all})<=MIN({next_all})*(1+1E-12)", spoken(words, "fair")),
    ]
    return first_that(tests, spoken(words, "unfair", giver=giver, taker=taker))

"""The columns of "try it": from figures and yellow cells to new quotas, each formula with the value it has now.

Lots are counted at a level λ as the divisor method counts them, clipped to floor and cap. Rows of halvings, of λ's
logarithm, close in on the level at which the target is placed. What costs less than that level by more than a hair
is given; the few lots within a hair of it are ranked by whole-number cross products, which are exact: cost, then the
larger claim, then the order of the table. Only formulas that every spreadsheet program has since 2010.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil, floor

import numpy as np

from allocator.data.table import ESTIMATE
from allocator.finding import Plain
from allocator.model.claims import MICRO, driver_parts
from allocator.show.try_values import NO_MOST, Trial, costs_now, notes_now
from allocator.show.trying import constant, first_that, rooms, spoken
from allocator.words import Words

UNKNOWN = "–"
"""Stands where a past result is not known."""
_BEFORE = (
    "(4*SIGN(1000000*({parts_all}*{persons}-{parts}*{persons_all})+({parts_all}*{rest}-{parts}*{rest_all}))"
    "+2*SIGN(1000000*({persons}-{persons_all})+({rest}-{rest_all}))+SIGN({place_all}-{place})<0)"
)


@dataclass(frozen=True)
class TryColumn:
    """One column, a value a unit, and the formula that makes them.

    In a formula `{name}` is a cell of the same row or one for all units, `{name_all}` a column.

    Attributes:
        number: the format of its numbers; `look`: its look.
        width: in letters; 0 for a column that only formulas need, which is hidden.
    """

    key: str
    values: Sequence[Plain]
    formula: str = ""
    number: str = "#,##0"
    look: str = "number"
    width: float = 8.5


def try_columns(trial: Trial, words: Words) -> Iterator[TryColumn]:
    """All columns, those that are shown first."""
    made, locks, lot = trial.made, trial.locks, trial.lot
    units = made.table.units
    percent = partial(TryColumn, number="0.0%")
    available = [each / MICRO for each in made.claims.available]
    past = [UNKNOWN if each is None else float(each) for each in made.claims.attainment]
    yield TryColumn("unit", units, look="text", width=min(38, max(28, *(len(unit) + 2 for unit in units))))
    yield TryColumn("workforce", made.claims.workforce)
    yield TryColumn("growth", made.table.optional(ESTIMATE), look="input")
    yield TryColumn("available", available, "={counted}", "#,##0.0")
    yield percent("attainment", past)
    floors, ends = [each * lot for each in trial.floors], zip(trial.rooms["room_most"], trial.caps, strict=True)
    most = [None if room >= NO_MOST else cap * lot for room, cap in ends]
    yield TryColumn("floor_of", floors, "={floor_made}")
    yield TryColumn("cap_of", most, "={cap_made}")
    yield TryColumn("proposed", made.quotas)
    yield TryColumn("quota", made.quotas, "={made}", look="total")
    steps = '=IF(ISNUMBER({quota}),{quota}-{proposed},"")'
    yield TryColumn("difference", [0] * len(units), steps, "+#,##0;−#,##0;0")
    yield percent("effort", made.efforts, '=IF(ISNUMBER({quota}),IF({counted}>0,{quota}/{counted},""),"")')
    yield TryColumn("lock", trial.held, look="input")
    for key, width in (("by", 14), ("reason", 20)):
        texts = [getattr(locks[unit], key) or None if unit in locks else None for unit in units]
        yield TryColumn(key, texts, look="input", width=width)
    yield TryColumn("note", notes_now(trial, most, words), note_formula(words), look="text", width=28)
    yield TryColumn("counted", available, "=ROUND({workforce}+{own}*{grown},6)", "General", width=0)
    yield TryColumn("past", past, number="General", width=0)
    yield TryColumn("floor_made", floors, "={fewest}*{use_lot}", "General", width=0)
    yield TryColumn("cap_made", most, '=IF({room_most}>=1E+15,"",{highest}*{use_lot})', "General", width=0)
    yield from _hidden(trial)


def _hidden(trial: Trial) -> Iterator[TryColumn]:
    """What only formulas need: what yellow cells come to, the claims, the bounds, the lots."""
    made, count = trial.made, len(trial.size)
    hidden, own = partial(TryColumn, number="General", width=0), made.scenario.growth.units
    nothing: list[Plain] = [0] * count
    yield hidden("own_share", [own.get(unit) for unit in made.table.units])
    common = made.scenario.growth.realisation
    used = [own.get(unit, common) for unit in made.table.units]
    yield hidden("own", used, '=IF({own_share}="",{use_realisation},{own_share})')
    tested = "=IF(ISBLANK({x}),0,IF(ISNUMBER({x}),IF(AND({x}>=0,{x}<=9000000000,{more}={x}),0,1),1))"
    yield hidden("growth_odd", nothing, tested.replace("{more}", "INT({x})").replace("{x}", "{growth}"))
    lots = tested.replace("{more}", "INT({x}/{use_lot})*{use_lot}").replace("{x}", "{lock}")
    yield hidden("lock_odd", nothing, lots)
    yield hidden("grown", [each or 0 for each in made.table.optional(ESTIMATE)], "=IF({growth_odd}=0,N({growth}),0)")
    yield hidden("held", trial.held, '=IF(ISBLANK({lock}),"",IF({lock_odd}=0,{lock},""))')
    whole, others = driver_parts(made.table, made.scenario)
    blended = any(others)
    yield hidden("other", [float(each) for each in others] if blended else [None] * count)
    base = f"({constant(float(whole))}*{{counted}}+SUM({{counted_all}})*{{other}})" if blended else "{counted}"
    power = 'POWER(MAX({use_floor},MIN({use_ceiling},IF({past}="–",{use_missing},{past}))),{use_exponent})'
    times = "=IF({use_exponent}=0,1,IFERROR(" + power + ",1E+15))"
    yield hidden("multiplier", [float(each) for each in made.claims.multiplier], times)
    exact = [float(b * m) * MICRO for b, m in zip(made.claims.base, made.claims.multiplier, strict=True)]
    yield hidden("exact", [round(each, 3) for each in exact], f"=MIN(1E+15,ROUND({base}*{{multiplier}}*1000000,3))")
    yield hidden("micro", trial.micro.tolist(), "=INT({exact}+0.5)-({exact}-2*INT({exact}/2)=0.5)")
    persons, rest = np.divmod(trial.micro, MICRO)
    yield hidden("persons", persons.tolist(), "=INT({micro}/1000000)")
    yield hidden("rest", rest.tolist(), "={micro}-{persons}*1000000")
    yield hidden("size", trial.size.tolist(), "={micro}/1000000/{use_lot}")
    for name, column in trial.limits.items():
        yield hidden(name, column)
    for name, formula in rooms(trial.limits).items():
        yield hidden(name, trial.rooms[name], formula)
    yield from _lots(trial, hidden)


def _lots(trial: Trial, hidden: Callable[..., TryColumn]) -> Iterator[TryColumn]:
    """From what rules allow to whole lots."""
    count = len(trial.size)
    cuts = (ceil, "room_least"), (floor, "room_most"), (floor, "room_least")
    up, down, below = ([cut(round(room / trial.lot, 9)) for room in trial.rooms[name]] for cut, name in cuts)
    yield hidden("up", up, "=ROUNDUP(ROUND({room_least}/{use_lot},9),0)")
    yield hidden("down", down, "=ROUNDDOWN(ROUND({room_most}/{use_lot},9),0)")
    yield hidden("below", below, "=ROUNDDOWN(ROUND({room_least}/{use_lot},9),0)")
    between = "AND({up}>{down},{room_least}<={room_most})"
    yield hidden("fewest", trial.floors, f"=IF({between},{{below}},{{up}})")
    one_more = "{below}+IF({room_hard}>=({below}+1)*{use_lot},1,0)"
    yield hidden("highest", trial.caps, f"=IF({between},{one_more},{{down}})")
    yield hidden("crossed", [0] * count, "=IF({room_least}>{room_most},1,0)")
    out = '=IF({held}="",0,IF({held}<{up}*{use_lot},1,IF({held}>{down}*{use_lot},2,0)))'
    yield hidden("lock_out", [0] * count, out)
    fixed = '+IF({fixed}="",0,IF(INT({fixed}/{use_lot})*{use_lot}={fixed},0,1))' if "fixed" in trial.limits else ""
    yield hidden("fixed_odd", [0] * count, f"=0{fixed}")
    state = "=IF({growth_odd}+{lock_odd}>0,1,IF({crossed}+{lock_out}+{fixed_odd}>0,2,0))"
    yield hidden("state", [0] * count, state)
    yield hidden("low", trial.low.tolist(), '=IF({held}="",{fewest},{held}/{use_lot})')
    top = '=IF({held}="",IF({micro}=0,{fewest},MAX({fewest},MIN({highest},{lots}))),{held}/{use_lot})'
    yield hidden("top", trial.top.tolist(), top)
    taken = "MAX({low},MIN({top},INT({level}*{size}+{shift})))".replace("{shift}", repr(trial.shift))
    yield hidden("base", trial.base.tolist(), "=IF({started}=1," + taken.replace("{level}", "{at_low}") + ",{low})")
    yield hidden("reached", trial.reached.tolist(), "=" + taken.replace("{level}", "{at_high}"))
    yield hidden("parts", trial.parts.tolist(), f"=2*{{base}}+{2 - 2 * trial.shift:g}")
    yield hidden("place", list(range(1, count + 1)))
    ranked = "=IF({reached}>{base},SUMPRODUCT(({reached_all}>{base_all})*" + _BEFORE + '),"")'
    yield hidden("rank", trial.ranks(), ranked)
    given = '=IF({ok}=1,({base}+IF({rank}="",0,IF({rank}<{left},1,0)))*{use_lot},"")'
    yield hidden("made", trial.made.quotas, given)
    yield hidden("offered", trial.made.quotas)
    cost = f"({{quota}}/{{use_lot}}{{more}}-{trial.shift!r})*{{use_lot}}/({{micro}}/1000000)"
    for name, more, side in (("last", "", "{quota}>{low}*{use_lot}"), ("next", "+1", "{quota}<{top}*{use_lot}")):
        free = '=IF(ISNUMBER({quota}),IF(AND({held}="",{micro}>0,' + side + "),"
        yield hidden(name, costs_now(trial, name), free + cost.replace("{more}", more) + ',""),"")')


def note_formula(words: Words) -> str:
    """What is said beside a unit: what is wrong with its yellow cells or bounds, else what holds its quota."""
    bare = "IF(ISBLANK({lock}),NOT(AND(ISBLANK({by}),ISBLANK({reason}))),OR(ISBLANK({by}),ISBLANK({reason})))"
    lot, least, most = "FIXED({use_lot},0)", "FIXED({up}*{use_lot},0)", "FIXED({down}*{use_lot},0)"
    tests = [
        ("{growth_odd}=1", spoken(words, "growth_odd")),
        ("{lock_odd}=1", spoken(words, "lock_odd", lot=lot)),
        ("{crossed}=1", spoken(words, "crossed", least=least, most=most)),
        ("{lock_out}=1", spoken(words, "lock_low", least=least)),
        ("{lock_out}=2", spoken(words, "lock_high", most=most)),
        ("{fixed_odd}=1", spoken(words, "fixed_odd", lot=lot)),
        (bare, spoken(words, "lock_bare")),
        ("{ok}=0", '""'),
        ('{held}<>""', spoken(words, "locked")),
        ("AND({floor_of}>0,{made}<={floor_of})", spoken(words, "at_floor")),
        ('IF({cap_of}="",FALSE,{made}>={cap_of})', spoken(words, "at_cap")),
    ]
    return first_that(tests, '""')

"""How the allocation, and the risk of the fixed quotas, depend on figures that are uncertain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allocator.errors import InputError, fault
from allocator.finding import Column, Drawing, Finding, Listing, Row, Section, Take, Text, say
from allocator.finding.columns import columns, listed
from allocator.finding.settings import SettingName
from allocator.questions import Argument, Case, question
from allocator.questions._resting import TIPPED, opening, resting

if TYPE_CHECKING:
    from allocator.growth.leaning import Leaning
    from allocator.model.allocation import Allocation

MOST_DRAWS = 10**12
MOST_SEED = 2**63 - 1
MOST_TIPPED = 2_000
MOST_WEIGHED = 500
"""Most units whose tipping growth is told, and with a risk term, whose costs are worked out one by one."""
MOST_CROSSED = 100
"""Most units of which details tell what moves every other one."""
MOST_LEAVES = 40
MOST_DETAILED = 1_000
SHOWN = 8
BANDS = (*columns("unit", "quota", "p05", "p50", "p95"), Column("shortfall_probability", "share", 1),
         Column("expected_shortfall", "number", 1, rank=1),
         *(Column(key, "number", 1, rank=3) for key in ("cvar90", "cvar95")))  # fmt: skip
TIPS = {"growth": ("tips_down", "tips_up"), "workforce": ("tips_down_workforce", "tips_up_workforce")}
"""Columns of what tips a unit's quota, of what is uncertain."""
MISSING = ("shortfall_probability", "expected_shortfall", "cvar90", "cvar95")
"""What is not known where no workforce is."""
RISKS = ("p05", "p50", "p95", *MISSING)
"""What is not known where nothing is uncertain."""


@question(
    Argument("draws", "whole", 16_384), Argument("seed", "whole", 0), Argument("random", "flag", False),
    Argument("details", "flag", False), place=3,
)  # fmt: skip
def ask_sensitivity(
    case: Case, draws: int = 16_384, seed: int = 0, random: bool = False, details: bool = False
) -> Finding:
    """Bands of the best quotas and the risk of the fixed ones; with details also what moves them, and safer choices.

    Args:
        case: the scenario and its table.
        draws: how often growth is drawn, 1 to 10¹².
        seed: what the draws are made from.
        random: plain random numbers instead of scrambled Sobol points.
        details: also the tornado, the curve over the realisation, the frontier and who tips whom.
    """
    from allocator.growth.draws import plan_sweep
    from allocator.growth.sweep import sweep

    check(draws, seed)
    planned = plan_sweep(case.allocation, seed, random)
    return answer(case, planned, sweep(planned, draws), details_of(case, tips=True) if details else None)


def check(draws: int, seed: int) -> None:
    """InputError for a number of draws or a seed there cannot be."""
    faults = []
    if not 1 <= draws <= MOST_DRAWS:
        faults.append(fault("sensitivity.draws_range", "--draws", draws=draws, most=MOST_DRAWS))
    if not 0 <= seed <= MOST_SEED:
        faults.append(fault("sensitivity.seed_range", "--seed", seed=seed, most=MOST_SEED))
    if faults:
        raise InputError(faults)


def answer(case: Case, planned: Any, summary: Any, more: Leaning | None = None) -> Finding:
    """What the draws of a plan say, and what else was worked out."""
    from allocator.growth.summary import bands_and_risks

    made, names = case.allocation, planned.names
    rests = {"uncertain": names, "rests_on": resting(made, planned)}
    document = {"seed": planned.points.seed, **rests, **bands_and_risks(made, planned, summary)}
    tips = {name: _tips(made, TIPPED[name]) for name in TIPPED if name == "growth" or name in names}
    for name, each in tips.items():
        for at, row in enumerate(document["units"]):
            row[f"tipping_{name}"] = each[at] if each else {"down": None, "up": None}
    if not made.table.measured:
        _unknown(document, MISSING)
    lines = tuple(opening(made, planned, document, [name for name, each in tips.items() if each]))
    if not names:
        _unknown(document, RISKS)
    certain = {unit for n, unit in enumerate(made.table.units) if n not in planned.uncertain}
    sections = _drawn(made, document, lines, certain), *(_leaning(more, made) if more else ())
    following = ("sensitivity", "--details") if names and not more and _can_be_detailed(case) else ("explain",)
    return Finding({**document, **(more.to_json() if more else {})}, sections, lines, following)


def _unknown(document: dict[str, Any], keys: Sequence[str]) -> None:
    """Leaves out what is not known of the units, and the risk of all together."""
    document["units"] = [{**row, **dict.fromkeys(keys)} for row in document["units"]]
    document["province"] = dict.fromkeys(document["province"])


def _can_be_detailed(case: Case) -> bool:
    return case.table.measured and not any(case.table.parents) and len(case.table) <= MOST_DETAILED


def details_of(case: Case, tips: bool) -> Leaning:
    """What an allocation leans on, with who tips whom where asked for; InputError for trees and many units."""
    from allocator.growth.leaning import leaning
    from allocator.growth.tipping import tipping

    if not case.table.measured:
        raise InputError(fault("sensitivity.no_workforce", case.table.place))
    if any(case.table.parents):
        raise InputError(fault("sensitivity.tree", case.table.place))
    if len(case.table) > MOST_DETAILED:
        raise InputError(fault("sensitivity.too_many_units", units=len(case.table), most=MOST_DETAILED))
    found = leaning(case.table, case.scenario)
    others = len(case.table) <= MOST_CROSSED
    return replace(found, tips=tipping(case.table, case.scenario, others)) if tips else found


def _tips(allocation: Allocation, column: str) -> list[dict[str, int | None]]:
    """What tips each unit of its own figure in a column; empty for trees, and for more units than anybody waits for."""
    from allocator.growth.tipping import tipping

    table = allocation.table
    if len(table) > _most_tipped(allocation) or allocation.whole is not None:
        return []
    found = tipping(table, allocation.scenario, column=column)
    return [vars(found[unit][unit]) for unit in table.units]


def _most_tipped(allocation: Allocation) -> int:
    return MOST_WEIGHED if allocation.scenario.risk.weight else MOST_TIPPED


def _drawn(made: Allocation, document: dict[str, Any], lines: tuple[Text, ...], certain: set[str]) -> Section:
    title, units, most = say("report.sensitivity"), document["units"], _most_tipped(made)
    if not document["uncertain"]:
        unknown = listed("sensitivity", title, BANDS, units, aside=True)
        return Section("sensitivity", title, (*lines, *_idle(made)), (unknown,))
    told = [name for name in TIPS if name in document["uncertain"]]
    tips = [] if made.whole is not None or len(units) > most else told
    rows = [{**each, **{key: value for name in tips for key, value in _signed(name, each).items()}} for each in units]
    for each in rows:
        if each["unit"] in certain and not each["shortfall_probability"]:
            each |= dict.fromkeys(MISSING)
    heading = say("sensitivity.title", draws=document["draws"], seed=document["seed"])
    whole = {**document["province"], "quota": sum(made.quotas), **dict.fromkeys(("p05", "p50", "p95"), "")}
    leaves = MOST_LEAVES if made.whole is not None else None
    reachable = made.scenario.risk.reachable
    risky = made.table.measured
    texts: list[Text] = [*lines, say("sensitivity.bands"), *[say("sensitivity.risk", reachable=reachable)] * risky]
    if tips or (told and len(units) > most):
        texts.append(say("sensitivity.tipping") if tips else say("sensitivity.no_tips", most=most))
    texts += _idle(made)
    if made.above:
        texts.append(say("sensitivity.tree_levels"))
    if document["infeasible"]:
        texts.append(say("sensitivity.infeasible", infeasible=document["infeasible"], draws=document["draws"]))
    known = [each for each in BANDS if risky or each.key not in MISSING]
    heads = (*known, *(Column(key, "signed", rank=2 + 2 * at) for at, name in enumerate(tips) for key in TIPS[name]))
    listing = listed("sensitivity", heading, heads, rows, whole, most=leaves)
    swept = [each for each in units if each["p50"] is not None]
    charts = (Drawing("bands", swept), *[Drawing("shortfall", units)] * risky) if swept else ()
    return Section("sensitivity", title, tuple(texts), (listing,), charts)


def _idle(made: Allocation) -> list[Text]:
    """What is set and counts for nothing."""
    past = made.scenario.uncertainty.attainment and not made.scenario.attainment.exponent
    return [say("sensitivity.past_idle")] if past else []


def _signed(name: str, row: Mapping[str, Any]) -> dict[str, int | None]:
    """What tips a unit as changes of its figure."""
    down, up = (row[f"tipping_{name}"][side] for side in ("down", "up"))
    return dict(zip(TIPS[name], (None if down is None else -down, up), strict=True))


def _leaning(found: Leaning, made: Allocation) -> list[Section]:
    """The tornado, and the frontier's ends, knee and a few choices between; the curve as a chart."""
    swings = [dict(vars(each)) for each in found.tornado]
    telling = [each for each in swings if each["moved_low"] != 0 or each["moved_high"] != 0] or swings[:1]
    heads = (Column("input", "text"), Column("at_low", "number", 2), Column("input_low"),
             Column("at_high", "number", 2), Column("input_high"))  # fmt: skip
    for each in telling:
        name = SettingName(tuple(each["input"].split(".", 2)))
        each["name"] = say("sensitivity.input_of", name=name, unit=each["unit"]) if each["unit"] else name
    keys = ("name", "low", "moved_low", "high", "moved_high")
    rows: list[Row] = [tuple(each[key] for key in keys) for each in telling]
    charts = [Drawing("tornado", telling)]
    if found.curve is not None and (points := list(found.curve.rows())):
        now = {"name": say("parameter.growth.realisation"), "now": made.scenario.growth.realisation}
        charts.append(Drawing("curves", points, now))
    title = say("chart.tornado.title")
    own = found.tips and len(made.table) > MOST_CROSSED
    texts = (say("sensitivity.own_tips", most=MOST_CROSSED),) if own else ()
    sections = [Section("tornado", title, texts, (Listing("tornado", title, heads, tuple(rows)),), tuple(charts))]
    return sections + ([_choices(found.frontier)] if len(found.frontier) > 1 else [])


def _choices(choices: Any) -> Section:
    """Fairness against expected shortfall: the ends, the knee and a few choices between; all of them in the chart."""
    step, last = max(1, len(choices) // SHOWN), len(choices) - 1
    heads = (Column("risk_weight", "number", 3), Column("moved"), Column("expected_short", "number", 1),
             Column("knee", "text"))  # fmt: skip
    told = [each for n, each in enumerate(choices) if n % step == 0 or n == last or each.knee]
    rows: tuple[Row, ...] = tuple(
        (each.weight, each.moved, each.expected_shortfall, say("value.yes") if each.knee else "") for each in told
    )
    takes: dict[int | str, Take] = {n: Take({"risk": {"weight": each.weight}}) for n, each in enumerate(told)}
    title = say("sensitivity.frontier", count=len(choices))
    charts = (Drawing("frontier", [vars(each) for each in choices]),)
    return Section("frontier", say("page.frontier"), (say("page.frontier_text"),),
                   (Listing("frontier", title, heads, rows, takes=takes),), charts)  # fmt: skip

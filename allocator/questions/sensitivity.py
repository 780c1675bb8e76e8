"""How the allocation, and the risk of the fixed quotas, depend on the growth estimates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from allocator.errors import InputError, fault
from allocator.finding import Column, Drawing, Finding, Listing, Row, Section, Take, Text, say
from allocator.finding.columns import columns, listed
from allocator.questions import Argument, Case, question

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
         *(Column(key, "number", 1, rank=3) for key in ("cvar90", "cvar95")),
         *(Column(key, "signed", rank=2) for key in ("tips_down", "tips_up")))  # fmt: skip


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
    from allocator.growth.sweep import plan_sweep, sweep

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

    made = case.allocation
    document = {"seed": planned.points.seed, **bands_and_risks(made, planned, summary)}
    for row, tip in zip(document["units"], _tips(made), strict=True):
        row["tipping_growth"] = tip
    sections = _drawn(made, document), *(_leaning(more, made) if more else ())
    return Finding({**document, **(more.to_json() if more else {})}, sections)


def details_of(case: Case, tips: bool) -> Leaning:
    """What an allocation leans on, with who tips whom where asked for; InputError for trees and many units."""
    from allocator.growth.leaning import leaning
    from allocator.growth.tipping import tipping

    if any(case.table.parents):
        raise InputError(fault("sensitivity.tree", case.table.place))
    if len(case.table) > MOST_DETAILED:
        raise InputError(fault("sensitivity.too_many_units", units=len(case.table), most=MOST_DETAILED))
    found = leaning(case.table, case.scenario)
    others = len(case.table) <= MOST_CROSSED
    return replace(found, tips=tipping(case.table, case.scenario, others)) if tips else found


def _tips(allocation: Allocation) -> list[dict[str, int | None]]:
    """Tipping growth of each unit; none for trees, and where there are more units than anybody waits for."""
    from allocator.growth.tipping import tipping

    table = allocation.table
    if len(table) > _most_tipped(allocation) or allocation.whole is not None:
        return [{"down": None, "up": None}] * len(table)
    found = tipping(table, allocation.scenario)
    return [vars(found[unit][unit]) for unit in table.units]


def _most_tipped(allocation: Allocation) -> int:
    return MOST_WEIGHED if allocation.scenario.risk.weight else MOST_TIPPED


def _drawn(made: Allocation, document: dict[str, Any]) -> Section:
    title, units, most = say("report.sensitivity"), document["units"], _most_tipped(made)
    if not any(made.table.optional("growth_estimate")):
        return Section("sensitivity", title, (say("page.no_growth"),))
    rows = []
    for each in units:
        down, up = each["tipping_growth"]["down"], each["tipping_growth"]["up"]
        rows.append({**each, "tips_down": None if down is None else -down, "tips_up": up})
    heading = say("sensitivity.title", draws=document["draws"], seed=document["seed"])
    whole = {**document["province"], "quota": sum(made.quotas), **dict.fromkeys(("p05", "p50", "p95"), "")}
    leaves = MOST_LEAVES if made.whole is not None else None
    texts: list[Text] = [say("sensitivity.bands"), say("sensitivity.risk", reachable=made.scenario.risk.reachable)]
    texts.append(say("sensitivity.tipping") if len(units) <= most else say("sensitivity.no_tips", most=most))
    if made.above:
        texts.append(say("sensitivity.tree_levels"))
    if document["infeasible"]:
        texts.append(say("sensitivity.infeasible", infeasible=document["infeasible"], draws=document["draws"]))
    listing = listed("sensitivity", heading, BANDS, rows, whole, most=leaves)
    swept = [each for each in units if each["p50"] is not None]
    charts = (Drawing("bands", swept), Drawing("shortfall", units)) if swept else ()
    return Section("sensitivity", title, tuple(texts), (listing,), charts)


def _leaning(found: Leaning, made: Allocation) -> list[Section]:
    """The tornado, and the frontier's ends, knee and a few choices between; the curve as a chart."""
    swings = [vars(each) for each in found.tornado]
    telling = [each for each in swings if each["moved_low"] != 0 or each["moved_high"] != 0] or swings[:1]
    heads = (Column("input", "text"), Column("at_low", "number", 2), Column("input_low"),
             Column("at_high", "number", 2), Column("input_high"))  # fmt: skip
    rows: list[Row] = []
    for each in telling:
        name = say(f"parameter.{each['input']}")
        named = say("sensitivity.input_of", name=name, unit=each["unit"]) if each["unit"] else name
        rows.append((named, each["low"], each["moved_low"], each["high"], each["moved_high"]))
    charts = [Drawing("tornado", swings)]
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

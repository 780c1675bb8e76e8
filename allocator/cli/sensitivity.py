"""`allocator sensitivity`: how the allocation, and the risk of the fixed quotas, depend on the growth estimates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, leaning, scenario_options
from allocator.cli.terminal import console, print_table
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

MOST_DRAWS = 10**12
MOST_SEED = 2**63 - 1
MOST_TIPPED = 500


@command("sensitivity")
@scenario_options
@click.option("--draws", default=16_384, show_default=True, help=HELP("cli.sensitivity.draws"))
@click.option("--seed", default=0, show_default=True, help=HELP("cli.sensitivity.seed"))
@click.option("--random", is_flag=True, help=HELP("cli.sensitivity.random"))
@click.option("--scheduler", default="local", show_default=True, help=HELP("cli.sensitivity.scheduler"))
@click.option("--resume", metavar="FILE", type=click.Path(path_type=Path), help=HELP("cli.sensitivity.resume"))
@click.option("--details", is_flag=True, help=HELP("cli.sensitivity.details"))
@click.option("--charts", metavar="DIR", help=HELP("cli.sensitivity.charts"))
def sensitivity(
    call: Call,
    given: Given,
    draws: int,
    seed: int,
    random: bool,
    scheduler: str,
    resume: Path | None,
    details: bool,
    charts: str | None,
) -> None:
    """Sweep over the growth estimates and print both answers."""
    from allocator.analysis.sweep import plan
    from allocator.analysis.uncertainty import exact_shortfalls, uncertainty
    from allocator.cli.sweeping import swept
    from allocator.errors import InputError, fault
    from allocator.model.allocation import allocate

    _check(draws, seed)
    table, resolved = given.load()
    if any(table.parents) and (details or charts):
        raise InputError(fault("sensitivity.tree", table.place))
    allocation = allocate(table, resolved, method="waterfill")
    planned = plan(allocation, seed, random)
    summary = swept(call, allocation, planned, draws, scheduler, resume)
    found = uncertainty(planned, summary)
    document = {"seed": seed, **found.to_json(allocation.table.units, allocation.quotas)}
    exact = exact_shortfalls(allocation)
    for row, tip, short in zip(document["units"], _tips(allocation), exact, strict=True):
        row |= {"tipping_growth": tip, "expected_shortfall_exact": short}
    document["province"]["expected_shortfall_exact"] = sum(exact)
    whole = summary.draws == draws
    found_more = leaning.worked_out(call, table, resolved, details) if whole and (details or charts) else None
    if found_more is not None:
        document |= found_more.to_json() if details else {}
        if charts:
            document["charts"] = leaning.draw(
                Path(charts), call.words, document, found_more, resolved.growth.realisation
            )
    call.show(document, lambda: _print(call.words, allocation, document))
    if details and found_more is not None and not call.json:
        leaning.show(call.words, found_more)
    if not whole:
        call.note(call.words("sensitivity.stopped", done=summary.draws, draws=draws))
        sys.exit(130)


def _check(draws: int, seed: int) -> None:
    from allocator.errors import InputError, fault

    faults = []
    if not 1 <= draws <= MOST_DRAWS:
        faults.append(fault("sensitivity.draws_range", "--draws", draws=draws, most=MOST_DRAWS))
    if not 0 <= seed <= MOST_SEED:
        faults.append(fault("sensitivity.seed_range", "--seed", seed=seed, most=MOST_SEED))
    if faults:
        raise InputError(faults)


def _tips(allocation: Allocation) -> list[dict[str, int | None]]:
    """Tipping growth of each unit; none for trees, and where there are more units than anybody waits for."""
    from allocator.analysis.tipping import tipping

    table = allocation.table
    if len(table) > MOST_TIPPED or allocation.whole is not None:
        return [{"down": None, "up": None}] * len(table)
    found = tipping(table, allocation.scenario)
    return [vars(found[unit][unit]) for unit in table.units]


def _print(words: Words, allocation: Allocation, document: dict[str, Any]) -> None:
    from allocator.cli.run import MOST_LEAVES

    number, percent = words.number, words.percent
    shown = MOST_LEAVES if allocation.whole is not None else None
    rows = [
        [
            row["unit"],
            *(number(row[name]) for name in ("quota", "p05", "p50", "p95")),
            percent(row["shortfall_probability"]),
            *(number(row[name], 1) for name in ("expected_shortfall", "cvar90", "cvar95")),
            _tips_text(words, **row["tipping_growth"]),
        ]
        for row in document["units"][:shown]
    ]
    province = document["province"]
    total = [words("run.total"), number(sum(allocation.quotas)), "", "", "", percent(province["shortfall_probability"])]
    total += [*(number(province[name], 1) for name in ("expected_shortfall", "cvar90", "cvar95")), ""]
    headers = (
        "quota",
        "p05",
        "p50",
        "p95",
        "shortfall_probability",
        "expected_shortfall",
        "cvar90",
        "cvar95",
        "tipping_growth",
    )
    title = words("sensitivity.title", draws=document["draws"], seed=document["seed"])
    print_table([words("column.unit"), *(words(f"column.{each}") for each in headers)], rows, total, title)
    show = console().print
    if len(rows) < len(allocation.table):
        show(words("tree.more", count=len(allocation.table) - len(rows)))
    show(words("sensitivity.bands"))
    show(words("sensitivity.risk", reachable=allocation.scenario.risk.reachable))
    show(words("sensitivity.tipping"))
    if allocation.above:
        show(words("sensitivity.tree_levels"))
    if document["infeasible"]:
        show(words("sensitivity.infeasible", infeasible=document["infeasible"], draws=document["draws"]))


def _tips_text(words: Words, down: int | None, up: int | None) -> str:
    return words("sensitivity.tips", down=None if down is None else -down, up=up)

"""`allocator synth`: a made-up nation, its table and a scenario, to try and to measure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from allocator.cli import HELP, Call, command

MOST_UNITS = 2_000_000
MOST_REGISTERED = 2_000
"""Units up to which a register of enterprises is made, too: some 25 enterprises a unit."""


@command("synth")
@click.option("--units", type=click.IntRange(1, MOST_UNITS), required=True, help=HELP("cli.synth.units"))
@click.option("--levels", type=click.IntRange(1, 6), default=3, show_default=True, help=HELP("cli.synth.levels"))
@click.option("--seed", type=int, default=0, show_default=True, help=HELP("cli.synth.seed"))
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help=HELP("cli.synth.out"))
def synth(call: Call, units: int, levels: int, seed: int, out: Path) -> None:
    """Write units.csv and base.yaml of a made-up nation, and its register of enterprises where it is not too large."""
    from allocator.data.limits import Sent
    from allocator.data.read import read_table
    from allocator.data.synth import COLUMNS, made_up_nation
    from allocator.writing import write_folder
    from allocator.year.foundings import made_up_register

    nation = made_up_nation(units, levels, seed)
    table = csv_text(COLUMNS, nation.rows)
    files = {"units.csv": table, "base.yaml": scenario_text(nation.target, units, levels, seed)}
    if units <= MOST_REGISTERED:
        above = {row["parent"] for row in nation.rows}
        leaves = csv_text(COLUMNS, [row for row in nation.rows if row["unit"] not in above])
        register = made_up_register(read_table(Sent("units.csv", leaves.encode())), seed)
        files["register.csv"] = csv_text(register[0], register)
    write_folder(out, files)
    document = {"out": str(out), "units": units, "levels": levels, "target": nation.target, "files": [*files]}
    call.show(document, lambda: call.words("synth.made", **{**document, "rows": len(nation.rows)}))


def csv_text(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def scenario_text(target: int, units: int, levels: int, seed: int) -> str:
    """A scenario for the made-up table: the base of An Giang, the top level held near its published quotas."""
    pace = "levels:\n  - bounds: {pace: {reference: published_quota, down: 0.3, up: 0.3}}\n" if levels > 1 else ""
    return (
        f"# allocator synth --units {units} --levels {levels} --seed {seed}\n"
        f"data: units.csv\ntarget: {target}\nlot: 1\n"
        "growth: {realisation: 0.2}\n"
        "attainment: {basis: gross, exponent: 1, floor: 0.5, ceiling: 1, missing: 1}\n"
        f"{pace}"
    )

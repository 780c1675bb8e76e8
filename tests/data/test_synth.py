"""The made-up nation: fitted to the real table, the same every time, a tree that adds up and can be allocated."""

from __future__ import annotations

import csv
import json
from math import log
from pathlib import Path
from statistics import mean, stdev

import pytest

from allocator.data.synth import FITTED, made_up_nation
from allocator.files import builtin_folder
from tests.cli.test_run import call


def test_the_fit_is_that_of_the_real_table() -> None:
    with (builtin_folder() / "an-giang-2017" / "units.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ratios = {
        "workforce": ("workforce", None),
        "growth_per_worker": ("growth_estimate", "workforce"),
        "term_target_per_worker": ("term_target", "workforce"),
        "recruited_per_target": ("recruited", "term_target"),
        "lost_per_recruited": ("lost", "recruited"),
        "quota_per_worker": ("published_quota", "workforce"),
    }
    for name, (top, bottom) in ratios.items():
        logs = [
            log(int(r[top]) / (int(r[bottom]) if bottom else 1)) for r in rows if r[top] and (not bottom or r[bottom])
        ]
        assert FITTED[name] == (pytest.approx(mean(logs), abs=6e-4), pytest.approx(stdev(logs), abs=6e-4))


@pytest.mark.parametrize(("units", "levels"), [(1, 1), (1, 3), (7, 2), (40, 3), (500, 4)])
def test_a_nation_adds_up(units: int, levels: int) -> None:
    nation = made_up_nation(units, levels, 3)
    assert nation == made_up_nation(units, levels, 3)
    parents = {row["parent"] for row in nation.rows}
    leaves = [row for row in nation.rows if row["unit"] not in parents]
    assert len(leaves) == units
    assert len({row["unit"] for row in nation.rows}) == len(nation.rows)
    top = [row for row in nation.rows if row["parent"] is None]
    for column in ("workforce", "published_quota"):
        assert sum(int(row[column]) for row in leaves) == sum(int(row[column]) for row in top)  # type: ignore[arg-type]
    assert nation.target == sum(int(row["published_quota"]) for row in leaves)  # type: ignore[arg-type]


def test_seeds_differ() -> None:
    assert made_up_nation(20, 1, 1) != made_up_nation(20, 1, 2)


def test_synth_makes_a_register_that_unions_takes(tmp_path: Path) -> None:
    made = call("synth", "--units", "30", "--levels", "2", "--out", "nation", "--json", cwd=tmp_path)
    assert json.loads(made.stdout)["files"] == ["units.csv", "base.yaml", "scenario.schema.json", "register.csv"]
    first = (tmp_path / "nation" / "base.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    schema = json.loads((tmp_path / "nation" / "scenario.schema.json").read_text(encoding="utf-8"))
    assert schema == json.loads(call("schema").stdout)
    done = call("unions", "nation/register.csv", "nation/base.yaml", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["units"]) == 30
    assert found["needed"] > 0

"""The public interface alone: every command's JSON by name and type, and `run` against a formulation of its own.

Nothing of the model is imported: the reference below is written from the mathematics, lot by lot in exact fractions.
"""

from __future__ import annotations

import csv
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.cli.group import run_command

Number = (int, float)
Maybe = (int, float, type(None))
UNIT = {
    "unit": str, "workforce": Number, "available": float, "claim": float, "fair_share": Number, "floor": int,
    "cap": int, "quota": int,
    "effort": Maybe, "position": str, "published": Maybe, "difference": Maybe,
}  # fmt: skip
SIDES = {"proposed": Maybe, "published": Maybe}
COMPARISON = {
    "misplaced": Maybe, "misplaced_share": Maybe, "largest_gap": Maybe, "rank_correlation": Maybe,
    "effort_ratio": SIDES, "effort_gini": SIDES, "totals": SIDES, "left_out": [str],
}  # fmt: skip
RESULT = {
    "scenario": dict, "target": int, "lot": int, "marginal_effort": Maybe, "next_effort": Maybe, "units": [UNIT],
    "comparison": COMPARISON, "ties": list, "notes": list,
    "inputs": {"table": list, "table_sha256": str, "version": str}, "digest": str,
}  # fmt: skip
CHANGED = {
    "name": str, "settings": [{"key": str, "from": object, "to": object}], "moved": Maybe,
    "units": [{"unit": str, "from": Maybe, "to": Maybe, "change": Number}],
}  # fmt: skip
EXPLAINED = {**UNIT, "sentence": str, "steps": [{"name": str, "members": float}]}
RULE = {
    "rule": str, "units": [str], "price": Maybe, "moved": int, "gives": [{"unit": str, "members": int}],
    "takes": [{"unit": str, "members": int}],
}  # fmt: skip
BASE = "an-giang-2017/base"
SHAPES: list[tuple[str, Any]] = [
    (f"run {BASE}", RESULT),
    (f"run {BASE} --set lot=5 --against {BASE}", {**RESULT, "against": CHANGED}),
    (f"explain {BASE}", {**RESULT, "units": [EXPLAINED], "rules": [RULE]}),
    (
        "appeal --quota 60 --unit Tri-Tôn",
        {"unit": str, "quota": int, "asked": int, "workforce": Maybe, "growth": Maybe, "attainment": Maybe,
         "absorbed_by": [{"unit": str, "change": int}], "misplaced": Maybe},
    ),
    (
        f"compare {BASE} an-giang-2017/full-growth",
        {"scenarios": [{"name": str, "title": {"vi": str, "en": str}, "units": [{"unit": str, "quota": int}],
                        "comparison": COMPARISON, "moved": Maybe, "settings": [dict]}],
         "published": [dict]},
    ),
    (
        "sensitivity --draws 64 --seed 3",
        {"draws": int, "seed": int, "units": [
            {"unit": str, "quota": int, "p05": Number, "p50": Number, "p95": Number, "shortfall_probability": Number,
             "expected_shortfall": Number, "tipping_growth": {"down": Maybe, "up": Maybe}}]},
    ),
    (
        "review --progress PROGRESS",
        {"province": {"forecast": Number, "low": int, "high": int, "probability": Number, "shortfall": int},
         "units": [{"unit": str, "recruited": Maybe, "quota": int, "change": int, "forecast": Maybe, "at_risk": bool}]},
    ),
    ("plan an-giang-2017/base an-giang-2017/year-2018", {"years": [{"units": [{"unit": str, "quota": int}]}]}),
    (
        "audit",
        {"findings": [{"severity": str, "code": str, "row": (int, str, type(None)), "column": (str, type(None)),
                       "printed": object, "recomputed": object, "message": str}]},
    ),
    ("scenarios", {"scenarios": [{"name": str}]}),
    ("schema", {"properties": dict}),
    ("synth --units 6 --levels 2 --seed 1 --out OUT", dict),
    ("unions REGISTER", dict),
    (
        "round BIDS --grant An-Phú --ceiling 60%",
        {"bids": [{"unit": str, "kind": str, "asked": Number, "fair": (bool, type(None)), "quota_if": Maybe}],
         "joint": {"units": [{"unit": str, "quota": int, "change": int}], "moved": int,
                   "paid_by": [{"unit": str, "change": int}]},
         "recorded": type(None)},
    ),
    ("report SCENARIO --formats csv --out OUT", {"files": [str]}),
    ("import TABLE --out OUT", dict),
]  # fmt: skip


def fits(value: Any, shape: Any, at: str = "") -> None:
    """`value` has at least the keys of `shape`, each of its type, all the way down."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), at
        for key, inner in shape.items():
            assert key in value, f"{at}.{key}"
            fits(value[key], inner, f"{at}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), at
        for each in value:
            fits(each, shape[0], f"{at}[]")
    else:
        assert isinstance(value, shape), (at, value)
        assert shape is object or not (isinstance(value, bool) and shape in (int, Number, Maybe)), (at, value)


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Exit status, and the one JSON object on standard output (None where it stayed empty)."""
    with pytest.raises(SystemExit) as left:
        run_command([*arguments, "--json"])
    out = capsys.readouterr().out
    return int(left.value.code or 0), json.loads(out, parse_constant=pytest.fail) if out else None


@pytest.mark.parametrize(("line", "shape"), SHAPES, ids=[line.split()[0] for line, _ in SHAPES])
def test_shape(line: str, shape: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.csv").write_text("unit,recruited,lost,date\nAn Phú,9,1,2017-05-15\n", encoding="utf-8")
    (tmp_path / "r.csv").write_text("unit,name,workers,has_union,eligible\nAn Phú,X,12,0,1\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("unit,workforce\nA,30\nB,10\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 10\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("unit,bid,workforce\nAn Phú,40,\nLong Xuyên,900,2000\n", encoding="utf-8")
    names = {
        "BIDS": "b.csv",
        "PROGRESS": "p.csv",
        "REGISTER": "r.csv",
        "TABLE": "t.csv",
        "SCENARIO": "s.yaml",
        "OUT": "out",
    }
    words = [
        str(tmp_path / names[each]) if each in names else each.replace("Tri-", "Tri ").replace("An-", "An ")
        for each in line.split()
    ]
    status, made = call(capsys, *words)
    assert status == 0
    fits(made, shape)
    if line.startswith("review"):
        assert sum(each["quota"] for each in made["units"]) == 6500
    if line.startswith("round"):
        assert sum(each["quota"] for each in made["joint"]["units"]) == 6500
    if line.startswith("explain"):
        assert all(round(10 * sum(s["members"] for s in u["steps"])) == 10 * u["quota"] for u in made["units"])


def signpost(name: str, k: int) -> Fraction:
    """Signpost of the k-th lot; squared for Huntington–Hill."""
    return {
        "webster": Fraction(2 * k - 1, 2),
        "jefferson": Fraction(k),
        "adams": Fraction(k - 1),
        "huntington_hill": Fraction(k * (k - 1)),
        "dean": Fraction(2 * k * (k - 1), 2 * k - 1),
    }[name]


def expected(case: dict[str, Any]) -> list[int] | None:
    """Quotas by giving the cheapest lots, group by group from the inside; None where the rules cannot hold together."""
    lot, lots = case["lot"], case["target"] // case["lot"]
    held, waiting = [], []
    for index, (workforce, growth) in enumerate(case["units"]):
        have = workforce + Fraction(str(case["realisation"])) * growth
        most_members = Fraction(str(case["max_share"])) * have
        floor, cap = -(-case["min_quota"] // lot), math.floor(most_members / lot)
        if case["min_quota"] > most_members:
            return None
        floor = min(floor, cap)  # no whole lot between least and most: the one below both is allowed
        held.append(floor)
        power = 2 if case["signpost"] == "huntington_hill" else 1
        ordered = range(floor + 1, min(cap, lots) + 1) if have else ()
        waiting.append([(signpost(case["signpost"], k) / have**power, -have, index, k) for k in ordered])
    inner = case["group"]
    if inner is not None:
        members, least, most = inner
        options = sorted(each for index in range(members) for each in waiting[index])
        given, most = sum(held[:members]), most // lot
        need = max(0, -(-least // lot) - given)
        if need > len(options) or given + need > most:
            return None
        for _, _, index, _ in options[:need]:
            held[index] += 1
        waiting[:members] = [options[need : max(0, most - given)]]
    options = sorted(each for some in waiting for each in some)
    missing = lots - sum(held)
    if not 0 <= missing <= len(options):
        return None
    for _, _, index, _ in options[:missing]:
        held[index] += 1
    return [each * lot for each in held]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A table and a scenario, often tight, now and then impossible."""
    person = st.integers(0, 60)
    units = draw(st.lists(st.tuples(st.one_of(person, st.just(40)), person), min_size=1, max_size=6))
    lot = draw(st.sampled_from([1, 1, 5, 10]))
    total = sum(workforce for workforce, _ in units)
    group = None
    if draw(st.booleans()):
        least = draw(st.integers(0, 40))
        group = (draw(st.integers(1, len(units))), least, least + draw(st.integers(lot, 80)))
    return {
        "units": units,
        "lot": lot,
        "target": draw(st.integers(0, total // lot)) * lot,
        "signpost": draw(st.sampled_from(["webster", "jefferson", "adams", "huntington_hill", "dean"])),
        "realisation": draw(st.sampled_from([0, 0.2, 0.333, 1])),
        "max_share": draw(st.sampled_from([1, 0.29, 0.7, 2])),
        "min_quota": draw(st.sampled_from([0, 0, 0, 3])),
        "group": group,
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_run_against_the_mathematics(case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"Đơn vị {index}" for index in range(len(case["units"]))]
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [(name, *figures) for name, figures in zip(names, case["units"], strict=True)]
        csv.writer(file).writerows([("unit", "workforce", "growth_estimate"), *rows])
    scenario = {
        "data": "t.csv",
        "target": case["target"],
        "lot": case["lot"],
        "signpost": case["signpost"],
        "growth": {"realisation": case["realisation"]},
        "bounds": {"max_share": case["max_share"], "min_quota": case["min_quota"]},
    }
    if case["group"] is not None:
        members, least, most = case["group"]
        scenario["groups"] = [{"name": "g", "units": names[:members], "min": least, "max": most}]
    (tmp_path / "s.yaml").write_text(json.dumps(scenario), encoding="utf-8")
    stored = tmp_path / "r.json"
    status, made = call(capsys, "run", str(tmp_path / "s.yaml"), "--out", str(stored))
    quotas = expected(case)
    if quotas is None:
        assert (status, made) == (3, None)
        return
    assert status == 0
    fits(made, RESULT)
    assert [each["quota"] for each in made["units"]] == quotas
    assert sum(quotas) == case["target"]
    assert (
        made["marginal_effort"] is None or made["next_effort"] is None or made["marginal_effort"] <= made["next_effort"]
    )
    assert call(capsys, "verify", str(stored)) == (0, {"valid": True, "reason": None, "rules": len(made["rules"])})
    moved = json.loads(stored.read_text(encoding="utf-8"))
    if len(names) > 1:
        moved["units"][0]["quota"] += case["lot"]
        moved["units"][1]["quota"] -= case["lot"]
        stored.write_text(json.dumps(moved), encoding="utf-8")
        status, verdict = call(capsys, "verify", str(stored))
        assert (status, verdict["valid"]) == (1, False)
        assert verdict["reason"]


def test_one_unit_with_the_whole_target_has_a_next_lot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("unit,workforce\nA,7\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 2\n", encoding="utf-8")
    _, made = call(capsys, "run", str(tmp_path / "s.yaml"))
    assert (made["marginal_effort"], made["next_effort"]) == (1.5 / 7, 2.5 / 7)

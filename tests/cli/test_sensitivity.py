"""The sensitivity command end to end: its JSON, its text, its named errors."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests import clusters
from tests.command import allocator, process


def test_json_keeps_the_contract() -> None:
    done = allocator("sensitivity", "--draws", "5000", "--seed", "3", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert (document["draws"], document["seed"], document["infeasible"]) == (5000, 3, 0)
    run = json.loads(allocator("run", "--json").stdout)
    assert [row["quota"] for row in document["units"]] == [row["quota"] for row in run["units"]]
    for row in document["units"]:
        assert row["p05"] <= row["p50"] <= row["p95"]
        assert 0 <= row["shortfall_probability"] <= 1
        assert 0 <= row["expected_shortfall"] <= row["cvar90"] <= row["cvar95"] <= row["quota"]
    zones = document["units"][-1]
    assert zones["p05"] < zones["p50"] < zones["p95"]
    assert process("sensitivity", "--draws", "5000", "--seed", "3", "--json").stdout == done.stdout


@pytest.mark.parametrize(("language", "words"), [("en", "in about 1 in 7 draws"), ("vi", "khoảng 1 trên 7 lần")])
def test_text_fits_a_hundred_columns(language: str, words: str) -> None:
    done = allocator("sensitivity", "--draws", "1024", "--lang", language)
    assert (done.returncode, done.stderr) == (0, "")
    assert words in " ".join(done.stdout.split())
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_draws_and_seeds_out_of_range_are_named() -> None:
    done = allocator("sensitivity", "--draws", "0", "--seed", "-1", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "from 1 to" in done.stderr
    assert "--seed" in done.stderr


def test_a_matrix_no_growth_can_follow_is_refused() -> None:
    matrix = '{"Tri Tôn": {"Tịnh Biên": 0.9, "CĐ các KCN": 0.9}, "Tịnh Biên": {"CĐ các KCN": -0.9}}'
    done = allocator("sensitivity", "--draws", "16", "--lang", "en", "--set", f"uncertainty.correlation={matrix}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "not positive definite" in done.stderr


SMALL = """unit,workforce,growth_estimate,term_target,recruited
Tịnh Biên,120,0,100,60
CĐ các KCN,90,400,,
Tri Tôn,150,30,100,95
"""


def on_small(folder: Path) -> list[str]:
    table = folder / "units.csv"
    table.write_text(SMALL, encoding="utf-8")
    return ["--data", str(table), "--set", "target=190", "--set", "lot=1", "--draws", "256", "--details"]


def test_details_and_charts(tmp_path: Path) -> None:
    charts = tmp_path / "charts"
    done = allocator("sensitivity", *on_small(tmp_path), "--charts", str(charts), "--json", "--lang", "vi")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert sorted(document["charts"]) == sorted(each.name for each in charts.iterdir())
    assert {each.split(".")[0] for each in document["charts"]} == {
        "bands",
        "shortfall",
        "tornado",
        "curves",
        "frontier",
    }
    assert sum(each["knee"] for each in document["frontier"]) == 1
    assert document["tornado"][0]["input"] == "growth.realisation"
    assert document["curve"]["points"]
    own = {each["unit"]: each for each in document["tipping"] if each["unit"] == each["estimate"]}
    for row in document["units"]:
        assert row["tipping_growth"] == {name: own[row["unit"]][name] for name in ("down", "up")}


def test_details_in_words(tmp_path: Path) -> None:
    done = allocator("sensitivity", *on_small(tmp_path), "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Growth realisation – CĐ các KCN" in done.stdout
    assert "◆" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT of a console")
def test_ctrl_c_leaves_what_is_finished_and_says_how_far_it_got() -> None:
    with clusters.allocator("sensitivity", "--draws", "1000000000", "--json", "--lang", "en") as running:
        spent = psutil.Process(running.pid).cpu_times
        clusters.until(lambda: spent().user > 2)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    if out:
        document = json.loads(out)
        assert 0 < document["draws"] < 10**9
        assert f"{document['draws']:,} of 1,000,000,000 draws" in err
    assert "Traceback" not in err


def test_without_workforces_nobody_is_said_to_be_short(tmp_path: Path) -> None:
    rows = [("A", 500), ("B", 300), ("C", 200)]
    found = []
    for column, off in (("score", "{columns: {score: &}}"), ("workforce", "{workforce: &}")):
        off = off.replace("&", "{dist: normal, deviation: 10%}")
        table, scenario = tmp_path / f"{column}.csv", tmp_path / f"{column}.yaml"
        table.write_text("\n".join([f"unit,{column}", *(f"{unit},{n}" for unit, n in rows)]), encoding="utf-8")
        lines = f"data: {column}.csv\ntarget: 200\ndrivers: [{{column: {column}, share: 1}}]\nuncertainty: {off}\n"
        scenario.write_text(lines, encoding="utf-8")
        found.append(json.loads(allocator("sensitivity", scenario, "--json").stdout))
    bands = [[[row[key] for key in ("p05", "p50", "p95")] for row in each["units"]] for each in found]
    assert bands[0] == bands[1]  # the same figures, off in the same way
    assert found[0]["infeasible"] == 0
    assert {row["shortfall_probability"] for row in found[0]["units"]} == {None}
    text = allocator("sensitivity", tmp_path / "score.yaml", "--lang", "vi").stdout
    assert "nguồn CNLĐ;" not in text
    assert "--details" not in text  # which is refused without workforces


@pytest.mark.parametrize("parents", [("", ""), ("P", "P")])
def test_without_workforces_past_results_move_quotas_and_no_risk_is_told(
    tmp_path: Path, parents: tuple[str, str]
) -> None:
    """3 to 1 by points: neither lot moves while the ratio stays between 5 to 3 and 7 to 1, as errors of 5% keep it."""
    rows = [f"{unit},{parent},{points},100,60,9" for unit, parent, points in zip("AB", parents, (30, 10), strict=True)]
    heads = "unit,parent,points,term_target,recruited,growth_estimate"
    (tmp_path / "t.csv").write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text(
        "data: t.csv\ntarget: 4\ndrivers: [{column: points, share: 1}]\nattainment: {exponent: 1}\n"
        "uncertainty: {attainment: {dist: uniform, deviation: 5 %}}\n",
        encoding="utf-8",
    )
    said = allocator("sensitivity", tmp_path / "s.yaml", "--draws", "64", "--json")
    document = json.loads(said.stdout)
    assert document["uncertain"] == ["attainment"]
    assert document["infeasible"] == 0
    told = [(each["quota"], each["p05"], each["p95"], each["shortfall_probability"]) for each in document["units"]]
    assert told == [(3, 3, 3, None), (1, 1, 1, None)]
    text = allocator("sensitivity", tmp_path / "s.yaml", "--draws", "64").stdout
    assert "growth" not in text
    certain = ("--set", "uncertainty.attainment=null", "--format", "csv")
    assert allocator("sensitivity", tmp_path / "s.yaml", *certain).stdout.splitlines()[1:] == [
        "A,3,,,,,,,",
        "B,1,,,,,,,",
    ]

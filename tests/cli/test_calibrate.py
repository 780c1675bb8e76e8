import json
from pathlib import Path

import pytest

from allocator.files import load_scenario, path_from, scenario_path
from allocator.questions.calibrate import finding_of
from allocator.show.terminal import show
from allocator.words import Words
from tests.command import allocator

pytestmark = pytest.mark.xdist_group("calibrate_command")


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One call: the JSON object, and the scenario it stored."""
    path = tmp_path_factory.mktemp("fit") / "fit.yaml"
    made = allocator("calibrate", "--json", "--write", path)
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout), path


def test_json_keeps_the_contract(done):
    document, _ = done
    best = document["best"]
    assert best["misplaced"] <= 134
    assert best["misplaced_share"] == pytest.approx(best["misplaced"] / 6500)
    assert document["ladder"][0] == {"model": "equal_split", "misplaced": 3900}
    units = document["units"]
    assert len(units) == 15
    assert sum(abs(each["residual"]) for each in units) / 2 == pytest.approx(best["misplaced"], abs=1e-4)
    for each in units:
        assert each["explained"] + each["residual"] == pytest.approx(each["published"], abs=1e-5)
    assert document["implied_claims"]["verified"]
    assert {each["unit"] for each in document["unexplained"]} >= {"Thoại Sơn", "CĐN Y tế"}


def test_the_stored_fit_runs_and_is_the_best(done):
    document, path = done
    made = json.loads(allocator("run", path, "--json").stdout)
    shares = [each["fair_share"] for each in made["units"]]
    assert shares == [each["explained"] for each in document["units"]]
    assert made["comparison"]["misplaced"] == document["best"]["quotas_misplaced"]
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_the_built_in_fit_was_made_so(done):
    _, path = done
    ours = json.loads(allocator("run", "an-giang-2017/calibrated", "--json").stdout)["scenario"]
    fresh = json.loads(allocator("run", path, "--json").stdout)["scenario"]
    assert {**ours, "data": ""} == {**fresh, "data": ""}


def test_text_fits_a_terminal(done, capsys):
    finding = finding_of(done[0], {})
    for language, words in (("en", "not an intention"), ("vi", "không xác định được ý định")):
        shown = show(finding, Words(language), 100)
        assert words in " ".join(shown.split())
        assert max(map(len, shown.splitlines())) <= 100


def test_a_fit_stored_in_another_folder_finds_its_table(tmp_path, monkeypatch):
    (tmp_path / "fits").mkdir()
    (tmp_path / "t.csv").write_text("unit,workforce\na,10\n", encoding="utf-8")
    (tmp_path / "my.yaml").write_text("data: t.csv\ntarget: 5\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    fit = Path("fits/fit.yaml")
    fit.write_text(f"extends: {path_from(scenario_path('my.yaml'), fit)}\n", encoding="utf-8")
    assert load_scenario(str(fit))[0].units == ("a",)
    builtin = path_from(scenario_path("an-giang-2017/base"), fit)
    assert Path(builtin).is_absolute()
    fit.write_text(f"extends: {builtin}\n", encoding="utf-8")
    assert len(load_scenario(str(fit))[0]) == 15


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--range", "realisation=0.5:0.1"], "LOW ≤ HIGH"),
        (["--range", "luck=0:1"], "one of realisation"),
        (["--range", "exponent=a:b"], "write e.g."),
        (["--set", "lot=1000"], "lot"),
        (["--set", "published=recruited"], "whole number of lots"),
        (["an-giang-2017/districts-protected"], "(groups)"),
    ],
)
def test_bad_input_is_said(arguments, says):
    made = allocator("calibrate", "--lang", "en", *arguments)
    assert (made.returncode, made.stdout) == (2, "")
    assert says in made.stderr
    assert "Traceback" not in made.stderr

"""What is said of a key or a share written wrongly: where it stands, and what was probably meant."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from allocator.files import builtin_folder, load_scenario
from tests.command import allocator

HEAD = "data: units.csv\ntarget: 6500\nlot: 10\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("messages")
    shutil.copy(builtin_folder() / "an-giang-2017" / "units.csv", made)
    return made


def said(folder: Path, line: str, language: str = "en") -> str:
    """What `run` says of a scenario that holds a line."""
    (folder / "made.yaml").write_text(f"{HEAD}{line}\n", encoding="utf-8")
    done = allocator("run", folder / "made.yaml", language=language)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("line", "place", "key", "percent", "number"),
    [
        ("bounds: {max_share: 60}", "4:10", "bounds.max_share", "60", "0.6"),
        ('bounds: {max_share: "60"}', "4:10", "bounds.max_share", "60", "0.6"),
        ('bounds: {max_share: "0,6"}', "4:10", "bounds.max_share", "60", "0.6"),
        ("bounds: {max_share: 6000}", "4:10", "bounds.max_share", "6000", "60"),
        ("attainment: {missing: 80}", "4:14", "attainment.missing", "80", "0.8"),
        ('attainment: {missing: "0,8"}', "4:14", "attainment.missing", "80", "0.8"),
        ("attainment:\n  ceiling: 100", "5:3", "attainment.ceiling", "100", "1"),
        ("risk: {reachable: 55}", "4:8", "risk.reachable", "55", "0.55"),
        (
            "uncertainty: {default: {dist: triangular, mode: 20}}",
            "4:43", "uncertainty.default.mode", "20", "0.2",
        ),
        ("growth: {realisation: 20}", "4:10", "growth.realisation", "20", "0.2"),
        ("growth: {units: {Châu Phú: 12.5}}", "4:18", "growth.units.Châu Phú", "12.5", "0.125"),
        ("drivers: [{column: workforce, share: 100}]", "4:31", "drivers.0.share", "100", "1"),
        (
            "rules: [{for: all, each: {most: {share: 60, of: available}}}]",
            "4:34", "rules.0.each.most.share", "60", "0.6",
        ),
    ],
)  # fmt: skip
def test_a_percentage_without_its_sign(
    folder: Path, line: str, place: str, key: str, percent: str, number: str, language: str
) -> None:
    told = said(folder, line, language)
    assert told.count("\n") == 1
    assert f"made.yaml:{place}: {key} " in told
    assert f"{percent}%" in told
    assert told.rstrip().endswith(f" {number}")


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("rules: [{for: all, each: {most: {share: 0,6}}}]", "most.share: 0,6 fell apart: write 60%, or 0.6"),
        ("rules: [{for: all, each: {most: {share: 0,6, of: target}}}]", "share: 0,6 fell apart: write 60%, or 0.6"),
        ("rules:\n  - {for: all, each: {most: {of: available, share: 60,5 %}}}", "write 60.5%, or 0.605"),
        ("growth: {units: {Châu Phú: 0,2}}", "growth.units.Châu Phú: 0,2 fell apart: write 20%, or 0.2"),
        ("attainment: {exponent: 0,5}", "attainment.exponent: 0,5 fell apart: write 0.5"),
        ("bounds: {min_quota: 1,200}", "bounds.min_quota: 1,200 fell apart: write 1200"),
        ("bounds:\n  max_share: 0,6", "5:14: 0,6 is written with a comma: write 0.6; if it is a share also 60%"),
    ],
)  # fmt: skip
def test_a_decimal_comma(folder: Path, line: str, meant: str) -> None:
    told = said(folder, line)
    assert told.count("\n") == 1
    assert told.rstrip().endswith(meant)


@pytest.mark.parametrize("written", ["55.45 %", "55,45%", '"55,45 %"', "0.5545"])
@pytest.mark.parametrize(
    ("key", "read"),
    [
        ("growth.realisation", lambda made: made.growth.realisation),
        ("bounds.max_share", lambda made: made.bounds.max_share),
        ("attainment.missing", lambda made: made.attainment.missing),
        ("risk.reachable", lambda made: made.risk.reachable),
        ("unions.share", lambda made: made.unions.share),
        ('growth.units."Châu Phú"', lambda made: made.growth.units["Châu Phú"]),
        ("uncertainty.default.mode", lambda made: made.uncertainty.default.mode),
    ],
)
def test_a_share_is_read_wherever_it_stands(folder: Path, key: str, read, written: str) -> None:
    dist = ["uncertainty.default.dist=triangular"] * key.startswith("uncertainty")
    assert read(load_scenario("an-giang-2017/base", [*dist, f"{key}={written}"])[1]) == 0.5545
    *above, last = key.replace('"', "").split(".")
    text = (
        "".join(f"{'  ' * depth}{name}:\n" for depth, name in enumerate(above))
        + f"{'  ' * len(above)}{last}: {written}\n"
    )
    text = text.replace("  default:\n", "  default:\n    dist: triangular\n")
    (folder / "made.yaml").write_text(HEAD + text, encoding="utf-8")
    assert read(load_scenario(folder / "made.yaml")[1]) == 0.5545


def test_a_mean_and_its_deviation_are_shares() -> None:
    changes = ["uncertainty.default={dist: normal, mean: 20 %, sd: 5 %}"]
    made = load_scenario("an-giang-2017/base", changes)[1].uncertainty.default
    assert (made.mean, made.sd) == (0.2, 0.05)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("min_quota: 20", "4:1: unknown key min_quota: did you mean bounds.min_quota?"),
        ("minQuota: 20", "did you mean bounds.min_quota?"),
        ("realisation: 0.2", "4:1: unknown key realisation: did you mean growth.realisation?"),
        ("realization: 0.2", "did you mean growth.realisation?"),
        ("max_shre: 0.2", "did you mean bounds.max_share?"),
        ("targt: 1", "did you mean target?"),
        ("bounds: {max_shre: 0.6}", "4:10: unknown key bounds.max_shre: did you mean bounds.max_share?"),
        ("bounds: {realisation: 0.6}", "unknown key bounds.realisation: did you mean growth.realisation?"),
        ("bounds: {min: 20}", "did you mean bounds.units.*.min and groups.min?"),
        ("bounds: {units: {An Phú: {mn: 20}}}", "4:27: unknown key bounds.units.An Phú.mn: did you mean bounds.units"),
        ("locks: [{units: An Phú, quota: 30}]", "4:10: unknown key locks.0.units: did you mean locks.unit, growth."),
        ("groups: [{name: A, unit: [An Phú], min: 10}]", "did you mean groups.units and locks.unit?"),
        ("levels: [{max_share: 0.5}]", "did you mean levels.bounds.max_share and bounds.max_share?"),
        ("rules: [{for: all, least: 20}]", "did you mean rules.each.least and rules.together.least?"),
        ("uncertainty: {default: {dist: pert, hgh: 1}}", "did you mean uncertainty.default.high?"),
        ("growth.realisation: 0.2", "as --set takes it: in a file write growth: {realisation: …}"),
        ("zzz: 1", "4:1: unknown key zzz: the keys here are title, question, data"),
    ],
)  # fmt: skip
def test_a_near_miss_finds_the_key_at_any_depth(folder: Path, line: str, message: str) -> None:
    assert message in said(folder, line)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("min_quota=20", "did you mean bounds.min_quota?"),
        ("growth.realization=0.3", "did you mean growth.realisation?"),
        ("levels.growth.realisation=0.3", "levels must be a list"),
        ("uncertainty.default.mode=20%", "the key uncertainty.default.dist is missing"),
        ("bounds.max_share=60", "bounds.max_share is 60: if 60% is meant, write 60%, or 0.6"),
        ("bounds.max_share=0,6", "write 0.6; if it is a share also 60%"),
        ("growth={realisation: 0,2}", "growth.realisation: 0,2 fell apart: write 20%, or 0.2"),
    ],
)
def test_a_change_is_told_of_likewise(change: str, message: str) -> None:
    done = allocator("run", "--set", change, language="en")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: --set {change}")
    assert message in done.stderr


@pytest.mark.parametrize(
    ("line", "messages"),
    [
        ("signpost: hamilton", ["signpost is hamilton: use one of 'webster', 'jefferson', 'adams', "]),
        ("attainment: {missing: provnce}", ["attainment.missing is provnce: use one of 'province', or a number"]),
        ("carry_over: some", ["carry_over is some: use one of 'all' and 'none', or a number"]),
        ("carry_over: -0.5", ["carry_over is -0.5, below what is allowed (0)"]),
        ("carry_over: 150%", ["carry_over is 1.5, above what is allowed (1)"]),
        ("uncertainty: {default: {dist: uniforn}}", ["uncertainty.default.dist is uniforn: use one of 'uniform', "]),
        ("uncertainty: {default: {dist: values, values: [0.1], foo: 1}}", ["unknown key uncertainty.default.foo: "]),
        ("uncertainty: {default: {dist: normal, mean: 0.2, sd: 0}}", ["sd is 0: it must be above 0"]),
        ("growth: {realisation: 150}", ["growth.realisation is 150, above what is allowed (1)"]),
        ("season: [5, 5, 10, 10, 10, 10, 10, 10, 10, 10, 5, 5]", ["season.0 is 5, "] + ["season."] * 11),
        ("locks: [{quota: 30}]", ["the key locks.0.unit is missing"]),
    ],
)  # fmt: skip
def test_of_several_ways_to_be_wrong_the_most_telling_is_said(folder: Path, line: str, messages: list[str]) -> None:
    lines = said(folder, line).splitlines()
    assert len(lines) == len(messages)
    assert all(message in each for message, each in zip(messages, lines, strict=True))


def test_two_missing_keys_are_both_told(folder: Path) -> None:
    (folder / "none.yaml").write_text("lot: 10\n", encoding="utf-8")
    told = allocator("run", folder / "none.yaml", language="en").stderr
    assert ["data" in told.splitlines()[0], "target" in told.splitlines()[1]] == [True, True]


@pytest.mark.parametrize("changes", [None, 5, "lot=1", ["lot=1"]])
def test_what_is_no_mapping_changes_no_scenario(changes: object) -> None:
    with pytest.raises(TypeError, match="a mapping of keys to values is needed"):
        load_scenario("an-giang-2017/base")[1].changed(changes)  # type: ignore[arg-type]

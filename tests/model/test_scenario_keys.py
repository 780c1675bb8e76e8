"""Every key of a scenario is described in both languages, with an example that is one; `schema` and `keys` say it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from allocator.data.settings import parse_yaml
from allocator.files import load_scenario
from allocator.model.keys import Key
from allocator.model.scenario import Scenario, scenario_keys
from allocator.words import LANGUAGES, Words, catalogue
from tests.command import allocator

TABLE = """unit,parent,kind,workforce,published_quota,own_maximum,term_target
An Giang,,province,25000,7500,12500,1000
Châu Phú,An Giang,district,5000,2000,2500,1000
An Phú,An Giang,district,5000,1500,2500,1000
Tịnh Biên,An Giang,district,5000,1500,2500,1000
Tri Tôn,An Giang,district,5000,1000,2500,1000
Y tế,An Giang,sector,5000,500,2500,1000
"""


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for inner in getattr(annotation, "__args__", ()):
        yield from models(inner)


def properties(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema, wherever it stands."""
    if isinstance(node, dict):
        yield from node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ()
        for name, each in node.items():
            if name not in ("examples", "default"):
                yield from properties(each)
    elif isinstance(node, list):
        for each in node:
            yield from properties(each)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_property_of_the_schema_is_described_and_shown(language: str) -> None:
    document = scenario_keys().schema(Words(language))
    found = list(properties(document))
    assert [name for name, each in found if not each.get("description") or not each.get("examples")] == []
    assert "title" not in document
    texts = set(catalogue(language).values())
    assert [each["description"] for _, each in found if each["description"] not in texts] == []


def test_every_field_of_every_model_is_a_key() -> None:
    """But for what is only written in another way: `for: all`, `least: 20`."""
    names = {field.alias or name for model in models(Scenario) for name, field in model.model_fields.items()}
    assert names - {each.name for each in scenario_keys().all} == {"every", "members"}


def test_no_description_is_of_a_key_that_is_gone() -> None:
    described = {f"key.{each.path}" for each in scenario_keys().once}
    assert {key for key in catalogue("en") if key.startswith("key.")} == described


@pytest.mark.parametrize("key", scenario_keys().once, ids=lambda key: key.path)
def test_an_example_is_a_scenario(key: Key, tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text(TABLE, "utf-8")
    (tmp_path / "base.yaml").write_text("data: units.csv\ntarget: 6500\n", "utf-8")
    values, _ = parse_yaml(key.example, "")
    given = {"data": "data: units.csv\n", "target": "target: 6500\n"}
    rest = "".join(line for name, line in given.items() if name not in values)
    (tmp_path / "made.yaml").write_text(f"{rest}{key.example}\n", "utf-8")
    table, scenario = load_scenario(tmp_path / "made.yaml")
    assert (len(table), scenario.target) == (6, 6500)
    assert key.path.partition(".")[0] in values


def test_unit_range_and_default_are_the_models() -> None:
    found = {each.path: each for each in scenario_keys().all}
    realisation, lock, lot = found["growth.realisation"], found["locks.quota"], found["levels.lot"]
    assert (realisation.unit, realisation.range, realisation.default) == ("share", {"least": 0, "most": 1}, 1.0)
    assert (lock.type, lock.unit, lock.required, lock.default) == ("integer", "members", True, None)
    assert (lot.unit, lot.range) == ("members", {"least": 1, "most": 9_000_000_000})
    assert found["unions.least_workers"].unit == "workers"
    assert found["growth.units"].unit == "share"
    assert found["uncertainty.default.sd"].range == {"above": 0, "most": 1e6}
    assert found["bounds.max_share"].range == {"least": 0, "most": 10}
    values = found["uncertainty.default.dist"].range
    assert values is not None
    assert values["values"] == ["uniform", "triangular", "pert", "beta", "normal", "lognormal", "values"]
    assert found["levels.growth.realisation"].described == "growth.realisation"
    assert found["uncertainty.kinds.*.mode"].described == "uncertainty.default.mode"


def test_the_schema_takes_what_a_file_may_hold() -> None:
    document = scenario_keys().schema(Words("en"))
    assert document["anyOf"] == [
        {"required": each} for each in (["data", "target"], ["follows", "target"], ["extends"])
    ]
    share, percent = document["$defs"]["Growth"]["properties"]["realisation"]["anyOf"]
    assert (share["minimum"], share["maximum"], percent["type"]) == (0, 1, "string")
    amount, of, column = document["$defs"]["Amount"]["anyOf"]
    assert amount["anyOf"][0]["type"] == "integer"
    assert (of["required"], column["required"]) == (["share", "of"], ["column"])
    word, whom = document["$defs"]["Whom"]["anyOf"]
    assert (word["enum"], "every" in whom["properties"]) == (["all", "nodes"], False)


@pytest.mark.parametrize(("language", "word"), [("en", "expected to come"), ("vi", "thành hiện thực")])
def test_keys_explains_in_both_languages(language: str, word: str) -> None:
    told = allocator("keys", "growth.realisation", language=language)
    assert told.returncode == 0
    assert word in " ".join(told.stdout.split())
    assert "growth: {realisation: 20%}" in told.stdout
    document = json.loads(allocator("keys", "--json", language=language).stdout)
    assert [each["key"] for each in document["keys"]] == [each.path for each in scenario_keys().once]
    names = {"key", "description", "type", "unit", "range", "default", "required", "example"}
    assert all(set(each) == names and each["description"] and each["example"] for each in document["keys"])
    schema = json.loads(allocator("schema", language=language).stdout)
    said = {each["key"]: each["description"] for each in document["keys"]}
    assert schema["$defs"]["Growth"]["properties"]["realisation"]["description"] == said["growth.realisation"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("growth", ["growth", "growth.realisation", "growth.units"]),
        ("bounds.pace", [f"bounds.pace{each}" for each in ("", ".reference", ".down", ".up", ".firm")]),
        ("realisation", ["growth.realisation"]),
        ("realization", ["growth.realisation"]),
        ("bounds.max_shre", ["bounds.max_share"]),
        ("levels.growth.realisation", ["levels.growth.realisation"]),
        ('bounds.units."An Phú".min', ["bounds.units.*.min"]),
    ],
)
def test_keys_finds_what_is_nearly_named(asked: str, found: list[str]) -> None:
    document = json.loads(allocator("keys", asked, "--json").stdout)
    assert [each["key"] for each in document["keys"]] == found


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_key_names_the_nearest(language: str) -> None:
    done = allocator("keys", "percentage_cap", language=language)
    assert (done.returncode, done.stdout) == (2, "")
    assert "percentage_cap: " in done.stderr
    assert "risk.reachable" in done.stderr or "bounds." in done.stderr


def test_a_name_with_an_accent_stored_in_two_parts_is_the_same(tmp_path: Path) -> None:
    """Places of errors are found whichever way a name is written."""
    (tmp_path / "made.yaml").write_text("data: x.csv\ntarget: 1\ngrowth: {units: {An Phu\u0301: 20}}\n", "utf-8")
    done = allocator("run", tmp_path / "made.yaml", language="en")
    assert "made.yaml:3:18: growth.units.An Phú is 20, above what is allowed (1): if 20% is meant" in done.stderr

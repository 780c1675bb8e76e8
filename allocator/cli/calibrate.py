"""`allocator calibrate`: which assumptions best explain the published table, and what none explains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.asking import case, give
from allocator.questions import find
from allocator.questions.calibrate import parameter, value
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.model.scenario import Scenario


@command("calibrate")
@scenario_options
@click.option("--range", "spans", metavar="NAME=LOW:HIGH", multiple=True, help=HELP("cli.calibrate.range"))
@click.option("--write", metavar="FILE", type=click.Path(path_type=Path), help=HELP("cli.calibrate.write"))
def calibrate_scenario(call: Call, given: Given, spans: tuple[str, ...], write: Path | None) -> None:
    """Search, store the best rule if asked to, and print what was found."""
    from allocator.writing import write_whole

    asked = case(given)
    finding = find("calibrate").ask(asked, spans)
    if write is not None:
        write_whole(write, _fitted(call.words, given.scenario, asked.scenario, dict(finding.records), write))
        call.note(call.words("run.stored", file=write))
    give(call, finding)


def _fitted(words: Words, name: str, settled: Scenario, document: dict[str, Any], write: Path) -> str:
    """The fit as a scenario file that extends the one given, the numbers that justify it as its comment."""
    import yaml

    from allocator.files import extends_name, scenario_alone
    from allocator.fit.candidates import changes_of

    texts = {lang: Words(lang) for lang in ("vi", "en")}
    changes = changes_of(document["best"])
    made = settled.changed(
        {
            **changes,
            "title": {lang: each("calibrate.title") for lang, each in texts.items()},
            "question": {lang: each("calibrate.question") for lang, each in texts.items()},
        }
    )
    base = scenario_alone(name)
    body = _difference(base.model_dump(mode="json"), made.model_dump(mode="json"))
    reasons = "".join(f"# {line}\n" for line in _reasons(words, document))
    head = {"extends": extends_name(name, write), **body}
    return reasons + yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=120)


def _difference(base: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """What `made` changes in `base`, key by key."""
    return {
        key: _difference(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in made.items()
        if base.get(key) != value or key not in base
    }


def _reasons(words: Words, document: dict[str, Any]) -> Iterator[str]:
    """Lines that justify a stored fit."""
    yield words("calibrate.why", **document["best"])
    yield words("calibrate.why_limit", best=document["best"]["misplaced"], limit=document["limit"])
    for each in document["intervals"]:
        ends = (value(each["low"]), value(each["high"]))
        yield words("calibrate.why_interval", name=parameter(each["parameter"]), low=ends[0], high=ends[1])
    yield words("calibrate.caution")

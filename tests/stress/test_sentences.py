"""Some of the random questions that `python -m tests.stress.sentences` asks by the thousand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from allocator.errors import Fault
from tests.stress.asked import ASKED
from tests.stress.sentences import TRUTHS, Said, Scene, judged, scenes, wrong

UNTOLD = ("explain.room", "most")
"""A figure that a text is given and no language tells."""


def test_no_sentence_is_false() -> None:
    counts = Counter[str]()
    for seed in range(260):
        assert [*wrong(seed, counts)] == [], seed
    assert all(counts[f"({name})"] > 30 for name in ASKED), counts
    assert len(counts) > 120, counts


def test_every_sentence_that_is_spoilt_is_found_false() -> None:
    tried = Counter[tuple[str, str]]()
    for seed in range(110):
        for scene in scenes(seed):
            for each in scene.said:
                for name, text in spoilt(each) if each.key in TRUTHS else ():
                    tried[each.key, name] += 1
                    assert found_false(scene, replace(each, text=text)), (seed, scene.question, text)
    assert len(tried) > 100, tried


def spoilt(each: Said) -> Iterator[tuple[str, Fault]]:
    """The text with one figure, or one of its names, that is another."""
    assert isinstance(each.text, Fault)
    for name, value in each.values.items():
        if (each.key, name) != UNTOLD and (other := another(value, 2 if name == "members" else 1)) is not None:
            yield name, replace(each.text, values={**each.values, name: other})


def another(value: Any, more: int) -> Any:
    """Another one; of members two more, as some are told rounded."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value + more
    if isinstance(value, list | tuple):
        return [*value][:-1] if value else None
    if isinstance(value, Fault):
        return replace(value, key=f"{value.key}_")
    return f"{value}_" if isinstance(value, str) and value else None


def found_false(scene: Scene, each: Said) -> bool:
    try:
        return bool([*judged(scene, each)])
    except (KeyError, RuntimeError, StopIteration, AttributeError, ValueError):  # it names what there is not
        return True

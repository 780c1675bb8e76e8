"""Every sentence of the answers to random questions, worked out again from the inputs.

    python -m tests.stress.sentences 2000 [SEED]

asks `run`, `run` against another scenario, `explain`, `compare`, `review` and `sensitivity` of that many random tables
that have an allocation, and looks at all that is said: the title, the lines, the texts, the notes, the headers and the
cells. Every text that has figures, and every one that stands by itself, needs a function of its key in `TRUTHS` that
says what its figures are or whether it holds; every one must become words in both languages. It prints how many tables
there were, how many sentences of each key, and every one that is false, with its seed; and ends with status 1 where
there is one.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from allocator.errors import AllocatorError, Fault, InputError
from allocator.finding import Column, Finding, Listing, Text
from allocator.questions import Case
from allocator.words import LANGUAGES, Words
from tests.stress.drawn import Drawn, drawn
from tests.stress.facts import Facts

Asked = Callable[[Drawn], Finding | None]
LABELS = ("measure.", "position.", "rulename.", "explain.degenerate", "column.published", "run.total")
"""Texts of cells that say nothing by themselves; headers and titles without figures never do."""
UNSUMMED = ("rate", "pace", "effort", "effort_published", "low", "high", "forecast", "moved", "net", "gross",
            "shortfall_probability", "cvar90", "cvar95")  # fmt: skip
"""Columns whose total is of all together, and no sum: a share, an interval, a forecast; `shown` rounds the others."""


@dataclass(frozen=True)
class Said:
    """Something said.

    Attributes:
        text: what.
        at: where: `title`, `line`, `text`, `note`, `header` or `cell`.
        listing: whose note or cell it is.
        row: of which row.
        column: in which column.
        section: the key of the section it stands in, as far as it is a section's title or text.
    """

    text: Text
    at: str
    listing: Listing | None = None
    row: int = 0
    column: Column | None = None
    section: str = ""

    @property
    def key(self) -> str:
        """The key of its text; empty where that is a name."""
        return self.text.key if isinstance(self.text, Fault) else ""

    @property
    def values(self) -> Mapping[str, Any]:
        """Its figures."""
        return self.text.values if isinstance(self.text, Fault) else {}


@dataclass(frozen=True, eq=False)
class Scene:
    """What is known where something is said: the question, what was drawn, what was found, the facts of both cases."""

    question: str
    drawn: Drawn
    found: Finding
    facts: Facts
    beside: Facts

    def of(self, case: Case) -> Facts:
        """The facts of one of the cases."""
        return self.facts if case is self.drawn.case else self.beside

    @cached_property
    def said(self) -> list[Said]:
        """All that is said."""
        return list(said(self.found))

    def keys(self, at: str) -> list[str]:
        """Keys of what is said there."""
        return [each.key for each in self.said if each.at == at]


Truth = Callable[[Scene, Said], Any]
TRUTHS: dict[str, Truth] = {}
"""By key: the figures that the text must have, or whether it holds, or a list of what is wrong."""


def true_of(*keys: str) -> Callable[[Truth], Truth]:
    """Decorator: the function knows the truth of these texts."""

    def made(truth: Truth) -> Truth:
        TRUTHS.update(dict.fromkeys(keys, truth))
        return truth

    return made


def said(found: Finding) -> Iterator[Said]:
    """All texts of a finding, those of several sentences one by one."""
    placed: list[tuple[Any, Said]] = [
        (getattr(found, "title", ""), Said("", "title")),
        *((each, Said("", "line")) for each in found.lines),
    ]
    for section in found.sections:
        texts = ((section.title, "title"), *((each, "text") for each in section.texts))
        placed += [(each, Said("", at, section=section.key)) for each, at in texts]
        for listing in section.listings:
            placed += [
                (listing.title, Said("", "title")),
                *((note, Said("", "note", listing)) for note in listing.notes),
            ]
            for at, column in enumerate(listing.columns):
                placed += [(head, Said("", "header", listing, 0, column)) for head in (column.header, column.group)]
                placed += [(row[at], Said("", "cell", listing, n, column)) for n, row in enumerate(listing.rows)]
    for value, place in placed:
        for text in one_by_one(value):
            if text != "" and text is not None and not isinstance(text, int | float):
                yield replace(place, text=text)


def one_by_one(value: Any) -> Iterator[Any]:
    """The texts of a text of several."""
    for each in value if isinstance(value, tuple) else ():
        yield from one_by_one(each)
    if not isinstance(value, tuple):
        yield value


class Strict(Words):
    """Words that note a figure that is missing."""

    missing = False

    def number(self, value: float | None, decimals: int = 0) -> str:
        """As `Words`; None, infinity and what is no number are noted."""
        self.missing = self.missing or value is None or value != value or abs(value) == float("inf")
        return super().number(value, decimals)


def unreadable(each: Said, what: Text) -> Iterator[str]:
    """What is wrong with a text as words, in each language; `what` is shared out."""
    for language in LANGUAGES:
        words = Strict(language).about(what)
        try:
            told = words.told(each.text)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            yield f"{each.key} cannot be told in {language}: {error!r}"
            continue
        if re.search("None(?! of)", told) or re.search(r"\{\w*\W", told.replace("{x}", "").replace("{agreed}", "")):
            yield f"{each.key} as words: {told!r}"
        if not told.strip() and each.at != "cell":
            yield f"{each.key} says nothing"
        if getattr(words, "missing", False) and each.at not in ("cell", "header"):
            yield f"{each.key} lacks a figure: {told!r}"


def differing(right: Any, given: Any) -> bool:
    """Whether a figure is not what it should be: floats within rounding, all else exactly."""
    if isinstance(right, float) or isinstance(given, float):
        numbers = isinstance(right, int | float) and isinstance(given, int | float)
        return not numbers or abs(right - given) > 1e-9 * max(1.0, abs(right))
    if isinstance(right, Fault) and isinstance(given, Fault):
        return right.key != given.key or differing(dict(right.values), dict(given.values))
    if isinstance(right, Mapping) and isinstance(given, Mapping):
        return right.keys() != given.keys() or any(differing(right[key], given[key]) for key in right)
    if isinstance(right, list | tuple) and isinstance(given, list | tuple):
        return len(right) != len(given) or any(map(differing, right, given))
    return bool(right != given)


def judged(scene: Scene, each: Said) -> Iterator[str]:
    """What is false of one text."""
    truth = TRUTHS.get(each.key)
    if truth is None:
        named = each.at in ("title", "header") or each.key.startswith(LABELS)
        bare = not each.values or each.key.startswith("rulename.")
        if isinstance(each.text, Fault) and not (each.at not in ("line", "text", "note") and named and bare):
            yield f"{each.key} has no truth"
        return
    try:
        right = truth(scene, each)
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        StopIteration,
        AssertionError,
    ) as error:
        right = f"it names what there is not: {error!r}"
    if isinstance(right, Mapping):
        if wrong := {key: (right.get(key), each.values[key]) for key in each.values
                     if key not in right or differing(right[key], each.values[key])}:  # fmt: skip
            yield f"{each.key} {dict(each.values)}: (right, said) {wrong}"
    elif isinstance(right, str):
        yield f"{each.key} {dict(each.values)}: {right}"
    elif not right:
        yield f"{each.key} {dict(each.values)} does not hold"


def unsummed(listing: Listing) -> Iterator[str]:
    """Columns whose shown figures do not add up to the total under them."""
    if listing.total is None:
        return
    for column, *values, total in zip(listing.columns, *listing.shown, listing.total, strict=True):
        if column.is_text or column.key in UNSUMMED or not isinstance(total, int | float) or None in values:
            continue
        shown = [round(each, column.decimals) for each in values]
        if abs(sum(shown) - round(total, column.decimals)) > 1e-6:
            yield f"{listing.key}.{column.key}: {shown} do not add up to {total}"


def misplaced(scene: Scene) -> Iterator[str]:
    """What is wrong with the order and number of what is said."""
    found = scene.found
    if len(found.lines) > 5:
        yield f"{len(found.lines)} lines"
    for listing in found.listings:
        yield from unsummed(listing)
        if any(
            len(row) != len(listing.columns) for row in (*listing.rows, *([listing.total] if listing.total else []))
        ):
            yield f"{listing.key} has rows of another length"
    yield from (ORDERS.get(scene.question) or (lambda _: ()))(scene)


ORDERS: dict[str, Callable[[Scene], Iterator[str]]] = {}
"""By question: what is wrong with a finding's sentences and rows beside its records."""


def ordered(*questions: str) -> Callable[[Callable[[Scene], Iterator[str]]], Callable[[Scene], Iterator[str]]]:
    """Decorator: the function looks at the finding of these questions as a whole."""

    def made(order: Callable[[Scene], Iterator[str]]) -> Callable[[Scene], Iterator[str]]:
        ORDERS.update(dict.fromkeys(questions, order))
        return order

    return made


def scenes(seed: int) -> Iterator[Scene]:
    """What is found of one random case, question by question; nothing where it has no allocation."""
    from tests.stress.asked import ASKED

    made = drawn(seed)
    if made is None:
        return
    facts = [Facts(each.table, each.scenario) for each in (made.case, made.other)]
    for name, ask in ASKED.items():
        try:
            found = ask(made)
        except InputError:  # a review of a tree, or reports that are refused
            continue
        except AllocatorError as error:
            if name not in ("review", "compare_published"):
                raise AssertionError(f"{name} is refused: {error}") from error
            continue
        if found is not None:
            yield Scene(name, made, found, *facts)


def wrong(seed: int, counts: Counter[str]) -> Iterator[str]:
    """What is false of one random case; counts what was looked at."""
    for scene in scenes(seed):
        counts[f"({scene.question})"] += 1
        for each in scene.said:
            if each.key in TRUTHS:
                counts[each.key] += 1
            yield from (
                f"{scene.question}: {text}"
                for text in (*unreadable(each, scene.drawn.case.scenario.what), *judged(scene, each))
            )
        yield from (f"{scene.question}: {text}" for text in misplaced(scene))


def main(count: int, first: int = 0) -> int:
    """Asks about `count` tables that have an allocation; the number of false sentences."""
    counts, false, seed = Counter[str](), 0, first
    while counts["(run)"] < count:
        for text in wrong(seed, counts):
            false += 1
            print(f"{seed}: {text}", flush=True)
        seed += 1
    asked = {key: each for key, each in counts.items() if key.startswith("(")}
    for key in sorted(counts.keys() - asked.keys()):
        print(f"{counts[key]:8} {key}")
    print(
        f"seeds {first} to {seed - 1}: {asked}, {sum(counts.values()) - sum(asked.values())} sentences, {false} false"
    )
    return false


if __name__ == "__main__":
    from tests.stress import sentences

    sys.exit(bool(sentences.main(*map(int, sys.argv[1:3]))))

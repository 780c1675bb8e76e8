"""The page for a meeting room: slides of a state, each one picture and one sentence, what was before beside what is.

Every figure of a slide is of the state in the link. Whoever wants others to guess first sees a question and no figure
of what is now; the answer is one step further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any

from allocator.data.table import Number
from allocator.model.allocation import Allocation
from allocator.model.claims import efforts
from allocator.web.look import Look, link
from allocator.web.names import capital
from allocator.web.state import State
from allocator.web.store import Store
from allocator.web.units import UnitRow, bar_of
from allocator.web.view import view
from allocator.why.explanation import sentences_of, steps
from allocator.words import Words

MOST_UNITS = 20
"""Units whose bars can be told apart from the last row of seats."""
MOST_MOVED = 5
"""Units that have a slide of their own."""


@dataclass(frozen=True)
class Big:
    """A bar that stands alone: what it is, its place in its picture as `bar_of` gives it, its figures as text."""

    label: str
    bar: tuple[float, float, float | None] | None
    figure: str
    beside: str = ""


@dataclass(frozen=True)
class Slide:
    """One picture with its sentence.

    Attributes:
        title: what it is about.
        sentence: what it says.
        asks: what is asked before it is shown; blank where nothing is to be guessed.
        before: a large bar of what was; `after`: those of what is.
        rows: units, each with a bar of what was and one of what is.
        against: what these units are compared with.
        rest: of units that have no row: how many, their quotas before (None where unknown) and now.
        notes: lines that stand for a picture.
    """

    title: str
    sentence: str
    asks: str = ""
    before: Big | None = None
    after: Sequence[Big] = ()
    rows: Sequence[UnitRow] = ()
    against: str = ""
    rest: tuple[int, Number | None, Number] | None = None
    notes: Sequence[str] = ()


def presented(store: Store, query: Mapping[str, str], state: State, look: Look, words: Words) -> dict[str, Any]:
    """What the template needs: the slide asked for, or `all` of them, and the links that lead on from it."""
    every, guess = slides(store, state, look, words), "guess" in query
    ways = [
        (at, hides) for at, each in enumerate(every) for hides in (True, False) if (each.asks and guess) or not hides
    ]
    asked = query.get("slide", "")
    at = min(int(asked), len(every)) - 1 if re.fullmatch(r"[1-9][0-9]{0,2}", asked) else 0
    here = ways.index((at, False)) - (guess and "shown" not in query and bool(every[at].asks))
    base = f"{link(state, look)}&lang={words.language}"

    def led(way: tuple[int, bool], guess: bool) -> str:
        asks = "&guess=1" + ("" if way[1] else "&shown=1") if guess else ""
        return f"/present?{base}&slide={way[0] + 1}{asks}"

    alone = asked != "all"
    shown = [ways[here]] if alone else [way for way in ways if not way[1]]
    return {
        "slides": [(each, every[each], hides) for each, hides in shown],
        "count": len(every),
        "guess": guess,
        "scale": look.scale,
        "links": {
            "leave": f"/?{base}",
            "back": led(ways[here - 1], guess) if alone and here else "",
            "next": led(ways[here + 1], guess) if alone and here + 1 < len(ways) else "",
            "turn": led((at, True), not guess) if alone and any(each.asks for each in every) else "",
            "all": f"/present?{base}&slide=all" if alone else "",
            "one": "" if alone else f"/present?{base}",
        },
    }


def slides(store: Store, state: State, look: Look, words: Words) -> list[Slide]:
    """The slides of a state, at least one; of a state without an allocation the one that says why."""
    shown = view(store, state, replace(look, find="", kind="", page=0, open=""), None, words)
    if shown["now"] is None:
        said = words("page.infeasible" if shown["collides"] else "page.unusable")
        remedies = [words("page.remedies"), *(text for text, _ in shown["remedies"])] if shown["remedies"] else []
        return [Slide(words("present.nothing"), said, notes=[*shown["faults"], *remedies])]
    rows: list[UnitRow] = sorted(shown["rows"], key=lambda row: -(row.reference or row.quota or 0))
    against = words(f"page.ref.{shown['reference']}")
    moved = _units(shown["now"], rows, shown["reference"], against, words)
    return [_whole(shown, rows, against, words), _all(shown, rows, against, words), *moved, _settings(shown, words)]


def _whole(shown: Mapping[str, Any], rows: Sequence[UnitRow], against: str, words: Words) -> Slide:
    """The target, its share of the workforce, and the members that moved.

    Units of which there is nothing to compare with are left out, and named.
    """
    now, known = shown["now"], [row for row in rows if row.reference is not None]
    left = [row.unit for row in rows if row.reference is None]
    before, total = _sum([row.reference for row in known]), sum(row.quota or 0 for row in known or rows)
    changes = [row.change for row in known if row.change is not None]
    moved = shown["gained"] and shown["gained"][0]
    figures = {"total": total, "before": before, "moved": moved, "count": len(known or rows), "against": against,
               "up": sum(each > 0 for each in changes), "down": sum(each < 0 for each in changes),
               "same": changes.count(0)}  # fmt: skip
    kind = "same" if before == total else "other"
    kind = "alone" if not known else "part" if left else kind if any(changes) else "none"
    end = max(total, before or 0)
    available = dict(zip(now.table.units, now.claims.available, strict=True))
    whole = sum(available[row.unit] for row in known or rows)
    shares = efforts((before or 0, total), (whole, whole))
    asked = ["" if each is None else words("present.of_workforce", share=each) for each in shares]
    after = [Big(words("present.now"), bar_of(total, before, end), words.number(total), asked[1])]
    if kind != "alone" and before == total and any(changes):
        of = words("present.of_target", share=moved / total)
        after.append(Big(words("present.moved"), bar_of(moved, None, end), words.number(moved), of))
    said = [words(f"present.whole.{kind}", **figures)]
    said += [words("compare.left_out", count=len(left), units=left)] * (kind == "part")
    return Slide(
        title=" – ".join(filter(None, (shown["title"] or words("page.title"), shown["altered"]))),
        sentence=" ".join(said),
        asks=words("present.asks.whole", against=against),
        before=Big(against, bar_of(before, None, end), words.number(before), asked[0]) if known else None,
        after=after,
    )


def _all(shown: Mapping[str, Any], rows: Sequence[UnitRow], against: str, words: Words) -> Slide:
    """Every unit, or the largest and what the others have together."""
    ends, rest = shown["extremes"], rows[MOST_UNITS:]
    figures = {"effort": shown["effort_total"], "count": len(rows)}
    for name, (value, units) in zip(("least", "most"), ends, strict=False):
        figures |= {name: value, f"{name}_units": units}
    left = (len(rest), _sum([row.reference for row in rest]), sum(row.quota or 0 for row in rest)) if rest else None
    return Slide(
        title=words("page.table"),
        sentence=words("present.all" if ends else "present.all_none", **figures),
        asks=words("present.asks.all"),
        rows=rows[:MOST_UNITS],
        against=against,
        rest=left,
    )


def _units(now: Allocation, rows: Sequence[UnitRow], reference: str, against: str, words: Words) -> Iterator[Slide]:
    """Those that gain and lose most, in turn, each with the sentences that say why."""
    order = sorted(rows, key=lambda row: -abs(row.change or 0))
    gain, lose = ([row for row in order if (row.change or 0) * sign > 0] for sign in (1, -1))
    moved = [row for row in chain.from_iterable(zip_longest(gain, lose)) if row][:MOST_MOVED]
    found = steps(now) if moved else ()
    for row in moved:
        at = now.table.units.index(row.unit)
        told = sentences_of(now, at, found[at])
        first, *_, why = told
        if reference != "published":  # the last one is about the published table; before it, what holds the quota
            why = next(each for each in told if each.key.startswith("sentence.held."))
        end = max(row.quota or 0, row.reference or 0)
        figures = words.number(row.quota), words.signed(row.change)
        yield Slide(
            title=row.unit,
            sentence=words.told((first, why)),
            asks=words("present.asks.unit", unit=row.unit, before=row.reference, against=against),
            before=Big(against, bar_of(row.reference, None, end), words.number(row.reference)),
            after=[Big(words("present.now"), bar_of(row.quota, row.reference, end), *figures)],
        )


def _settings(shown: Mapping[str, Any], words: Words) -> Slide:
    """What differs from the start, what units have of their own, and the rules that apply."""
    changed = [f"{label}: {begun} → {text}" for _, label, begun, text in shown["changes"]]
    rules = [f"{capital(each['title'])} – {words('rule.status.' + each['status'])}" for each in shown["rules"]]
    said = [words(f"present.{key}", count=len(listed)) if listed else words(f"page.no_{key}")
            for key, listed in (("changes", changed), ("rules", rules))]  # fmt: skip
    own = [f"{label}: {text}" for label, text in shown["kept"]]
    return Slide(words("present.settings"), " ".join(said), notes=[*changed, *own, *rules])


def _sum(values: Sequence[Number | None]) -> Number | None:
    """The sum; None where one is unknown, or none is known."""
    known = [each for each in values if each is not None]
    return sum(known) if known and len(known) == len(values) else None

"""What a screen shows, and whether all of it belongs to the state in its address.

A screen is read in the browser in one piece, so that nothing in it is of two moments. What it must show is worked out
here from `/run.json` of the link, which must be what the command line prints, and from the command line for whatever it
is compared with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from allocator.model.scenario import Texts
from allocator.words import Words
from tests.web.truth import COMMON, FIELDS, LOOK, PACKED, Result, Truth, begun, held, link_of, linked, packed, typed

HERE = Path(__file__).parent
KEY = re.compile(r"\b[a-z]+(?:[_.][a-z_]+)+\b")
"""A key of the code in a text."""
ENGLISH = re.compile(r"\b(?:the|of|and|quota|published|members|workforce|changed?|unit|loading|not|rule|floor)\b", re.I)
LOOKED = {"sort": "quota", "scale": "effort", "find": "", "kind": "", "asks": "", "open": ""}
"""How the units are looked at where a link does not say."""
WATCH = HERE.joinpath("screen.js").read_text("utf-8")


def gained(changes: Collection[float]) -> tuple[float, float]:
    """Members that some units are asked for more, and others for less."""
    return sum(each for each in changes if each > 0), sum(-each for each in changes if each < 0)


class Expected:
    """All that a screen of a link must show."""

    def __init__(self, truth: Truth, link: str, result: Result, words: Words) -> None:
        self.truth, self.link, self.result = truth, link, result
        self.words = words.about(Texts(**result["scenario"]["what"]))
        self.query = dict(parse_qsl(link, keep_blank_values=True))
        self.start = held(self.query["start"])
        self.units = [each["unit"] for each in result["units"]]
        self.quotas = {each["unit"]: each["quota"] for each in result["units"]}
        self.effort = {each["unit"]: each["effort"] for each in result["units"]}
        self.available = {each["unit"]: each["available"] for each in result["units"]}
        published = {each["unit"]: each.get("published") for each in result["units"]}
        self.published = published if any(each is not None for each in published.values()) else None
        self.begun = begun(self.start)
        self.fields = {**{k: v for k, v in self.begun.items() if ":" not in k}, **self.query}
        self.fields = {
            k: v for k, v in self.fields.items() if k.partition(":")[0] not in (*LOOK, "table", "start", "ref")
        }
        self.reference_name, self.reference = self._reference()

    def _reference(self) -> tuple[str, Mapping[str, float | None]]:
        ref = self.query.get("ref", "")
        if ref == "published" or (not ref and self.published):
            return "published", self.published or dict.fromkeys(self.units)
        fields = {**self.begun, **(held(ref) if ref not in ("", "start") else {})}
        fields |= {name: self.query[name] for name in PACKED if not (ref and ref != "start") and self.start[name]}
        found = self.truth.quotas(self.link, {**self._lists(), **fields}) or {}
        return ("start" if ref in ("", "start") else "marked"), {each: found.get(each) for each in self.units}

    def _lists(self) -> dict[str, str]:
        return {name: packed(self.start[name]) for name in PACKED if self.start[name]}

    @property
    def change(self) -> dict[str, float | None]:
        there = self.reference
        return {each: None if there[each] is None else self.quotas[each] - there[each] for each in self.units}  # type: ignore[operator]

    @property
    def scales(self) -> list[str]:
        """What the two bars of a unit are drawn to, the one looked at first."""
        return sorted(("effort", "members"), key=lambda each: each != self.query.get("scale", "effort"))

    def bars(self, unit: str, scale: str) -> list[list[float]]:
        """Percentages of a unit's bar: now or the reference, whichever is less; the rest up to the other; the tick."""
        now: Mapping[str, float | None] = self.effort if scale == "effort" else self.quotas
        there = {u: None if r is None else r if scale != "effort" else share(r, self.available[u])
                 for u, r in self.reference.items()}  # fmt: skip
        if scale == "effort":  # as the page's: a unit without a reference counts as none there
            ends = [*now.values(), *(share(r or 0, self.available[u]) for u, r in self.reference.items())]
        else:
            ends = [*now.values(), *there.values()]
        end = max((each for each in ends if each is not None), default=0)
        a, b = (None if each is None or not end else round(100 * each / end, 1) for each in (now[unit], there[unit]))
        here = a or 0.0
        return [[here, here], []] if b is None else [[min(here, b), here], [min(here, b), abs(here - b), b]]

    def head(self) -> list[str]:
        """The four numbers and what is beside them."""
        words = self.words
        total = share(self.result["target"], sum(self.available.values()))
        (least, low), (most, high) = (ends(self.effort, pick, words) for pick in (min, max))
        asked = words("page.head.effort", least=least, low=low, most=most, high=high)
        return [
            f"{words.number(self.result['target'])} {words('page.head.target', lot=self.query['lot'])}",
            f"{words.percent(total)} {asked if least != most else words('page.head.effort_none')}",
            self._moved(),
            self._most(),
        ]

    def _moved(self) -> str:
        """Members moved; what comes to some and what goes from others, where these are not as many."""
        words, there = self.words, self.words(f"page.ref.{self.reference_name}")
        known = [each for each in self.change.values() if each is not None]
        if not known:
            return f"– {words('page.head.moved', reference=there)}"
        up, down = gained(known)
        if up == down:
            return f"{words.number(up)} {words('page.head.moved', reference=there)}"
        return f"{words.signed(up)} / {words.signed(-down)} {words('page.head.changed', reference=there)}"

    def _most(self) -> str:
        """Who is asked for most more, and for most less; a side that nobody is on is not there."""
        words, change = self.words, self.change
        unknown = [unit for unit, each in change.items() if each is None]
        if len(unknown) == len(change):
            return "–"
        (down, fewer), (up, more) = (ends(change, pick, words) for pick in (min, max))
        figures, told = [], []
        if up > 0:
            figures, told = [words.signed(up)], [words("page.head.up", up=more)]
        if down < 0:
            figures, told = [*figures, words.signed(down)], [*told, words("page.head.down", down=fewer)]
        if not figures:
            figures, told = ["0"], [words("page.head.most_none")]
        if unknown:
            told = [*told, words("page.head.unknown", units=first_two(unknown, words))]
        return f"{' / '.join(figures)} {'; '.join(told)}"

    def steps(self) -> list[str]:
        """The line of steps from the published table to now."""
        assumed = {
            k: v
            for k, v in self.fields.items()
            if any(k.partition(":")[0] in (n, n[:-1]) for n in FIELDS["assumptions"])
        }
        others = {
            k: v
            for k, v in self.begun.items()
            if k.partition(":")[0] not in {n.rstrip(":") for n in FIELDS["assumptions"]}
        }
        notes = {k: v for k, v in self.fields.items() if k.startswith(("by:", "reason:"))}
        line = [
            ("published", self.published),
            ("start", self.truth.quotas(self.link, {**self._lists(), **self.begun})),
            ("assumptions", self.truth.quotas(self.link, {**self._lists(), **others, **notes, **assumed})),
            ("now", self.quotas),
        ]
        made, before = [], None
        for key, here in line:
            far = "–"
            both = [u for u in here or () if before and None not in (here[u], before[u])]
            if both:
                up, down = gained([here[u] - before[u] for u in both])
                moved = self.words("page.stage_moved", moved=up)
                far = moved if up == down else self.words("page.stage_changed", up=up, down=down)
            made.append(self.words(f"page.stage.{key}") + (f" {far}" if key != "published" else ""))
            before = here
        return made


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def ends(values: Mapping[str, float | None], pick: Any, words: Words) -> tuple[float, list[str]]:
    """The least or the largest of what is known, with who has it: two names, then how many more."""
    end = pick((each for each in values.values() if each is not None), default=0)
    units = [unit for unit, each in values.items() if each == end]
    return end, first_two(units, words)


def first_two(units: list[str], words: Words) -> list[str]:
    """Two names, then how many more."""
    return units[:2] + ([words("list.more", count=len(units) - 2)] if len(units) > 2 else [])


def faults(truth: Truth, screen: Mapping[str, Any]) -> Iterator[str]:
    """What of a screen that does not call itself old belongs to no state, or to another one than the link's."""
    link = link_of(screen["url"])
    if not screen["form"]:
        return
    query = dict(parse_qsl(link, keep_blank_values=True))
    state = "&".join(each for each in link.split("&") if each.partition("=")[0] not in LOOK)
    if "start" in query and screen["script"] and screen["save"] != state:
        yield f"what would be saved is not the state of the link: {screen['save'][-120:]}"
    if screen["old"]:
        if screen["script"] and len(screen["old"]) < 4:
            yield f"only {screen['old']} are marked as old"
        return
    if "start" not in query:  # a first view, before its script has written the link
        return
    result = truth.result(link)
    if result is None:
        if any(each[2] != "–" for each in screen["rows"]):
            yield "figures of a state that has none, not marked as old"
        return
    yield from _figures(Expected(truth, link, result, Words(screen["language"])), screen)


def _figures(due: Expected, screen: Mapping[str, Any]) -> Iterator[str]:
    words, change = due.words, due.change
    positions = {each["unit"]: each["position"] for each in due.result["units"]}
    fixed = {name.split(":", 2)[2] for name in due.fields if name.startswith("figure:")}
    for unit, marks, *texts, rects in screen["rows"]:
        expected = [words.number(due.quotas[unit]), words.signed(change[unit]), words.percent(due.effort[unit])]
        if texts != expected:
            yield f"{unit}: {texts} instead of {expected}"
        held_by = [words(f"position.{positions[unit]}")] if positions[unit] != "BY_CLAIM" else []
        held_by += [words("position.CORRECTED")] if unit in fixed else []
        if not marks.endswith(" ".join(held_by)) or (not held_by and len(marks.split()) > 6):
            yield f"{unit}: marked {marks!r} instead of {held_by}"
        if drawn := _bar(due, unit, rects):
            yield f"{unit}: {drawn}"
    if screen["head"] != due.head():
        yield f"headline {screen['head']} instead of {due.head()}"
    known = [each for each in change.values() if each is not None]
    sure = len(known) == len(due.units)
    whole = share(due.result["target"], sum(due.available.values()))
    total = [words("run.total"), words.number(due.result["target"]),
             words.signed(sum(known) if sure else None), words.percent(whole)]  # fmt: skip
    if screen["total"] != total:
        yield f"total {screen['total']} instead of {total}"
    if screen["steps"] != due.steps():
        yield f"steps {screen['steps']} instead of {due.steps()}"
    if screen["alert"] or screen["draft"] or screen["wrong"]:
        yield f"a fault is told of a state without one: {screen['alert'] or screen['draft'] or screen['wrong']}"
    yield from _said(due, screen)
    if screen["why"] and not screen["unread"] and words("page.loading") not in screen["why"][1]:
        yield from _reasons(due, screen)


def _bar(due: Expected, unit: str, rects: Sequence[Sequence[str | None]]) -> str:
    """What is wrong with a unit's bars; blank where nothing is."""
    widths = [[cls, *(float((each or "0").rstrip("%")) for each in ends)] for cls, *ends in rects]
    expected: list[list[Any]] = []
    for scale in due.scales:
        (low, here), rest = due.bars(unit, scale)
        expected.append(["", 0.0, low])
        if rest and rest[1] > 1e-9:
            expected.append(["more" if here > low else "less", rest[0], rest[1]])
        if rest:
            expected.append(["tick", rest[2], 0.0])
    same = len(widths) == len(expected) and all(
        a[0] == b[0] and all(abs(x - y) < 0.02 for x, y in zip(a[1:], b[1:], strict=True))
        for a, b in zip(widths, expected, strict=True)
    )
    return "" if same else f"bar {widths} instead of {expected}"


def _said(due: Expected, screen: Mapping[str, Any]) -> Iterator[str]:
    """Fields, sliders, changes, undo and the rest that is about the state itself."""
    language, shown = screen["language"], dict(screen["fields"])
    expected = {k: v for k, v in due.fields.items() if v or ":" not in k}
    for name, text in expected.items():
        if name not in shown:
            yield f"the form has lost {name}={text}"
        elif typed(name, shown[name], language) != linked(text) and shown[name] != text:
            yield f"field {name} says {shown[name]!r}, the link {text!r}"
    for name, text in LOOKED.items():
        if name in shown and shown[name] != due.query.get(name, text):
            yield f"{name} says {shown[name]!r}, the link {due.query.get(name, text)!r}"
    for name in ("table", "start"):
        if shown[name] != due.query[name]:
            yield f"the form goes on from another {name}"
    extra = [n for n, v in shown.items() if ":" in n and v and not expected.get(n)]
    if extra:
        yield f"the form has {extra}, which the link has not"
    for name, *range_ in screen["slides"]:
        value, low, high = map(float, range_)
        number = linked(expected.get(name, ""))
        if isinstance(number, Decimal) and abs(value - min(max(float(number), low), high)) > (high - low) / 150:
            yield f"slider {name} stands at {value}, the link says {number}"
    start = {**due.begun, **due._lists()}
    changed = {n for n in {*expected, *start} if linked(expected.get(n, "")) != linked(start.get(n, ""))}
    listed = {name for name, _ in screen["changes"]}
    if listed != {each for each in changed if each.partition(":")[0] not in ("by", "reason")}:
        yield f"changes listed {sorted(listed)}, made {sorted(changed)}"
    if screen["script"]:
        levers = listed & COMMON.keys() - {*PACKED}
        if set(screen["moved"]) != levers:
            yield f"levers marked as moved {screen['moved']}, changed {sorted(levers)}"
        yield from _stack(due, screen)
    ref = due.query.get("ref") or due.reference_name
    if screen["ref"][0] != ref or screen["ref"][1] != due.words(f"page.ref.{due.reference_name}"):
        yield f"compared with {screen['ref']}, the link says {ref[:30]}"
    for each in screen["languages"]:
        if "start=" in each and link_of(each) != due.link:
            yield f"the other language has another state: {each[-150:]}"


def _stack(due: Expected, screen: Mapping[str, Any]) -> Iterator[str]:
    kept = screen["states"].get(f"states {due.query['table']} {due.query['start']}")
    if not kept:
        return
    stack = json.loads(kept)
    state, at = screen["save"], stack["at"]
    if not 0 <= at < len(stack["states"]) or stack["states"][at] != state:
        yield f"undo is at {at} of {len(stack['states'])}, which is not the state shown"
    if screen["stack"] != [at <= 0, at >= len(stack["states"]) - 1]:
        yield f"undo and redo disabled {screen['stack']} at {at} of {len(stack['states'])}"


def _reasons(due: Expected, screen: Mapping[str, Any]) -> Iterator[str]:
    """The sentence and figures of the opened unit, and what it asks for, as the command line has them."""
    unit, text = screen["why"]
    if unit != due.query.get("open"):
        yield f"{unit} is opened, the link says {due.query.get('open')}"
        return
    said = due.truth.call("explain", due.link, screen["language"], "--unit", unit)
    if said is None:
        return
    (found,) = json.loads(said)["units"]
    for each in (due.words("page.why", quota=due.quotas[unit]), found["sentence"]):
        if " ".join(each.split()) not in text:
            yield f"the reasons of {unit} lack {each!r}: {text[:200]!r}"
    asks = due.query.get("asks", "")
    number = typed("lock", asks, screen["language"])
    if isinstance(number, Decimal) and number == int(number) and number >= 0:
        told = due.truth.call("appeal", due.link, screen["language"], "--unit", unit, "--quota", str(int(number)))
        grant = due.words("page.grant", quota=int(number))
        if told and screen["asked"] and (grant in screen["asked"]) != (number != due.quotas[unit]):
            has = "has" if grant in screen["asked"] else "lacks"
            yield f"what {unit} asks for {has} {grant!r}: {screen['asked'][:200]!r}"


def compared(screen: Mapping[str, Any], drawn: Mapping[str, Any]) -> Iterator[str]:
    """What a screen at rest says otherwise than the page of its link drawn anew."""
    if screen["gone"]:
        yield "a server that answers is said to be gone"
    names = ["rows", "head", "total", "measures", "steps", "pages", "changes", "rules", "title", "alert", "remedies"]
    if screen["old"]:  # a state without figures
        names = ["changes", "title", "alert", "remedies"]
    names += ["why", "asked"] if not screen["old"] and not screen["unread"] else []
    for name in names:
        if screen[name] != drawn[name]:
            yield f"{name} {str(screen[name])[:300]} instead of {str(drawn[name])[:300]}"


def worded(text: str, columns: Collection[str]) -> Iterator[str]:
    """Keys of the code and English in a Vietnamese page; `columns`: what tables call their own."""
    for each in (found for pattern in (KEY, ENGLISH) for found in pattern.finditer(text)):
        if each.group() not in columns:
            yield f"{each.group()!r} in {text[max(0, each.start() - 30) : each.end() + 30]!r}"

"""The charts of findings, drawn: the name of a drawing → what it shows, and the figures that its texts quote.

Every function takes plain rows (as the JSON of a command has them) and the words of a language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

from allocator.finding import Drawing
from allocator.show.charts import DARK, LIGHT, Chart, Rows, Spec, at, bar, finish, mark, members, named, scaled, sized
from allocator.show.compared import sides_chart
from allocator.words import Words

MOST_CURVES = 6
MOST_SWINGS = 12
THIN: Mapping[str, Any] = {"color": "#8a9bab", "strokeWidth": 1}
Drawn = tuple[Spec, Mapping[str, Any]]


def draw(drawing: Drawing, words: Words) -> Chart:
    """The chart of a drawing, in the language of `words`."""

    def told(given: Mapping[str, Any]) -> dict[str, Any]:
        return {key: words.told(each) if hasattr(each, "told") else each for key, each in given.items()}

    spec, figures = DRAWN[drawing.name](list(map(told, drawing.rows)), words, **told(drawing.options))
    return finish(drawing.name, spec, words, figures)


def _pairs(rows: Rows, words: Words, one: str, sign: int) -> Drawn:
    """What is proposed, or what the best model explains (bar) against what was published (tick), unit by unit.

    Rows have `unit`, `published` (None where nothing was) and the bar's key `one`; `sign` is that of the largest gap
    between the two in the alternative text.
    """
    values: list[dict[str, Any]] = [
        {"unit": row["unit"], "bar": row[one], "tick": row["published"], "end": max(row[one], row["published"] or 0),
         "gap": None if row["published"] is None else row[one] - row["published"]}
        for row in rows
    ]  # fmt: skip
    labelled = [{**each, "label": f"{words.number(each['bar'])}  ({words.signed(each['gap'])})"} for each in values]
    layers = (
        bar(members("bar", values, words)),
        mark("tick", "tick", "datum.tick != null", color="black", thickness=3, height=20),
        mark("text", "end", align="left", dx=8),
    )
    known = [each for each in values if each["gap"] is not None]
    far: dict[str, Any] = max(known, key=lambda each: abs(each["gap"]), default={"unit": "–", "gap": 0})
    counts = {"count": len(rows), "known": len(known)}
    return named(labelled, *layers), {**counts, "unit": far["unit"], "gap": sign * far["gap"]}


def _effort(rows: Rows, words: Words) -> Drawn:
    """Effort of each unit, quota over available workforce, with the line of all units together.

    Rows have `unit`, `quota`, `available` and `effort` (None where there is no workforce).
    """
    available = sum(row["available"] for row in rows)
    whole = sum(row["quota"] for row in rows) / available if available else 0.0
    values = [
        {"unit": row["unit"], "effort": row["effort"], "label": words.percent(row["effort"])}
        for row in rows
        if row["effort"] is not None
    ]
    ordered = sorted(values, key=lambda row: row["effort"])
    lowest, highest = ordered[0], ordered[-1]
    most = max(whole, highest["effort"])
    together = mark("rule", "whole", color="black", strokeDash=[5, 3], strokeWidth=1.5)
    layers = (
        bar(scaled("effort", 0, most * 1.12 or 1, words("chart.effort.axis"), ".0%")),
        {**together, "data": {"values": [{"whole": whole}]}},
        mark("text", "effort", align="left", dx=5),
    )
    ends = {"lowest": lowest["unit"], "low": lowest["effort"], "highest": highest["unit"], "high": highest["effort"]}
    return named(values, *layers), {"whole": whole, **ends}


def _waterfall(rows: Rows, words: Words, unit: str) -> Drawn:
    """One unit's steps, from its share by workforce alone to its quota; bars hang where the step before ended.

    Rows have `label`, a step's name, and `members`, which sum to the quota of `unit`.
    """
    values: list[dict[str, Any]] = []
    level = 0.0
    for step in rows:
        moved, before = step["members"], level
        level += moved
        values.append({"step": step["label"], "from": before, "to": level, "end": max(before, level),
                       "look": (LIGHT if moved >= 0 else "white") if values else DARK,
                       "label": (words.signed if values else words.number)(moved, 1)})  # fmt: skip
    values.append({"step": words("column.quota"), "from": 0.0, "to": level, "end": level, "look": DARK,
                   "label": words.number(level)})  # fmt: skip
    hanging = bar(members("from", values, words), x2="to", tinted=True, strokeWidth=1, height=16)
    return named(values, hanging, mark("text", "end", align="left", dx=6), by="step"), {"unit": unit, "quota": level}


def _bands(rows: Rows, words: Words) -> Drawn:
    """Where nine of ten best quotas lie (bar), their middle (tick), and the quota of this scenario (hollow circle).

    Rows have `unit`, `quota`, `p05`, `p50` and `p95`.
    """
    values = [
        {**{name: row[name] for name in ("unit", "quota", "p05", "p50", "p95")}, "end": max(row["p95"], row["quota"]),
         "label": " – ".join(map(words.number, dict.fromkeys((row["p05"], row["p95"]))))}
        for row in rows
    ]  # fmt: skip
    layers = (
        bar(members("p05", values, words), x2="p95", height=11),
        mark("tick", "p50", color="black", thickness=3, height=17),
        mark("point", "quota", color="black", shape="circle", size=55, filled=False, strokeWidth=1.5),
        mark("text", "end", align="left", dx=9),
    )
    wide = max(rows, key=lambda row: row["p95"] - row["p05"])
    return named(values, *layers), {"unit": wide["unit"], "low": wide["p05"], "high": wide["p95"]}


def _shortfall(rows: Rows, words: Words) -> Drawn:
    """Probability that each unit's fixed quota is out of reach, with the members it would be short of on average.

    Rows have `unit`, `shortfall_probability` and `expected_shortfall`.
    """
    values = [
        {"unit": row["unit"], "chance": row["shortfall_probability"], "expected": row["expected_shortfall"]}
        for row in rows
    ]
    labelled = [{**each, "label": words("chart.shortfall.label", **each)} for each in values]
    x = scaled("chance", 0, 1.35, words("chart.shortfall.axis"), ".0%", values=[0, 0.25, 0.5, 0.75, 1])
    worst = max(values, key=lambda row: (row["chance"], row["expected"]))
    return named(labelled, bar(x), mark("text", "chance", align="left", dx=6)), worst


def _tornado(rows: Rows, words: Words) -> Drawn:
    """Members that move when each input goes to the low (left, hollow) and to the high end of its range (right).

    Rows have `name`, the ends `low` and `high`, and `moved_low` and `moved_high` (None where the rules cannot hold
    together); the most telling come first.
    """
    values: list[dict[str, Any]] = []
    for each in rows[:MOST_SWINGS]:
        for side, sign, look in (("low", -1, "white"), ("high", 1, LIGHT)):
            moved, end = each[f"moved_{side}"], words.number(each[side], 2)
            label = words("chart.tornado.none" if moved is None else "chart.tornado.label", at=end, moved=moved)
            values.append(
                {"input": each["name"], "side": side, "moved": sign * (moved or 0), "look": look, "label": label}
            )
    reach = 1.9 * max([1, *(abs(value["moved"]) for value in values)])
    either_way: Any = {"labelExpr": "format(abs(datum.value), ',d')", "tickCount": 8}
    x = scaled("moved", -reach, reach, words("chart.tornado.axis"), **either_way)
    layers = (
        bar(x, tinted=True, strokeWidth=1, height=14),
        mark("text", "moved", "datum.side == 'low'", align="right", dx=-6),
        mark("text", "moved", "datum.side == 'high'", align="left", dx=6),
    )
    largest = max(abs(value["moved"]) for value in values[:2])
    return named(values, *layers, by="input"), {"input": values[0]["input"], "most": largest}


def _curves(rows: Rows, words: Words, name: str, now: float) -> Drawn:
    """Quota (steps) and fair share (thin line) of the units that move most, over the range of the parameter `name`.

    Rows have `unit`, `at`, `quota` and `fair_share`, ascending in `at`; the present value `now` is marked.
    """
    spans: dict[str, list[Any]] = {}
    for row in rows:
        spans.setdefault(row["unit"], []).append(row["quota"])
    widest = sorted(spans, key=lambda unit: min(spans[unit]) - max(spans[unit]))[:MOST_CURVES]
    y = {"scale": {"zero": False},
         "axis": {"title": words("chart.members"), "tickCount": 4, "format": ",d", "minExtent": 52}}  # fmt: skip
    x = at("at", scale={"nice": False}, axis={"title": name, "tickCount": 4})
    layers = (
        mark("line", x, y=at("fair_share", **y), **THIN),
        mark("line", x, y=at("quota", **y), color="black", strokeWidth=2, interpolate="step-after"),
        mark("rule", "now", strokeDash=[4, 3], color="#666666"),
    )
    spec = {
        "data": {"values": [{**row, "now": now} for row in rows if row["unit"] in widest]},
        "facet": {"field": "unit", "type": "nominal", "sort": widest},
        "columns": 2,
        "spec": {"layer": layers, "width": 255, "height": 130},
        "resolve": {"scale": {"y": "independent"}},
    }
    first = spans[widest[0]]
    return spec, {"name": name, "unit": widest[0], "low": min(first), "high": max(first)}


def _frontier(rows: Rows, words: Words) -> Drawn:
    """Members moved away from the fairest allocation against the expected shortfall; the knee is the diamond.

    Rows have `moved`, `expected_shortfall` and `knee` (true for one).
    """
    values = sorted(
        ({name: row[name] for name in ("moved", "expected_shortfall", "knee")} for row in rows),
        key=lambda row: (row["moved"], -row["expected_shortfall"]),
    )
    knee = next(row for row in values if row["knee"])
    figures = {"moved": knee["moved"], "expected": knee["expected_shortfall"]}
    knee["label"] = words("chart.frontier.knee", **figures)
    axis = {"format": ",d", "tickCount": 6}
    x = at("moved", axis={"title": words("chart.frontier.x"), **axis})
    y = at("expected_shortfall", scale={"zero": False}, axis={"title": words("chart.frontier.y"), **axis})
    layers = [
        mark("line", x, y=y, **THIN),
        mark("point", x, y=y, color=DARK, filled=True, size=26, opacity=1),
        mark("point", x, "datum.knee", y=y, color="black", shape="diamond", size=220, strokeWidth=2, fill="white"),
        mark("text", x, "datum.knee", y=y, align="left", dx=14, dy=-10, fontSize=12),
    ]
    ends = {"most": values[0]["expected_shortfall"], "least": values[-1]["expected_shortfall"]}
    return sized(values, layers, 420), {"count": len(values), **figures, **ends}


def _plan(rows: Rows, words: Words, years: str) -> Drawn:
    """Every unit's quotas of the years in a row, one part of its bar a year.

    Rows have `unit` and `quotas`, one a year; `years` are the years' names.
    """
    values: list[dict[str, Any]] = []
    for row in rows:
        ends = [*accumulate(row["quotas"], initial=0)]
        told = f"{' + '.join(map(words.number, row['quotas']))} = {words.number(ends[-1])}"
        for n, (low, high) in enumerate(pairwise(ends)):
            last = n == len(row["quotas"]) - 1
            look = {"look": (DARK, "white", LIGHT)[n % 3], "label": told if last else ""}
            values.append(
                {"unit": row["unit"], "from": low, "to": high, "end": ends[-1] * 1.2, "all": ends[-1], **look}
            )
    parts = bar(members("from", values, words), x2="to", tinted=True, strokeWidth=1)
    most: dict[str, Any] = max(values, key=lambda each: each["all"])
    figures = {"count": len(rows), "years": years, "unit": most["unit"], "most": most["all"]}
    return named(values, parts, mark("text", "all", align="left", dx=6)), figures


DRAWN: Mapping[str, Callable[..., Drawn]] = {
    "effort": _effort,
    "published": partial(_pairs, one="quota", sign=1),
    "calibration": partial(_pairs, one="explained", sign=-1),
    "waterfall": _waterfall,
    "bands": _bands,
    "review": _bands,
    "unions": partial(_pairs, one="members", sign=1),
    "shortfall": _shortfall,
    "tornado": _tornado,
    "curves": _curves,
    "frontier": _frontier,
    "compared": sides_chart,
    "plan": _plan,
}

"""Charts of what a quota rests on: bands, tornado, curves with their steps, frontier, probability of a shortfall."""

from __future__ import annotations

from typing import Any

from allocator.show.charts import DARK, LIGHT, WIDTH, Chart, Rows, at, bar, finished, mark, members_axis, named, scaled
from allocator.words import Words

MOST_CURVES = 6
MOST_SWINGS = 12


def bands(rows: Rows, words: Words) -> Chart:
    """Where nine of ten best quotas lie (bar), their middle (tick), and the quota of this scenario (hollow circle).

    Args:
        rows: mappings with `unit`, `quota`, `p05`, `p50` and `p95`.
        words: texts of the language.
    """
    number = words.number
    values = [
        {**{name: row[name] for name in ("unit", "quota", "p05", "p50", "p95")}, "end": max(row["p95"], row["quota"]),
         "label": number(row["p05"]) + (f" – {number(row['p95'])}" if row["p95"] != row["p05"] else "")}
        for row in rows
    ]  # fmt: skip
    layers = (
        bar(members_axis("p05", max(value["end"] for value in values), words), x2="p95", height=11),
        mark("tick", "p50", color="black", thickness=3, height=17),
        mark("point", "quota", color="black", shape="circle", size=55, filled=False, strokeWidth=1.5),
        mark("text", "end", align="left", dx=9),
    )
    wide = max(rows, key=lambda row: row["p95"] - row["p05"])
    return named("bands", values, words, *layers, unit=wide["unit"], low=wide["p05"], high=wide["p95"])


def shortfall(rows: Rows, words: Words) -> Chart:
    """Probability that each unit's fixed quota is out of reach, with the members it would be short of on average.

    Args:
        rows: mappings with `unit`, `shortfall_probability` and `expected_shortfall`.
        words: texts of the language.
    """
    values = [
        {"unit": row["unit"], "chance": row["shortfall_probability"], "expected": row["expected_shortfall"]}
        for row in rows
    ]
    labelled = [{**each, "label": words("chart.shortfall.label", **each)} for each in values]
    x = scaled("chance", 0, 1.35, words("chart.shortfall.axis"), ".0%", values=[0, 0.25, 0.5, 0.75, 1])
    worst = max(values, key=lambda row: (row["chance"], row["expected"]))
    return named("shortfall", labelled, words, bar(x), mark("text", "chance", align="left", dx=6), **worst)


def tornado_chart(rows: Rows, words: Words) -> Chart:
    """Members that move when each input goes to the low (left, hollow) and to the high end of its range (right).

    Args:
        rows: mappings with `label`, `low_label`, `high_label` (the ends, as text), `low` and `high` (members moved,
            None where the rules cannot hold together); the most telling first.
        words: texts of the language.
    """
    values = [
        {"input": row["label"], "side": side, "moved": sign * (row[side] or 0),
         "look": "white" if side == "low" else LIGHT,
         "label": words("chart.tornado.none", at=row[side + "_label"]) if row[side] is None
         else words("chart.tornado.label", at=row[side + "_label"], moved=row[side])}
        for row in rows
        for side, sign in (("low", -1), ("high", 1))
    ]  # fmt: skip
    reach = 1.9 * max([1, *(abs(value["moved"]) for value in values)])
    either_way: Any = {"labelExpr": "format(abs(datum.value), ',d')", "tickCount": 8}
    bars = bar(scaled("moved", -reach, reach, words("chart.tornado.axis"), **either_way), strokeWidth=1, height=14)
    bars["encoding"]["color"] = {"field": "look", "type": "nominal", "scale": None}
    layers = (
        bars,
        mark("text", "moved", "datum.side == 'low'", align="right", dx=-6),
        mark("text", "moved", "datum.side == 'high'", align="left", dx=6),
    )
    largest = max(rows[0]["low"] or 0, rows[0]["high"] or 0)
    return named("tornado", values, words, *layers, by="input", input=rows[0]["label"], most=largest)


def tornado_rows(swings: Rows, words: Words) -> list[dict[str, Any]]:
    """Rows for `tornado` from the JSON of its analysis, named in the words given; what moves nothing is left out."""
    telling = [each for each in swings if each["moved_low"] != 0 or each["moved_high"] != 0] or swings[:1]
    return [
        {
            "label": words(f"parameter.{each['input']}") + (f" – {each['unit']}" if each["unit"] else ""),
            "low_label": words.number(each["low"], 2),
            "high_label": words.number(each["high"], 2),
            "low": each["moved_low"],
            "high": each["moved_high"],
        }
        for each in telling[:MOST_SWINGS]
    ]


def curves(rows: Rows, words: Words, name: str, now: float) -> Chart:
    """Quota (steps) and fair share (thin line) of the units that move most, over a parameter's range.

    Args:
        rows: mappings with `unit`, `at`, `quota` and `fair_share`, ascending in `at` (as `Curve.rows` gives them).
        name: the parameter, as text for the axis.
        now: its present value, marked.
        words: texts of the language.
    """
    spans: dict[str, list[Any]] = {}
    for row in rows:
        spans.setdefault(row["unit"], []).append(row["quota"])
    widest = sorted(spans, key=lambda unit: min(spans[unit]) - max(spans[unit]))[:MOST_CURVES]
    y = {"scale": {"zero": False},
         "axis": {"title": words("chart.members"), "tickCount": 4, "format": ",d", "minExtent": 52}}  # fmt: skip
    x = at("at", scale={"nice": False}, axis={"title": name, "tickCount": 4})
    lines = [mark("line", x, color="#8a9bab", strokeWidth=1),
             mark("line", x, color="black", strokeWidth=2, interpolate="step-after")]  # fmt: skip
    for line, field in zip(lines, ("fair_share", "quota"), strict=True):
        line["encoding"]["y"] = at(field, **y)
    present = mark("rule", "now", strokeDash=[4, 3], color="#666666")
    spec = {
        "data": {"values": [{**row, "now": now} for row in rows if row["unit"] in widest]},
        "facet": {"field": "unit", "type": "nominal", "sort": widest},
        "columns": 2,
        "spec": {"layer": [*lines, present], "width": (WIDTH - 190) // 2, "height": 130},
        "resolve": {"scale": {"y": "independent"}},
    }
    first = spans[widest[0]]
    return finished("curves", spec, words, name=name, unit=widest[0], low=min(first), high=max(first))


def frontier_chart(rows: Rows, words: Words) -> Chart:
    """Members moved away from the fairest allocation against the expected shortfall; the knee is the diamond.

    Args:
        rows: mappings with `moved`, `expected_shortfall` and `knee` (true for one).
        words: texts of the language.
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
        mark("line", x, color="#8a9bab", strokeWidth=1),
        mark("point", x, color=DARK, filled=True, size=26, opacity=1),
        mark("point", x, "datum.knee", color="black", shape="diamond", size=220, strokeWidth=2, fill="white"),
        mark("text", x, "datum.knee", align="left", dx=14, dy=-10, fontSize=12),
    ]
    spec = {"data": {"values": values}, "encoding": {"y": y}, "layer": layers}
    ends = {"most": values[0]["expected_shortfall"], "least": values[-1]["expected_shortfall"]}
    return finished("frontier", spec, words, 420, count=len(values), **figures, **ends)

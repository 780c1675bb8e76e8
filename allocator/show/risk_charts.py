"""Charts of what a quota rests on: bands, tornado, curves with their steps, frontier, probability of a shortfall."""

from __future__ import annotations

from typing import Any

from allocator.show.charts import (
    DARK,
    LIGHT,
    WIDTH,
    Chart,
    Rows,
    altair_,
    finished,
    members_axis,
    quiet_axis,
    rows_height,
    units_axis,
)
from allocator.words import Words

MOST_CURVES = 6


def bands(rows: Rows, words: Words) -> Chart:
    """Where nine of ten best quotas lie (bar), their middle (tick), and the quota of this scenario (hollow circle).

    Args:
        rows: mappings with `unit`, `quota`, `p05`, `p50` and `p95`.
        words: texts of the language.
    """
    alt = altair_()
    number = words.number
    values = [
        {**{name: row[name] for name in ("unit", "quota", "p05", "p50", "p95")}, "end": max(row["p95"], row["quota"]),
         "label": number(row["p05"]) + (f" – {number(row['p95'])}" if row["p95"] != row["p05"] else "")}
        for row in rows
    ]  # fmt: skip
    base = alt.Chart(alt.Data(values=values)).encode(y=units_axis(rows))
    layers = alt.layer(
        base.mark_bar(color=LIGHT, stroke=DARK, strokeWidth=0.5, height=11).encode(
            x=members_axis("p05", max(value["end"] for value in values), words), x2="p95:Q"
        ),
        base.mark_tick(color="black", thickness=3, height=17).encode(x="p50:Q"),
        base.mark_point(color="black", shape="circle", size=55, filled=False, strokeWidth=1.5).encode(x="quota:Q"),
        base.mark_text(align="left", dx=9).encode(x="end:Q", text="label:N"),
    )
    wide = max(rows, key=lambda row: row["p95"] - row["p05"])
    figures = {"unit": wide["unit"], "low": wide["p05"], "high": wide["p95"]}
    return finished("bands", layers, words, rows_height(len(rows)), **figures)


def shortfall(rows: Rows, words: Words) -> Chart:
    """Probability that each unit's fixed quota is out of reach, with the members it would be short of on average.

    Args:
        rows: mappings with `unit`, `shortfall_probability` and `expected_shortfall`.
        words: texts of the language.
    """
    alt = altair_()
    values = [
        {"unit": row["unit"], "chance": row["shortfall_probability"],
         "label": words("chart.shortfall.label", chance=chance, expected=row["expected_shortfall"])}
        for row in rows
        for chance in (row["shortfall_probability"],)
    ]  # fmt: skip
    base = alt.Chart(alt.Data(values=values)).encode(y=units_axis(rows))
    axis = alt.Axis(title=words("chart.shortfall.axis"), format=".0%", values=[0, 0.25, 0.5, 0.75, 1])
    x = alt.X("chance:Q", scale=alt.Scale(domain=[0, 1.35], nice=False), axis=axis)
    layers = alt.layer(
        base.mark_bar(color=LIGHT, stroke=DARK, strokeWidth=0.5, height=13).encode(x=x),
        base.mark_text(align="left", dx=6).encode(x="chance:Q", text="label:N"),
    )
    worst = max(rows, key=lambda row: (row["shortfall_probability"], row["expected_shortfall"]))
    figures = {"unit": worst["unit"], "chance": worst["shortfall_probability"], "expected": worst["expected_shortfall"]}
    return finished("shortfall", layers, words, rows_height(len(rows)), **figures)


def tornado_chart(rows: Rows, words: Words) -> Chart:
    """Members that move when each input goes to the low (left, hollow) and to the high end of its range (right).

    Args:
        rows: mappings with `label`, `low_label`, `high_label` (the ends, as text), `low` and `high` (members moved,
            None where the rules cannot hold together); the most telling first.
        words: texts of the language.
    """
    alt = altair_()
    values = [
        {"input": row["label"], "side": side, "moved": sign * (row[side] or 0),
         "label": words("chart.tornado.none", at=row[side + "_label"]) if row[side] is None
         else words("chart.tornado.label", at=row[side + "_label"], moved=row[side])}
        for row in rows
        for side, sign in (("low", -1), ("high", 1))
    ]  # fmt: skip
    most = max([1, *(abs(value["moved"]) for value in values)])
    either_way = alt.Axis(title=words("chart.tornado.axis"), labelExpr="format(abs(datum.value), ',d')", tickCount=8)
    x = alt.X("moved:Q", scale=alt.Scale(domain=[-1.9 * most, 1.9 * most], nice=False), axis=either_way)
    base = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("input:N", sort=[row["label"] for row in rows], axis=quiet_axis()), x=x
    )
    fill = alt.Color("side:N", legend=None, scale=alt.Scale(domain=["low", "high"], range=["white", LIGHT]))
    low, high = (base.transform_filter(f"datum.side == '{side}'") for side in ("low", "high"))
    layers = alt.layer(
        base.mark_bar(stroke=DARK, strokeWidth=1, height=14).encode(color=fill),
        low.mark_text(align="right", dx=-6).encode(text="label:N"),
        high.mark_text(align="left", dx=6).encode(text="label:N"),
    )
    largest = max(rows[0]["low"] or 0, rows[0]["high"] or 0)
    return finished("tornado", layers, words, rows_height(len(rows)), input=rows[0]["label"], most=largest)


def tornado_rows(swings: Rows, words: Words, most: int = 12) -> list[dict[str, Any]]:
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
        for each in telling[:most]
    ]


def curves(rows: Rows, words: Words, name: str, now: float) -> Chart:
    """Quota (steps) and fair share (thin line) of the units that move most, over a parameter's range.

    Args:
        rows: mappings with `unit`, `at`, `quota` and `fair_share`, ascending in `at` (as `Curve.rows` gives them).
        name: the parameter, as text for the axis.
        now: its present value, marked.
        words: texts of the language.
    """
    alt = altair_()
    spans: dict[str, list[Any]] = {}
    for row in rows:
        spans.setdefault(row["unit"], []).append(row["quota"])
    widest = sorted(spans, key=lambda unit: min(spans[unit]) - max(spans[unit]))[:MOST_CURVES]
    shown = [row for row in rows if row["unit"] in widest]
    x = alt.X("at:Q", scale=alt.Scale(nice=False), axis=alt.Axis(title=name, tickCount=4))
    axis = alt.Axis(title=words("chart.members"), tickCount=4, format=",d", minExtent=52)
    base = alt.Chart().encode(x=x, y=alt.Y("quota:Q", scale=alt.Scale(zero=False), axis=axis))
    layers = alt.layer(
        base.mark_line(color="#8a9bab", strokeWidth=1).encode(y="fair_share:Q"),
        base.mark_line(color="black", strokeWidth=2, interpolate="step-after"),
        alt.Chart().mark_rule(strokeDash=[4, 3], color="#666666").encode(x="now:Q"),
        data=alt.Data(values=[{**row, "now": now} for row in shown]),
    ).properties(width=(WIDTH - 190) // 2, height=130)
    facet = layers.facet(facet=alt.Facet("unit:N", sort=widest), columns=2).resolve_scale(y="independent")
    first = spans[widest[0]]
    return finished("curves", facet, words, name=name, unit=widest[0], low=min(first), high=max(first))


def frontier_chart(rows: Rows, words: Words) -> Chart:
    """Members moved away from the fairest allocation against the expected shortfall; the knee is the diamond.

    Args:
        rows: mappings with `moved`, `expected_shortfall` and `knee` (true for one).
        words: texts of the language.
    """
    alt = altair_()
    values = sorted(
        ({name: row[name] for name in ("moved", "expected_shortfall", "knee")} for row in rows),
        key=lambda row: (row["moved"], -row["expected_shortfall"]),
    )
    knee = next(row for row in values if row["knee"])
    knee["label"] = words("chart.frontier.knee", moved=knee["moved"], expected=knee["expected_shortfall"])
    x = alt.X("moved:Q", axis=alt.Axis(title=words("chart.frontier.x"), format=",d", tickCount=6))
    y = alt.Y("expected_shortfall:Q", scale=alt.Scale(zero=False),
              axis=alt.Axis(title=words("chart.frontier.y"), format=",d", tickCount=6))  # fmt: skip
    base = alt.Chart(alt.Data(values=values)).encode(x=x, y=y)
    mark = base.transform_filter("datum.knee")
    layers = alt.layer(
        base.mark_line(color="#8a9bab", strokeWidth=1),
        base.mark_point(color=DARK, filled=True, size=26, opacity=1),
        mark.mark_point(color="black", shape="diamond", size=220, strokeWidth=2, fill="white"),
        mark.mark_text(align="left", dx=14, dy=-10, fontSize=12).encode(text="label:N"),
    )
    ends = {"most": values[0]["expected_shortfall"], "least": values[-1]["expected_shortfall"]}
    figures = {"count": len(values), "moved": knee["moved"], "expected": knee["expected_shortfall"], **ends}
    return finished("frontier", layers, words, 420, **figures)

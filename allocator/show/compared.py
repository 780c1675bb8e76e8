"""The chart of scenarios side by side: a mark a scenario in every unit's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allocator.show.charts import DARK, LIGHT, Rows, Spec, at, mark, named
from allocator.words import Words

MOST_COMPARED = 40
SHAPES = (("●", "circle", DARK), ("◇", "diamond", "white"), ("△", "triangle-up", "white"), ("■", "square", LIGHT),
          ("▽", "triangle-down", "white"))  # fmt: skip
"""How the scenarios of a comparison are told apart, the reference first: as a letter, as a mark, what fills it."""


def sides_chart(rows: Rows, words: Words, names: Sequence[Any]) -> tuple[Spec, Mapping[str, Any]]:
    """Quotas of each unit in scenarios side by side, on a scale that leaves room for the small beside a giant.

    Rows have `unit` and `quotas`, a figure a scenario (None where it has no such unit); `names` are the scenarios', the
    reference first. Of many units those are shown whose quotas lie farthest apart.
    """
    values = [_value(row, words) for row in rows]
    far = sorted(values, key=lambda each: each["low"] - each["end"])
    shown = sorted(far[:MOST_COMPARED], key=lambda each: -(each["quota_0"] or 0))
    told = list(zip(SHAPES, map(words.told, names), strict=False))
    most = max(each["end"] for each in shown) or 1
    ticks = [0, *(n * 10**power for power in range(8) for n in (1, 2, 5) if most / 80 <= n * 10**power <= most)]
    axis = {"title": words("chart.members"), "format": ",d", "values": ticks}
    reach = most * (1.05 + 0.1 * len(told)) ** 2
    x = at("low", scale={"type": "sqrt", "domain": [0, reach], "nice": False}, axis=axis)
    layers = [
        mark("rule", x, x2="end", strokeWidth=2, color=LIGHT),
        *(mark("point", f"quota_{n}", f"datum.quota_{n} != null", shape=shape, fill=fill, stroke="black", size=75,
               opacity=1) for n, ((_, shape, fill), _) in reversed(list(enumerate(told)))),
        mark("text", "end", align="left", dx=10),
    ]  # fmt: skip
    series = " · ".join(f"{letter} {name}" for (letter, _, _), name in told)
    left = len(values) - len(shown)
    how = {"series": series, "rest": words("chart.compared.rest", count=left) if left else ""}
    widest = {"unit": far[0]["unit"], "low": far[0]["low"], "high": far[0]["end"]}
    return named(shown, *layers), {"count": len(shown), "names": [name for _, name in told], **how, **widest}


def _value(row: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A unit's row of the chart: its quotas one by one, the ends of the line through them, the text beside it."""
    quotas = row["quotas"][: len(SHAPES)]
    known = [each for each in quotas if each is not None]
    ends = {"low": min(known, default=0), "end": max(known, default=0)}
    label = " · ".join(map(words.number, quotas))
    return {"unit": row["unit"], **ends, **{f"quota_{n}": each for n, each in enumerate(quotas)}, "label": label}

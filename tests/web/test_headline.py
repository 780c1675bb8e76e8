"""The four numbers over the units: what they say of who is asked for more, for less, and of whom nothing is known."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from allocator.data.table import Table
from allocator.model.scenario import Scenario
from allocator.web import app as web
from allocator.web.store import Store
from tests.web.test_guard import answered

UNITS = ("A", "B", "C", "D")
TO = "members moved from: published allocation"
OF = "members asked for more and for less than: published allocation"


def parts(folder: Path, *published: int | None) -> tuple[list[str], list[str], list[str]]:
    """Headline, total and steps of four units that are asked for 25 each; `published`: what they were asked for."""
    columns = {"workforce": (100,) * 4, "published_quota": published}
    table = Table(UNITS, columns, (None,) * 4, (None,) * 4)
    scenario = Scenario(data="units.csv", target=100, published="published_quota")
    app = web.application(Store(folder, "base", table, scenario), "en", ["127.0.0.1"], "secret")
    (page,) = answered(app, ("GET", "/?token=secret", {}))

    def texts(tag: str, name: str) -> list[str]:
        inner = page.text.partition(f'id="{name}"')[2]
        found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", inner, re.DOTALL)
        return [" ".join(html.unescape(re.sub("<[^>]*>", "", each)).split()) for each in found]

    return texts("p", "headline")[:4], texts("td", "total")[2:5], texts("li", "steps")[:4]


@pytest.mark.parametrize(
    ("published", "moved", "most", "change", "step"),
    [
        ((20, 30, 25, 25), f"5 {TO}", "+5 / −5 most more A; most less B", "0", "5 move"),
        ((25, 25, 25, 25), f"0 {TO}", "0 no unit is asked for more or less", "0", "0 move"),
        ((10, 20, 25, 25), f"+20 / 0 {OF}", "+15 most more A", "+20", "20 more, 0 less"),
        ((30, 30, 30, 40), f"0 / −30 {OF}", "−15 most less D", "−30", "0 more, 30 less"),
        (
            (9, 9, 9, 50),
            f"+48 / −25 {OF}",
            "+16 / −25 most more A, B and 1 more; most less D",
            "+23",
            "48 more, 25 less",
        ),
        ((None, 20, 25, 25), f"+5 / 0 {OF}", "+5 most more B; nothing to compare with: A", "–", "5 more, 0 less"),
        (
            (None, None, 25, 25),
            f"0 {TO}",
            "0 no unit is asked for more or less; nothing to compare with: A and B",
            "–",
            "0 move",
        ),
        ((None, None, None, None), f"– {TO}", "–", "–", "–"),
    ],
)
def test_it_says_what_moved_and_who_is_asked_for_most(
    tmp_path: Path, published: tuple[int | None, ...], moved: str, most: str, change: str, step: str
) -> None:
    head, total, steps = parts(tmp_path, *published)
    assert head == ["100 members to share out, in lots of 1", "25.0% of the workforce asked for", moved, most]
    assert total == ["100", change, "25.0%"]
    assert steps[1] == f"Base {step}"
    assert steps[2:] == ["Assumptions changed 0 move", "Now 0 move"]

"""What answers about a table without workforces leave unsaid: nobody in it is known to be few, or to grow."""

from __future__ import annotations

from dataclasses import replace

from allocator import load_scenario
from allocator.questions import Case, find
from allocator.questions.run import in_short
from tests.questions.test_resting import faults


def test_neither_growth_nor_want_of_people_is_told() -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["published=null", "bounds.max_share=null"])
    drivers = {"drivers": [{"column": "members"}]}
    known = replace(table, columns={**table.columns, "members": (3,) * len(table)})
    bare = replace(known, columns={name: each for name, each in known.columns.items() if name != "workforce"})
    said = []
    for each in (known, bare):
        case = Case("made up", each, scenario.changed(drivers), method="waterfill")
        found = find("run").ask(case)
        notes = [note for listing in found.listings for note in listing.notes]
        said.append({text.key for text in faults([*found.lines, *notes, *in_short(case.allocation)])})
    assert {"force.growth", "short.growth", "year.beyond_workforce"} <= said[0]
    assert not {"force.growth", "short.growth", "year.beyond_workforce", "run.spread"} & said[1]

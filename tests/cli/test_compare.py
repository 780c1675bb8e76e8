"""compare --compromise end to end: one allocation between scenarios, and what they must share."""

from __future__ import annotations

import json
from functools import partial

from tests import command

SCENARIOS = ("an-giang-2017/base", "an-giang-2017/full-growth")


allocator = partial(command.allocator, "compare")


def test_the_compromise_is_never_worse_than_a_scenario_itself() -> None:
    done = allocator(*SCENARIOS, "--compromise", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["compromise"]
    assert sum(row["quota"] for row in found["units"]) == 6500
    assert [each["name"] for each in found["scenarios"]] == list(SCENARIOS)
    assert all(each["regret"] <= found["worst_regret"] <= each["own_worst"] for each in found["scenarios"])


def test_scenarios_that_share_too_little_are_named() -> None:
    done = allocator("an-giang-2017/base", "an-giang-2017/districts-protected", "--compromise", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "do not share groups" in done.stderr

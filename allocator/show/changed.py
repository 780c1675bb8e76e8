"""What a call, or a state of the page, changed of a scenario: said wherever the scenario is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from allocator.errors import AllocatorError
from allocator.finding import Text, say
from allocator.finding.settings import Setting, SettingName, setting_of

if TYPE_CHECKING:
    from allocator.data.table import Table
    from allocator.questions import Case

MOST_CHANGES = 6
"""Changes that a title lists before it only says how many more there are."""
ASIDE = ("office", "year")
"""Settings that documents show of themselves."""


def what_changed(case: Case) -> list[Text]:
    """What was changed of a case since it began, one text each: settings as they are now, figures old and new.

    What it began as may not be fit to be read by itself: then all that is said is that something was changed.
    """
    if case.begun is None:
        return []
    with suppress(AllocatorError):
        return [*_changes(case)]
    return [say("changed.unknown")]


def given_table(case: Case) -> Table | None:
    """The table of a case as it was given; None where nothing was changed, or what was cannot be read by itself."""
    with suppress(AllocatorError):
        return case.begun()[0] if case.begun else None
    return None


def retitled(title: Text, changed: list[Text]) -> Text:
    """A scenario's title with what was changed of it."""
    if not changed:
        return title
    more = len(changed) - MOST_CHANGES
    told = changed if more <= 1 else [*changed[:MOST_CHANGES], say("changed.more", count=more)]
    return say("changed.title", title=title, changes=told)


def _changes(case: Case) -> Iterator[Text]:
    from allocator.why.differences import TABLE, differing, found, held

    assert case.begun is not None
    before, now = held(*case.begun()), held(case.table, case.scenario)
    for keys in differing(before, now):
        old, new = (found(side, keys) for side in (before, now))
        if keys[0] == TABLE:
            kind = "figure" if not case.decided.get(keys[1]) else "figure_decided"
            yield say(f"changed.{kind}", unit=keys[1], column=SettingName(keys[2:]), old=Setting(old), new=Setting(new),
                      decided=case.decided.get(keys[1], ""))  # fmt: skip
        elif keys[0] not in ASIDE:
            yield say("changed.setting", setting=SettingName(keys), value=setting_of(keys, new))

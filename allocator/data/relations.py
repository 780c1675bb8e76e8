"""Columns whose meaning the columns beside them tell: by years, by what is final, by who is left to organise."""

from __future__ import annotations

import re
from collections.abc import Callable

from allocator.data.meaning import LEVELS, PARTS, UNRECOGNISED, WEAK, Columns, Headed, comparable
from allocator.data.table import ATTAINMENT

_FINAL = re.compile(r"\b(giao|phan bo|dieu chinh|chinh thuc|bo sung|assigned|final|adjusted|allocated|approved)\b")
_FIRST = re.compile(
    r"\b(dang ky|de nghi|de xuat|du kien|dau nam|ban dau|proposed|registered|requested|draft|initial)\b"
)
_BESIDES = re.compile(r"\b(bo sung|giao them|supplement(ary|al)?|additional|extra)\b")
_WHOLE = re.compile(r"\b(dieu chinh|sau|da|ke ca|ca|gom|va|tong|cong|adjusted|after|including|total)\b")
_WISHED = re.compile(r"\b(dang ky|de nghi|de xuat|du kien|proposed|registered|requested|draft)\b")
_STILL_OUT = re.compile(r"\b(chua|non ?members?|not yet|unorgani[sz]ed)\b")
YEARLY = ("published_quota", "recruited", "lost", "net_gain", "growth_estimate")


def by_each_other(made: Columns, year: int | None) -> None:
    """Rename columns whose meaning the others tell: a past year is not this one's, one name is not two columns'.

    Args:
        made: as their headers tell them.
        year: the year that the document's title names, None where there is none.
    """
    if not made.has("unit"):
        made.rename(made.guessed("parent")[:1], "unit", WEAK)
    made.rename([each for each in made.guessed("published_quota") if len({*each.years}) > 1], "term_target")
    if not made.has("published_quota", "lost", "term_target"):
        made.rename([each for each in made.guessed("recruited") if _says(each, PARTS["not_done"])], "published_quota")
    now = _past_years(made, year)
    _one_quota(made, now)
    if not made.has("term_target", "recruited"):
        made.rename([each for each in made.guessed(ATTAINMENT) if each.confidence == WEAK], UNRECOGNISED)  # of anything
    _one_workforce(made)


def _says(each: Headed, pattern: str | re.Pattern[str]) -> bool:
    """Whether a header holds a pattern."""
    return bool(re.search(pattern, comparable(each.header)))


def _keep(made: Columns, name: str, better: Callable[[Headed], bool], otherwise: str = UNRECOGNISED) -> None:
    """Take the name from all columns of it but the better ones, where there are any."""
    kept = [*filter(better, made.guessed(name))]
    if kept:
        made.rename([each for each in made.guessed(name) if each not in kept], otherwise)


def _past_years(made: Columns, year: int | None) -> int | None:
    """The year that the figures are of; columns of another are set aside, but for those of a term."""
    counted = [each for name in YEARLY for each in made.guessed(name)]
    final = [each for each in counted if not _says(each, _FIRST)] or counted
    dated = {one for each in final for one in each.years}
    now = year if year in dated else max(dated | ({year} if year else set()), default=None)
    term = made.has("term_target")
    other = [each for each in counted if now and each.years and now not in each.years]
    made.rename(
        [each for each in other if each.name == "published_quota" or (len(each.years) == 1 and not term)], "past"
    )
    if term and not made.has("recruited"):
        done = [each for each in made.guessed("past") if not _says(each, PARTS["not_done"])]
        made.rename([each for each in done if len({*each.years}) > 1], "recruited")
    latest = max((max(each.years) for each in made.guessed("workforce") if each.years), default=0)
    made.rename([each for each in made.guessed("workforce") if each.years and max(each.years) < latest], "past")
    return now


def _one_quota(made: Columns, now: int | None) -> None:
    """Of several quotas this year's, the members', what was given out rather than asked for."""
    _keep(made, "published_quota", lambda each: now in each.years)
    _keep(made, "published_quota", lambda each: _says(each, PARTS["members"]))
    given = [each for each in made.guessed("published_quota") if not _says(each, _WISHED)]
    _keep(made, "published_quota", lambda each: not _says(each, _FIRST))
    _keep(made, "published_quota", lambda each: _says(each, _FINAL))
    _keep(made, "published_quota", lambda each: each.confidence > WEAK)
    if all(_says(each, _BESIDES) and not _says(each, _WHOLE) for each in made.guessed("published_quota")):
        for each in given:  # what is given besides is not the whole, nor is the other: a sum tells, or a person
            made.rename([each], each.name, each.confidence)


def _one_workforce(made: Columns) -> None:
    """Of all workers and those who are not organised yet the latter."""
    _keep(made, "workforce", lambda each: each.confidence > WEAK)
    strict = [each for each in made.guessed("workforce") if _says(each, _STILL_OUT)]
    free = strict if len(strict) == 1 else [each for each in made.guessed("workforce") if _says(each, PARTS["not_yet"])]
    if len(free) != 1:
        return
    rolls = {each.header.partition(LEVELS)[0] for each in made.named("workforce_insured")}
    if len(made.guessed("workforce")) > 1 and free[0].header.partition(LEVELS)[0] in rolls:
        made.rename(free, "workforce_gap")  # with those on the insurance rolls it makes up the whole
    else:
        _keep(made, "workforce", lambda each: each in free, "members")

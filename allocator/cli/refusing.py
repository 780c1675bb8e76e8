"""What is said of a call that is refused: cause, remedy, and the call to type instead where the call tells it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli.help import shown_name
from allocator.cli.line import CallLine
from allocator.cli.mending import mend
from allocator.cli.mending.made import ONCE, Mend
from allocator.cli.mending.tidying import tidied
from allocator.cli.output import shell
from allocator.data.settings import is_table
from allocator.errors import Fault, InfeasibleError, fault
from allocator.finding.settings import Setting, SettingName, setting_name, setting_of
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.data.table import Number
    from allocator.why.remedies import Change, Remedy

NAMES = ("usage.command", "usage.option", "scenario.unknown", "file.missing")
"""Faults of a name there is none of, which are told by the nearest there is."""
RULE = re.compile(r"(levels\.\d+\.)?rules\.\d+")
MOST_TRIED = 40
"""Targets near one that a plan cannot have that are tried, each by making the plan."""


def refusal(words: Words, line: CallLine, faults: Sequence[Fault]) -> Iterator[str]:
    """Lines about what is wrong with a call."""
    usage = all(each.key.startswith("usage.") or each.key in NAMES for each in faults)
    if usage and (made := tidied([*line.words])) != [*line.words]:
        yield words("cli.error", message=words("usage.copied"))
        yield from _to_type(words, Mend([made]))
        return
    found, mended = _mended(words, line, faults)
    for each, way in zip(faults, mended, strict=True):
        said = way.said if way and way.said else each
        yield words("cli.error", message=_whole(words, line, said, found))
    yield from _to_type(words, found) if found else ()


def _whole(words: Words, line: CallLine, each: Fault, found: Mend | None) -> str:
    """A fault as a line, rules by their names; that of a call which nothing mends with where to read on."""
    if each.key.startswith("infeasible."):
        named: dict[str, Any] = {"rules": [rule_name(words, key) for key in each.values.get("rules", ())]}
        if RULE.fullmatch(str(each.values.get("group"))):
            named["group"] = rule_name(words, each.values["group"])
        each = replace(each, values={**each.values, **named})
    if found or not each.key.startswith("usage."):
        return each.told(words)
    command = f"allocator {line.command.name}" if line.command else "allocator"
    return words("usage.message", cause=each.told(words), command=command)


def _mended(words: Words, line: CallLine, faults: Sequence[Fault]) -> tuple[Mend | None, list[Mend | None]]:
    """What mends a call altogether, None where nothing does, and what mends each of its faults."""
    made: list[Mend | None] = []
    for each in faults:
        made.append(way := mend(line, each, words))
        if way and way.how == ONCE and len(faults) > 1:
            line = CallLine(tuple(way.calls[0]), line.command, line.at)
    return (made[-1] if made and all(made) else None), made


def _to_type(words: Words, found: Mend) -> Iterator[str]:
    yield words(found.how)
    yield from (f"  {' '.join(shell(each))}" for each in found.calls)


def usage_fault(error: click.ClickException) -> Fault:
    """What is wrong with how a command is called."""
    param: Any = getattr(error, "param", None)
    if isinstance(error, click.MissingParameter) and param is not None:
        return fault("usage.missing", name=Named(param))
    if isinstance(error, click.BadParameter) and param is not None:
        accepted = _accepted(param.type)
        return fault("usage.value", name=Named(param), param=param, accepted=accepted)
    if isinstance(error, click.NoSuchOption):
        early = error.ctx is not None and isinstance(error.ctx.command, click.Group)
        return fault("usage.before" if early else "usage.option", name=error.option_name)
    if isinstance(error, click.BadOptionUsage):
        return fault("usage.no_value", name=error.option_name)
    return fault("usage.extra")


class Named:
    """A parameter, told by its name as help shows it."""

    def __init__(self, param: click.Parameter) -> None:
        self.param = param

    def told(self, words: Words) -> str:
        """Its name."""
        return shown_name(self.param, words)


def _accepted(kind: Any) -> Fault:
    """What a parameter takes, to end the sentence that refuses what it was given."""
    if isinstance(kind, click.Choice):
        return fault("usage.one_of", names=[str(each) for each in kind.choices])
    name = "usage.whole" if isinstance(kind, click.types.IntParamType) else "usage.number"
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    if low is not None and high is not None:
        return Fault(f"{name}_between", "", {"low": low, "high": high})
    return Fault(name) if low is None else Fault(f"{name}_from", "", {"low": low})


def infeasible(words: Words, line: CallLine, error: Exception) -> Iterator[str]:
    """Lines that name the rules that cannot hold together and the remedies, the cheapest first, each as a call to type.

    Of a year of several the remedies are settings to write in its scenario, as a call sets them in every year; where
    they cannot be written for it alone, calls with which the whole plan holds.
    """
    if not isinstance(error, InfeasibleError) or error.case is None:
        return
    from allocator.why.remedies import collision

    if (found := collision(*error.case)) is None:
        return
    rules = [f"{rule_name(words, key)}: {_held(words, key, each)}" for key, each in found.rules.items()]
    yield words("remedy.rules", rules=rules)
    remedies, key = found.remedies, "remedy.title_year" if error.year else "remedy.title"
    if error.plans and any(_for_every_year(line, error.year, each) for each in remedies):
        remedies, key = tuple(_in_every_year(line, remedies, error.plans)), "remedy.title_every_year"
    if not remedies:
        yield words("remedy.none_every_year" if found.remedies else "remedy.none")
        return
    yield words(key, year=str(error.year))
    for remedy in remedies:
        changes = [_changed(words, each) for each in remedy.changes]
        yield words("remedy.line", changes=changes, members=remedy.members, lots=remedy.lots)
        written = key == "remedy.title_year"
        calls = remedy.options if written else [" ".join(shell(with_options(line, remedy.options)))]
        yield from (f"  {each}" for each in calls)


def _for_every_year(line: CallLine, year: str, remedy: Remedy) -> bool:
    """Whether a remedy can only be given for all years: there is no file of the year's own, or the call sets its keys.

    A table has no settings, and a scenario that stands there twice is that of more than one year.
    """
    keys = {each.partition("=")[0] for each in remedy.options}
    told = {each.partition("=")[0] for each in line.given("--set")} | {"target" for _ in line.given("--target")}
    return is_table(Path(year)) or [*map(line.value, line.arguments)].count(year) > 1 or bool(keys & told)


def _in_every_year(
    line: CallLine, remedies: Sequence[Remedy], plans: Callable[[Mapping[str, Any]], bool]
) -> Iterator[Remedy]:
    """A year's remedies with which a plan holds where they are every year's; the target as near as it can be then."""

    def fits(target: int) -> bool:
        return plans({"target": target})

    alike = len({*map(line.value, line.arguments)}) == 1
    for each in remedies:
        if each.settings.keys() == {"target"}:
            change: Any = each.changes[0]
            lot = each.members // each.lots * (1 if change.to > change.now else -1)
            ways = range(change.now + lot, change.to + lot if lot > 0 else 0, lot)
            # The lowest may be too low for minima of a year: then those near by are tried one by one.
            near = ways[bisect_left(ways, True, key=fits) :][:1] or filter(fits, ways[:MOST_TRIED])
            for to in islice(near, 1):
                moved = {"members": abs(to - change.now), "lots": (to - change.now) // lot}
                yield replace(each, changes=(replace(change, to=to),), settings={"target": to}, **moved)
        elif (alike or not any(isinstance(value, list) for value in each.settings.values())) and plans(each.settings):
            yield each


def rule_name(words: Words, key: str) -> str:
    """What a rule, or what stands in it, is called: rules of a list by their number, as the answers call them."""
    head, *more = re.sub(r"^levels\.\d+\.|\.share$", "", key).split(".")
    if head == "rules" and more:
        place, *more = more
        return " – ".join(
            [f"{setting_name(words, head)} {int(place) + 1}", *(setting_name(words, each) for each in more)]
        )
    return SettingName((head, *more)).told(words)


def _changed(words: Words, change: Change) -> str:
    to = _held(words, change.key, change.to)
    before = "" if isinstance(change.to, tuple) else f"{_held(words, change.key, change.now)} → "
    return f"{rule_name(words, change.key)}: {before}{to}"


def _held(words: Words, key: str, value: Number | tuple[str, ...]) -> str:
    """A value of a rule as people read it: a share as a percentage, units by their names."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return (Setting(value, True) if key.endswith(".share") else setting_of(key.split("."), value)).told(words)


def with_options(line: CallLine, options: Sequence[str]) -> list[str]:
    """A call with `--set` options more, in place of what it says of the same keys."""
    changes = [*options]
    target = next((at for at, each in line.values if "--target" in each.opts), None)
    told = next((each for each in changes if each.startswith("target=")), None)
    if target is not None and told is not None:
        changes.remove(told)
        line = replace(line, words=tuple(line.put(target, told.partition("=")[2])))
    keys = {each.partition("=")[0] for each in changes}
    same = [at for at, each in line.values if "--set" in each.opts and line.value(at).partition("=")[0] in keys]
    return [*line.without(*same), *(word for each in changes for word in ("--set", each))]

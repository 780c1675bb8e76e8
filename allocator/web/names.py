"""What the page calls its fields, and how it writes what they hold and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from allocator.data.findings import ColumnName
from allocator.data.table import Table
from allocator.errors import Fault
from allocator.finding.settings import Setting
from allocator.web.fields import COMMON, LISTS, OWN, TEXTS, number_kind, read_field, written
from allocator.words import Words

KEY = re.compile(r"\b[a-z_]+(?:\.[a-z_]+)+\b")
"""A dotted key in a message."""
RULE = re.compile(r"rules(?:\.(\d+)(?:\.(?:each|together)\.(least|most))?(?:\..*)?)?")
GROUP = re.compile(r"groups\.(.+?)(?:\.(min|max))?")


def name_of(key: str, words: Words, question: str = "", rules: Sequence[str] = ()) -> str:
    """What the page calls a field, a key of the scenario or an argument of `question`; itself where it has no name.

    Args:
        key: the field, key or argument.
        words: the language.
        question: the question, if it is about one.
        rules: what the scenario calls its rules.
    """
    key = re.sub(r"^levels\.\d+\.", "", key)
    if named := _rule_name(key, words, rules):
        return capital(named)
    own = ((kind, re.fullmatch(pattern, key)) for kind, pattern in OWN.items())
    field = next((f"{kind}:{found[1]}" for kind, found in own if found), key)
    kind, colon, unit = next((name for name, dotted in COMMON.items() if dotted == key), field).partition(":")
    if kind == "figure":
        column, _, unit = unit.partition(":")
        return f"{column_name(column, words)} – {unit}"
    names = (
        f"cli.{question}.{key.removeprefix('--')}",
        f"page.own_{kind}" if colon else f"page.field.{kind}",
        f"parameter.{COMMON.get(key, key)}",
    )
    found = (words(each).rstrip(".") for each in names if each in words)
    name = next((each for each in found if not each.startswith("…")), key)  # one that goes on from the label above it
    return f"{name} – {unit}" if unit and name != key else name


def _rule_name(key: str, words: Words, rules: Sequence[str]) -> str:
    """What a rule or a group is called, or one side of it; blank for any other key."""
    if found := RULE.fullmatch(key):
        if found[1] is None:
            return words("rules.title")
        return words("_".join(filter(None, ("rulename.rule", found[2]))), name=_called(int(found[1]), rules))
    found = GROUP.fullmatch(key)
    return words("_".join(filter(None, ("rulename.group", found[2]))), name=found[1]) if found else ""


def _called(index: int, rules: Sequence[str]) -> str:
    return (index < len(rules) and rules[index]) or str(index + 1)


def fault_text(each: Fault, words: Words, question: str = "", rules: Sequence[str] = ()) -> str:
    """A fault in words, the fields and keys it is about named as the page names them; arguments as `name_of`."""
    label, values = name_of(words.told(each.place), words, question, rules), dict(each.values)
    if "rule" in values:  # the message itself says that it is one
        found = RULE.fullmatch(values["rule"])
        values["rule"] = _called(int(found[1]), rules) if found else name_of(values["rule"], words)
    for name in values.keys() & {"group", "first", "second", "unit"}:
        if found := RULE.fullmatch(str(values[name])):
            values[name] = name_of(found[0], words, rules=rules)
    if "rules" in values:
        values["rules"] = [name_of(rule, words, rules=rules) for rule in values["rules"]]
    if "detail" in values:  # a value out of its range, whose key says where it stands
        values["key"] = label or name_of(values["key"], words, rules=rules)
        values |= {key: words.typed(values[key]) for key in ("value", "limit", "number", "percent") if key in values}
    text = keys_named(words(each.key, **values), words)
    return f"{label}: {text}" if label and not text.startswith((label, f"“{label}”")) else text


def keys_named(text: str, words: Words) -> str:
    """A message with the keys in it called what the page calls them."""

    def named(found: re.Match[str]) -> str:
        name = name_of(found[0], words)
        return found[0] if name == found[0] else f"“{name}”"

    return KEY.sub(named, text)


def column_name(column: str, words: Words) -> str:
    """What the page calls a column of the table; its own name where it has no other."""
    return ColumnName(column).told(words)


def kinds_named(table: Table, words: Words) -> list[tuple[str, str]]:
    """The kinds of a table's units, each with what people call it."""
    return [(each, Setting(each).told(words)) for each in sorted({each for each in table.kinds if each})]


def capital(text: str) -> str:
    """A text that begins a line."""
    return text[:1].upper() + text[1:]


def shown_text(name: str, text: str, words: Words) -> str:
    """The text of a field as a person types it: 6.500, 20%, 0,5; what is no number as it is."""
    kind = name.partition(":")[0]
    value = None if kind in TEXTS or kind in LISTS else read_field(name, text, [])
    if value is None or value == "province":
        return words("page.province") if value else text
    held = number_kind(name)
    if held == "whole":
        return words.number(value)
    if held == "number":
        return words.typed(written(value))
    return percent_typed(value, words)


def percent_typed(share: float | str, words: Words) -> str:
    """A share, itself or as a percentage, as a person types it: 62,5%."""
    text = str(share)
    percent = Decimal(text.removesuffix(" %")) * (1 if text.endswith("%") else 100)
    return words.typed(f"{percent.normalize():f}%")

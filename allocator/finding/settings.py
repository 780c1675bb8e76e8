"""Settings of a scenario as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allocator.words import Words


def setting_name(words: Words, key: str) -> str:
    """A scenario's key, a column or a kind of the table in words; the key itself where it names a unit or a group."""
    names = (f"{kind}.{key}" for kind in ("parameter", "page.column", "value"))
    return next((words(each) for each in names if each in words), key)


@dataclass(frozen=True)
class SettingName:
    """A setting by the keys that lead to it, as people call it."""

    keys: tuple[str, ...]

    def told(self, words: Words) -> str:
        """The name of as many of the keys as have one together, then one by one, units and groups by their own."""
        known = (n for n in range(len(self.keys), 0, -1) if f"parameter.{'.'.join(self.keys[:n])}" in words)
        together = next(known, 1)
        names = (".".join(self.keys[:together]), *self.keys[together:])
        return " – ".join(setting_name(words, each) for each in names)


def set_to(name: str, value: Any, share: bool = False) -> Setting:
    """The value of a setting called `name`: words that mean something else elsewhere are told by what they are of."""
    told = {"year": str(value), "quota_basis": f"quota_{value}"} if value else {}
    if name == "carry_over":
        return Setting(f"carry_{value}" if isinstance(value, str) else value, share=True)
    return Setting(told.get(name, value), share)


@dataclass(frozen=True)
class Setting:
    """A setting's value, as people read it; a number that is a `share` as a percentage."""

    value: Any
    share: bool = False

    def told(self, words: Words) -> str:
        """Numbers in the language's marks, lists and mappings in one line, a dash for none."""
        value = self.value
        if isinstance(value, dict) and value.keys() == {"share", "of"}:
            of = f"rules.of.{value['of']}"
            return words("value.share_of", share=Setting(value["share"], True),
                         of=words(of) if of in words else Setting(value["of"]))  # fmt: skip
        if isinstance(value, dict):
            known = {key: each for key, each in value.items() if each or (each == 0 and each is not False)}
            parts = (f"{setting_name(words, key)}: {_part(words, key, each)}" for key, each in known.items())
            return "; ".join(parts) or "–"
        if isinstance(value, list):
            return " | ".join(Setting(each).told(words) for each in value) or "–"
        if isinstance(value, str):
            return words(f"value.{value}") if f"value.{value}" in words else value or "–"
        if isinstance(value, bool):
            return words("value.yes" if value else "value.no")
        if self.share and value is not None:
            return words.percent(value, _decimals(value * 100))
        return words.number(value, 0 if value is None else _decimals(value))


def _part(words: Words, key: str, value: Any) -> str:
    """What a mapping has under a key; a column as people call it."""
    told = Setting(value).told(words)
    return setting_name(words, told) if key in ("column", "reference") and told == value else told


def setting_of(keys: Sequence[str], value: Any) -> Setting:
    """What stands under a scenario's keys, or under those of a figure of the table, as people read it."""
    from allocator.model.scenario import scenario_keys

    known = scenario_keys().at(keys)
    return set_to(".".join(keys), value, known is not None and known.unit == "share")


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])

"""Settings of a scenario as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allocator.words import Words


def setting_name(words: Words, key: str) -> str:
    """A scenario's key in words; the key itself where it names a unit or a group."""
    return words(f"parameter.{key}") if f"parameter.{key}" in words else key


@dataclass(frozen=True)
class Setting:
    """A setting's value, as people read it."""

    value: Any

    def told(self, words: Words) -> str:
        """Numbers in the language's marks, lists and mappings in one line, a dash for none."""
        value = self.value
        if isinstance(value, dict):
            known = {key: each for key, each in value.items() if each or (each == 0 and each is not False)}
            parts = (f"{setting_name(words, key)}: {Setting(each).told(words)}" for key, each in known.items())
            return "; ".join(parts) or "–"
        if isinstance(value, list):
            return " | ".join(Setting(each).told(words) for each in value) or "–"
        if isinstance(value, str):
            return words(f"value.{value}") if f"value.{value}" in words else value or "–"
        if isinstance(value, bool):
            return words("value.yes" if value else "value.no")
        return words.number(value, 0 if value is None else len(f"{value:.6f}".rstrip("0").partition(".")[2]))

"""Settings to be written: what lies over others, as a text that is read as just that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allocator.data.settings import parse_yaml
from allocator.errors import InputError


def what_lies_over(base: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """What, merged over `base`, makes `made` of it, which came from it by merging.

    Example:
        >>> what_lies_over({"lot": 1, "growth": {"units": {"A": 1}}}, {"lot": 1, "growth": {"units": {"A": 1, "B": 0}}})
        {'growth': {'units': {'B': 0}}}
    """
    return {
        key: what_lies_over(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in made.items()
        if key not in base or base[key] != value
    }


def yaml_text(values: Any) -> str:
    """Plain values as a YAML text that `parse_yaml` reads as just these: no aliases, texts that may be more quoted."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if _is_plain(value) else "'")

    Dumper.add_representer(str, text)
    Dumper.add_multi_representer(str, text)
    made: str = yaml.dump(values, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=120)
    return made


def _is_plain(text: str) -> bool:
    """Whether a text without quotation marks is read as itself."""
    try:
        return bool(parse_yaml(str(text), "")[0] == text)
    except InputError:
        return False

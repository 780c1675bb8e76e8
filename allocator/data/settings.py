"""Settings from YAML: strict values, and the place of each one, so that an error can name file, line and column.

YAML reads more into plain text than its author meant (`NO` is false, `010` is 8, `12:30` is 750) and lets a later
duplicate key win. Here such values are errors, and so are aliases, whose few hundred bytes can expand to gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.errors import Fault, InputError, fault

MOST_BYTES = 1_000_000
MOST_EXTENDS = 20
Keys = tuple[str | int, ...]

_PLAIN = (
    (re.compile(r"(|~|null)"), lambda text: None),
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"[-+]?(0|[1-9][0-9]*)"), int),
    (re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]*([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"), str),
)
_AMBIGUOUS = re.compile(
    r"(?i)y|n|yes|no|on|off|true|false|null"
    r"|[-+.]?\.?[0-9][0-9_:,.']*(e[-+]?[0-9]+)?|0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|[-+]?\.inf|\.nan|="
)


@dataclass(frozen=True)
class Settings:
    """Values read from YAML, and where each stands.

    Attributes:
        values: mappings, lists and plain values, as the files give them after `extends` and `--set`.
        places: `file:line:column` of each value, by the keys that lead to it.
        folder: the folder relative paths in it start from.
    """

    values: dict[str, Any]
    places: Mapping[Keys, str]
    folder: Path

    def place(self, keys: Keys) -> str:
        """Where the value under `keys` stands, or the nearest thing that encloses it."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, "")


def read_settings_text(path: Path, most_bytes: int = MOST_BYTES) -> str:
    """The text of a UTF-8 file of at most `most_bytes`; InputError says what is in the way of reading it."""
    try:
        if path.is_dir():
            raise InputError(fault("file.is_folder", str(path)))
        if path.stat().st_size > most_bytes:
            raise InputError(fault("file.too_large", str(path), most=most_bytes / 1e6))
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(fault("file.missing", str(path))) from None
    except UnicodeDecodeError as error:
        raise InputError(fault("file.not_utf8", str(path), byte=error.start)) from None
    except OSError as error:
        raise InputError(fault("file.unreadable", str(path), cause=error.strerror or str(error))) from None


def parse_yaml(text: str, name: str) -> tuple[Any, dict[Keys, str]]:
    """Value of a YAML text and the place of everything in it; InputError lists every fault of the text."""
    import yaml

    faults: list[Fault] = []
    places: dict[Keys, str] = {}
    try:
        if any(isinstance(token, yaml.AliasToken | yaml.AnchorToken) for token in yaml.scan(text, yaml.SafeLoader)):
            raise InputError(fault("yaml.alias", name))
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise InputError(fault("yaml.syntax", place, cause=error.problem or error.context)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(fault("yaml.syntax", name, cause=str(error).splitlines()[0])) from None

    def at(each: Any) -> str:
        return f"{name}:{each.start_mark.line + 1}:{each.start_mark.column + 1}"

    def value(each: Any, keys: Keys) -> Any:
        places[keys] = at(each)
        if isinstance(each, yaml.MappingNode):
            return mapping(each, keys)
        if isinstance(each, yaml.SequenceNode):
            return [value(item, (*keys, index)) for index, item in enumerate(each.value)]
        return _scalar(each, at(each), faults)

    def mapping(each: Any, keys: Keys) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in each.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                faults.append(fault("yaml.key", at(key_node)))
            elif key in made:
                faults.append(fault("yaml.duplicate", at(key_node), key=key))
            else:
                made[key] = value(value_node, (*keys, key))
                places[*keys, key] = at(key_node)
        return made

    try:
        made = None if node is None else value(node, ())
    except RecursionError:
        raise InputError(fault("yaml.syntax", name, cause="nested too deeply")) from None
    if faults:
        raise InputError(faults)
    return made, places


def _scalar(node: Any, place: str, faults: list[Fault]) -> Any:
    text = str(node.value)
    if node.style is None and not str(node.tag).startswith("tag:yaml.org,2002:"):
        faults.append(fault("yaml.syntax", place, cause=f"tag {node.tag}"))
    if node.style is not None:
        return text
    for pattern, read in _PLAIN:
        if pattern.fullmatch(text):
            return _finite(read(text), text, place, faults)
    if _AMBIGUOUS.fullmatch(text):
        faults.append(fault("yaml.ambiguous", place, text=text))
    return text


def _finite(value: Any, text: str, place: str, faults: list[Fault]) -> Any:
    if isinstance(value, int | float) and abs(value) > 1e18:
        faults.append(fault("yaml.number_too_large", place, text=text))
    return value


def read_yaml(path: Path) -> tuple[Any, dict[Keys, str]]:
    """Value of a YAML file and the place of everything in it; InputError lists every fault."""
    return parse_yaml(read_settings_text(path), path.name)


def read_settings(path: Path, changes: Sequence[str] = ()) -> Settings:
    """Settings of a file on top of those it `extends`, then changed by `KEY=VALUE` texts.

    Mappings merge, everything else replaces. InputError: a fault of a file, a cycle, a change that cannot be read.
    """
    settings = _extended(path, ())
    for change in changes:
        settings = _changed(settings, change)
    return settings


def _extended(path: Path, seen: tuple[Path, ...]) -> Settings:
    values, places = read_yaml(path)
    if not isinstance(values, dict):
        raise InputError(fault("scenario.not_mapping", path.name))
    base_name = values.pop("extends", None)
    if base_name is None:
        return Settings(values, places, path.parent)
    place = places["extends",]
    if not isinstance(base_name, str):
        raise InputError(fault("scenario.extends_not_text", place))
    base_path = path.parent / base_name
    if base_path.resolve() in {each.resolve() for each in (*seen, path)} or len(seen) > MOST_EXTENDS:
        raise InputError(fault("scenario.extends_cycle", place, file=base_name))
    if not base_path.is_file():
        raise InputError(fault("scenario.extends_missing", place, file=base_name))
    base = _extended(base_path, (*seen, path))
    if isinstance(base.values.get("data"), str) and "data" not in values and base.folder != path.parent:
        base.values["data"] = (Path(base_name).parent / base.values["data"]).as_posix()
    return Settings(merged(base.values, values), {**_kept(base, values), **places}, path.parent)


def _kept(base: Settings, over: Mapping[str, Any]) -> dict[Keys, str]:
    """Places of the base's values that a list or plain value of `over` does not replace."""
    replaced = list(_leaves(over))
    return {keys: place for keys, place in base.places.items() if not any(keys[: len(k)] == k for k in replaced)}


def _leaves(values: Mapping[str, Any], keys: Keys = ()) -> Iterator[Keys]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*keys, key))
        else:
            yield (*keys, key)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on top of `base`: mappings merge, everything else replaces.

    Example:
        >>> merged({"growth": {"realisation": 1, "units": {}}}, {"growth": {"realisation": 0.2}})
        {'growth': {'realisation': 0.2, 'units': {}}}
    """
    both = {
        key: merged(base[key], value) if isinstance(value, Mapping) and isinstance(base.get(key), Mapping) else value
        for key, value in over.items()
    }
    return {**base, **both}


def split_key(text: str) -> list[str]:
    """Parts of a dotted key; a part with dots, spaces or equals signs may stand in quotes.

    Example:
        >>> split_key('growth.units."CĐ các KCN"')
        ['growth', 'units', 'CĐ các KCN']
    """
    parts = re.findall(r"""(?:^|\.)(?:"([^"]*)"|'([^']*)'|([^."']+))""", text)
    return ["".join(part) for part in parts]


def _changed(settings: Settings, change: str) -> Settings:
    place = f"--set {change}"
    matched = re.fullmatch(r"""((?:"[^"]*"|'[^']*'|[^="'])+)=(.*)""", change, re.DOTALL)
    keys = split_key(matched[1].strip()) if matched else []
    if not matched or not keys or any(not key for key in keys):
        raise InputError(fault("scenario.set_form", place))
    value, _ = parse_yaml(matched[2].strip(), place)
    nested: Any = value
    for key in reversed(keys):
        nested = {key: nested}
    return Settings(merged(settings.values, nested), {**_kept(settings, nested), tuple(keys): place}, settings.folder)

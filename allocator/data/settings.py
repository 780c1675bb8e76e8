"""Settings from YAML: strict values, and the place of each one, so that an error can name file, line and column.

YAML reads more into plain text than its author meant (`NO` is false, `010` is 8, `12:30` is 750) and lets a later
duplicate key win. Here such values are errors, and so are aliases, whose few hundred bytes can expand to gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any

from allocator.data.limits import MOST_SETTINGS_BYTES, Faults, decoded, read_bytes, text_place
from allocator.data.no_yaml import cause_in
from allocator.errors import InputError, fault

MOST_EXTENDS = 20
YAML = (".yaml", ".yml")
SCHEMA_FILE = "scenario.schema.json"
SCHEMA_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""First line of a scenario file: the schema from which an editor explains and completes its keys."""
Keys = tuple[str | int, ...]

_PLAIN = (
    (re.compile(r"(|~|null)"), lambda text: None),
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"[-+]?(0|[1-9][0-9]*)"), int),
    (re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]*([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}"), str),
)
_ODD = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no text may hold: control characters and halves of surrogate pairs."""
_REFUSED = {"AliasToken": "yaml.alias", "AnchorToken": "yaml.alias", "TagToken": "yaml.tag"}
_AMBIGUOUS = re.compile(
    r"(?i)y|n|yes|no|on|off|true|false|null"
    r"|[-+.]?\.?[0-9][0-9_:,.']*(e[-+]?[0-9]+)?|0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|[-+]?\.inf|\.nan|="
)
_COMMA = re.compile(r"([-+]?(?:0|[1-9][0-9]*)),([0-9]+)")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")


@dataclass(frozen=True)
class Settings:
    """Values read from YAML, and where each stands.

    Attributes:
        values: mappings, lists and plain values, as the files give them after `extends` and `--set`.
        places: `file:line:column` of each value, by the keys that lead to it.
        folder: the folder relative paths in it start from.
        table: the table whose first scenario lies below the values; None where they build on none.
    """

    values: dict[str, Any]
    places: Mapping[Keys, str]
    folder: Path = Path()
    table: Path | None = None

    def place(self, keys: Keys) -> str:
        """Where the value under `keys` stands, or the nearest thing that encloses it."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, "")


def parse_yaml(text: str, name: str) -> tuple[Any, dict[Keys, str]]:
    """Value of a YAML text and the place of everything in it; InputError lists every fault of the text."""
    if odd := _ODD.search(text):
        raise InputError(fault("file.odd_text", text_place(name, text, odd.start()), text=ascii(odd[0])[1:-1]))
    reading = _Reading(name)
    node = _root(text, name)
    try:
        made = None if node is None else reading.value(node, ())
    except RecursionError:
        raise InputError(fault("yaml.syntax", name, cause=fault("yaml.cause.nested"))) from None
    reading.faults.check()
    return made, reading.places


def _root(text: str, name: str) -> Any:
    """Root of a YAML text's nodes, None of an empty one; InputError for what is no YAML, and for aliases and tags."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
    faults = Faults()
    try:
        for token in yaml.scan(text, loader):
            if key := _REFUSED.get(type(token).__name__):
                faults.append(fault(key, _at(name, token.start_mark)))
        faults.check()
        return yaml.compose(text, loader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        cause = cause_in(text, mark and mark.index, str(error))
        raise InputError(fault("yaml.syntax", _at(name, mark), cause=cause)) from None


def _at(name: str, mark: Any) -> str:
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


@dataclass
class _Reading:
    """The nodes of one YAML text on their way to values, with the places and faults found so far."""

    name: str
    places: dict[Keys, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def value(self, node: Any, keys: Keys) -> Any:
        """Value of a node, whose place `keys` will tell."""
        self.places[keys] = place = _at(self.name, node.start_mark)
        if node.id == "mapping":
            return self._mapping(node, keys)
        if node.id == "sequence":
            return [self.value(item, (*keys, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, place)

    def _mapping(self, node: Any, keys: Keys) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, place = key_node.value, _at(self.name, key_node.start_mark)
            if key_node.id != "scalar":
                self.faults.append(fault("yaml.key", place))
            elif key in made:
                self.faults.append(fault("yaml.duplicate", place, key=key))
            else:
                made[key] = self.value(value_node, (*keys, key))
                self.places[*keys, key] = place
        return made

    def _scalar(self, node: Any, place: str) -> Any:
        text = str(node.value)
        if odd := _ODD.search(text):
            self.faults.append(fault("file.odd_text", place, text=ascii(odd[0])[1:-1]))
        if node.style not in (None, ""):
            return text
        for pattern, read in _PLAIN:
            if pattern.fullmatch(text):
                value = read(text)
                if isinstance(value, int | float) and abs(value) > 1e18:
                    self.faults.append(fault("yaml.number_too_large", place, text=text))
                return value
        if (comma := _COMMA.fullmatch(text)) and not _THOUSANDS.fullmatch(text):
            number = f"{comma[1]}.{comma[2]}"
            values = {"text": text, "number": number, "percent": percent_text(number)}
            self.faults.append(fault("yaml.decimal_comma", place, **values))
        elif _AMBIGUOUS.fullmatch(text):
            self.faults.append(fault("yaml.ambiguous", place, text=text))
        return text


def percent_text(number: str) -> str:
    """A share as the figure before its `%`.

    Example:
        >>> percent_text("0.554"), percent_text("2")
        ('55.4', '200')
    """
    return f"{(Decimal(number) * 100).normalize():f}"


def read_yaml(path: Path) -> tuple[Any, dict[Keys, str]]:
    """Value of a YAML file and the place of everything in it; InputError lists every fault."""
    return parse_yaml(decoded(read_bytes(path, MOST_SETTINGS_BYTES), path.name), path.name)


def is_table(path: Path) -> bool:
    """Whether a file that stands where a scenario may is a table: it does not end as a file of settings does."""
    return path.suffix.lower() not in (*YAML, ".json")


def read_settings(path: Path, seen: tuple[Path, ...] = ()) -> Settings:
    """Settings of a file on top of those it `extends`, which may be a table: mappings merge, all else replaces.

    Args:
        path: the file.
        seen: files that extend it.

    Raises:
        InputError: a fault of a file, or a cycle.
    """
    if is_table(path):
        return Settings({"data": path.name}, {}, path.parent, path)
    values, places = read_yaml(path)
    if not isinstance(values, dict):
        raise InputError(fault("scenario.not_mapping", path.name))
    if {"digest", "inputs"} <= values.keys():
        raise InputError(fault("scenario.is_result", path.name))
    base_name = values.pop("extends", None)
    if base_name is None:
        return Settings(values, places, path.parent)
    place = places["extends",]
    if not isinstance(base_name, str):
        raise InputError(fault("scenario.extends_not_text", place))
    base_path = path.parent / base_name
    if base_path.resolve() in {each.resolve() for each in (*seen, path)} or len(seen) > MOST_EXTENDS:
        raise InputError(fault("scenario.extends_cycle", place, file=base_name))
    if not base_path.exists():
        raise InputError(fault("scenario.extends_missing", place, file=base_name))
    base = read_settings(base_path, (*seen, path))
    for key in ("data", "follows"):
        file = base.values.get(key)
        if not isinstance(file, str) or key in values or base.folder == path.parent:
            continue
        if key == "data" or (base.folder / file).exists():  # else it names a built-in scenario
            base.values[key] = (Path(base_name).parent / file).as_posix()
    return Settings(merged(base.values, values), {**_kept(base, values), **places}, path.parent, base.table)


def _kept(base: Settings, over: Mapping[str, Any]) -> dict[Keys, str]:
    """Places of the base's values that a list or plain value of `over` does not replace."""

    def stays(keys: Keys) -> bool:
        value: Any = over
        for key in keys:
            if key not in value:
                return True
            value = value[key]
            if not (isinstance(value, dict) and value):
                return False
        return True

    return {keys: place for keys, place in base.places.items() if stays(keys)}


def merged(base: Any, over: Any) -> Any:
    """`over` on top of `base`: mappings merge, everything else replaces.

    A mapping whose keys are numbers changes those items of a list, or adds one.

    Example:
        >>> merged({"growth": {"realisation": 1, "units": {}}}, {"growth": {"realisation": 0.2}})
        {'growth': {'realisation': 0.2, 'units': {}}}
    """
    if not isinstance(over, Mapping):
        return over
    if isinstance(base, list) and over and all(isinstance(key, int) for key in over):
        return list(merged(dict(enumerate(base)), over).values())
    before = base if isinstance(base, Mapping) else {}
    return {**before, **{key: merged(before.get(key), value) for key, value in over.items()}}


def split_key(text: str) -> list[str]:
    """Parts of a dotted key; a part with dots, spaces or equals signs may stand in quotes.

    Example:
        >>> split_key('growth.units."CĐ các KCN"')
        ['growth', 'units', 'CĐ các KCN']
    """
    parts = re.findall(r"""(?:^|\.)(?:"([^"]*)"|'([^']*)'|([^."']+))""", text)
    return ["".join(part) for part in parts]


def _path(values: Any, keys: Sequence[str], place: str) -> Keys:
    """Keys as they lead into settings: a number where they meet a list, at most the one after its last item."""
    path: list[str | int] = []
    for key in keys:
        if isinstance(values, list) and key.isdigit():
            if int(key) > len(values):
                raise InputError(fault("scenario.set_index", place, key=".".join(map(str, path)), count=len(values)))
            path.append(int(key))
            values = values[int(key)] if int(key) < len(values) else None
        else:
            path.append(key)
            values = values.get(key) if isinstance(values, Mapping) else None
    return tuple(path)


def split_change(change: str) -> tuple[list[str], str]:
    """Keys and value of a `KEY=VALUE` text; InputError where it is none."""
    matched = re.fullmatch(r"""((?:"[^"]*"|'[^']*'|[^="'])+)=(.*)""", change, re.DOTALL)
    keys = split_key(matched[1].strip()) if matched else []
    if not matched or not keys or not all(keys):
        raise InputError(fault("scenario.set_form", f"--set {change}"))
    return keys, matched[2].strip()


def keyed(keys: Sequence[str | int], value: Any) -> Any:
    """A value under its keys, a mapping in a mapping, as `merged` takes it."""
    return reduce(lambda inner, key: {key: inner}, reversed(keys), value)


def changed(settings: Settings, change: str) -> Settings:
    """Settings changed by a `KEY=VALUE` text; InputError where it cannot be read."""
    place = f"--set {change}"
    keys, text = split_change(change)
    value, _ = parse_yaml(text, place)
    path = _path(settings.values, keys, place)
    nested = keyed(path, value)
    around: dict[Keys, str] = {path[:n]: place for n in range(1, len(path) + 1)}
    places = {**around, **_kept(settings, nested), path: place}
    return replace(settings, values=merged(settings.values, nested), places=places)

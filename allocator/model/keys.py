"""Every key a scenario may have: what it means, its unit, range and default as the models have them, an example.

The texts are `key.PATH` in the catalogues. A path names the keys that lead to a value, `*` a name of the table;
positions in lists are left out. A part that stands in several places (`growth`, `levels.growth`) is described once.
"""

from __future__ import annotations

import difflib
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from allocator.data.settings import parse_yaml, split_key
from allocator.model.key_examples import EXAMPLES
from allocator.words import Words

Node = dict[str, Any]
ANY_NAME = "*"
"""A name of the table in a path."""
MOST_NEAR = 4
WHOLE = ("drivers", "review")
"""What is only right as a whole: shares that sum to 1, a release of what is reserved."""


@dataclass(frozen=True, eq=False)
class Key:
    """One key.

    Attributes:
        path: the keys that lead to it, dotted.
        described: the path under which it is described: the first at which its part stands.
        places: the paths that are described so.
        nodes: what the schema says of it, once a part that has it.
        values: what its values may be: schemas without references and alternatives.
        within: the same of the values in its lists and mappings, too.
        required: whether its part cannot do without it.
    """

    path: str
    described: str
    places: list[str]
    nodes: list[Node]
    values: list[Node]
    within: list[Node]
    required: bool

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path.rpartition(".")[2]

    @property
    def type(self) -> str:
        """JSON types of its values, but for null and for a share's percentage."""
        found = {each["type"]: None for each in self.values if "type" in each and "%" not in each.get("pattern", "")}
        return " | ".join(each for each in found if each != "null")

    @property
    def unit(self) -> str | None:
        """`share`, `members`, `workers`; None for what has no unit."""
        return next((each["unit"] for each in self.within if "unit" in each), None)

    @property
    def range(self) -> dict[str, Any] | None:
        """The least and the most of its figures, the words it takes; None where anything of its type goes."""
        found: dict[str, Any] = {}
        for name, key in (("least", "minimum"), ("above", "exclusiveMinimum"), ("most", "maximum")):
            if limits := [each[key] for each in self.within if key in each]:
                found[name] = limits[-1]
        words = dict.fromkeys(word for each in self.within for word in each.get("enum", [each.get("const")]) if word)
        return {**found, **({"values": [*words]} if words else {})} or None

    @property
    def default(self) -> Any:
        """What it is where it is not written."""
        return self.nodes[0].get("default")

    @property
    def example(self) -> str:
        """The excerpt of `EXAMPLES` that shows it, as YAML in one line."""
        made = _excerpt(_examples(), self._shown)
        # Columns may be off where they are drivers.
        beside = {"drivers": _examples()["drivers"]} if "columns" in made.get("uncertainty", ()) else {}
        return "\n".join(in_one_line({name: each}) for name, each in {**beside, **made}.items())

    @property
    def value(self) -> Any:
        """Its own value in the example."""
        return _found(_examples(), self._shown)

    @cached_property
    def _shown(self) -> list[str]:
        # A distribution is only whole under a name: there it is taken as it stands.
        shown = [parts for parts in (each.split(".") for each in self.places) if _found(_examples(), parts) is not None]
        return min(shown, key=lambda parts: ("columns" in parts, ANY_NAME not in parts))


def in_one_line(value: Any) -> str:
    """A value as YAML in one line, the outermost braces left out.

    Example:
        >>> in_one_line({"growth": {"realisation": "20 %"}}), in_one_line(0.5), in_one_line([])
        ('growth: {realisation: 20 %}', '0.5', '[]')
    """
    import yaml

    text = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, sort_keys=False, width=10**6)
    return text.strip()[2 if isinstance(value, dict) and value else 1 : -2 if isinstance(value, dict) and value else -1]


@cache
def _examples() -> Any:
    return parse_yaml(EXAMPLES, "")[0]


def _found(value: Any, parts: Sequence[str]) -> Any:
    """The first value under a path; None where there is none."""
    if not parts:
        return value
    if isinstance(value, list):
        below = (_found(each, parts) for each in value)
    elif isinstance(value, dict):
        within = value.values() if parts[0] == ANY_NAME else [value[parts[0]]] if parts[0] in value else []
        below = (_found(each, parts[1:]) for each in within)
    else:
        return None
    return next((each for each in below if each is not None), None)


def _excerpt(value: Any, parts: Sequence[str]) -> Any:
    """What shows the value under a path: the mappings down to it, an entry of a list or under a name whole."""
    if not parts:
        return value
    if isinstance(value, list):
        return [next(each for each in value if _found(each, parts) is not None)]
    if parts[0] == ANY_NAME:
        return dict([next(each for each in value.items() if _found(each[1], parts[1:]) is not None)])
    return {parts[0]: value[parts[0]] if parts[0] in WHOLE else _excerpt(value[parts[0]], parts[1:])}


class _Plain(GenerateJsonSchema):
    """Without titles that only repeat the names of the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class ScenarioKeys:
    """All keys of a scenario: `all` from the outside in, `once` each where it is described."""

    def __init__(self, whole: type[BaseModel]) -> None:
        self._whole = whole
        self.all = tuple(_walked(_document(whole)))
        self.once = tuple(each for each in self.all if each.path == each.described)
        self._by_path = {each.path: each for each in self.all}

    def schema(self, words: Words) -> Node:
        """The JSON Schema of a scenario file, every key described in the language of `words`, with an example."""
        document = _document(self._whole)
        for key in _walked(document):
            for node in key.nodes:
                node.setdefault("description", words(f"key.{key.described}"))
                node.setdefault("examples", [key.value])
        needed = [*document.pop("required")]
        followed = ["follows" if each == "data" else each for each in needed]
        document["anyOf"] = [{"required": each} for each in (needed, followed, ["extends"])]
        return document

    def at(self, keys: Sequence[str | int]) -> Key | None:
        """The key that a place in a scenario is under."""
        return self._by_path.get(".".join(self._path(keys)))

    def below(self, keys: Sequence[str | int]) -> list[str]:
        """Paths of the keys directly below a place."""
        place = ".".join([*self._path(keys), ""])
        return [each.path for each in self.all if each.path == place + each.name]

    def near(self, keys: Sequence[str | int]) -> list[str]:
        """Paths that an unknown key was probably meant for, the likeliest first; empty where nothing is like it.

        What is hardly misspelt at its place goes before the same name elsewhere, that below its place first; where
        there is neither, what is spelt alike at its place, and then anywhere.
        """
        *place, name = self._path(keys)
        name = re.sub(r"[-\s]", "_", name.lower())
        here = {each.rpartition(".")[2]: each for each in self.below(keys[:-1])}
        inside = [each for each in self.all if place and each.path.startswith(".".join([*place, ""]))]
        named = [each.path for each in (*inside, *self.once) if each.name == name]
        found = [*_alike(name, here, 0.85), *named] or _alike(name, here, 0.6)
        found = found or _alike(name, {each.name: each.path for each in reversed((*inside, *self.once))}, 0.8)
        return list(dict.fromkeys(found))[:MOST_NEAR]

    def asked(self, text: str) -> list[Key]:
        """The keys that a text names: by the beginning of their paths, their last name, or what is nearly either."""
        text = text.strip().strip(".").lower()
        whole = self.at(split_key(text))
        ways = (
            [each for each in self.once if f"{each.path}.".startswith(f"{text}.")],
            [whole] if whole else [],
            [each for each in self.once if each.name == text],
            [each for each in self.once if each.path.startswith(text)],
            [each for each in self.once if each.path in self.nearest(text, 1, 0.8)],
        )
        return next((each for each in ways if each), [])

    def nearest(self, text: str, most: int = 3, cutoff: float = 0.0) -> list[str]:
        """Paths of the keys that are least unlike a text, whole or in their last name."""
        paths = {each.name: each.path for each in reversed(self.once)} | {each.path: each.path for each in self.once}
        found = difflib.get_close_matches(text, paths, n=3 * most, cutoff=cutoff)
        return list(dict.fromkeys(paths[each] for each in found))[:most]

    def _path(self, keys: Sequence[str | int]) -> list[str]:
        """The path of a place: names of the table as `*`, positions in lists left out."""
        made: list[str] = []
        for key in filter(lambda each: isinstance(each, str), keys):
            here = ".".join([*made, ANY_NAME, ""])
            named = ".".join([*made, str(key)]) not in self._by_path and any(
                each.startswith(here) for each in self._by_path
            )
            made.append(ANY_NAME if named else str(key))
        return made


def _alike(name: str, paths: Mapping[str, str], cutoff: float) -> list[str]:
    return [paths[each] for each in difflib.get_close_matches(name, paths, n=1, cutoff=cutoff)]


def _document(whole: type[BaseModel]) -> Node:
    made = whole.model_json_schema(schema_generator=_Plain)
    for each in (made, *made["$defs"].values()):
        each.pop("description", None)
        each.pop("title")
    made["properties"]["extends"] = {"type": "string"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _walked(document: Node) -> Iterator[Key]:
    homes: dict[str, str] = {}
    made: dict[str, Key] = {}
    places: dict[str, list[str]] = {}
    left: deque[tuple[str, str, Node]] = deque([("", "", document)])
    while left:
        path, home, node = left.popleft()
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            left.append((path, homes.setdefault(name, path), document["$defs"][name]))
        left.extend((path, home, each) for each in _alternatives(node))
        if isinstance(node.get("items"), dict):
            left.append((path, home, node["items"]))
        if isinstance(node.get("additionalProperties"), dict):
            left.append((f"{path}.{ANY_NAME}", f"{home}.{ANY_NAME}", node["additionalProperties"]))
        for name, below in node.get("properties", {}).items():
            at, text = f"{path}.{name}".lstrip("."), f"{home}.{name}".lstrip(".")
            if at not in made:
                same = places.setdefault(text, [])
                same.append(at)
                made[at] = Key(at, text, same, [], [], [], name in node.get("required", ()))
            key = made[at]
            key.nodes.append(below)
            key.values.extend(_values(below, document, deep=False))
            key.within.extend(_values(below, document, deep=True))
            left.append((at, text, below))
    order = {path: index for index, path in enumerate(made)}

    def reading(path: str) -> list[int]:
        parts = path.split(".")
        return [order.get(".".join(parts[: n + 1]), 0) for n in range(len(parts))]

    yield from sorted(made.values(), key=lambda each: reading(each.path))


def _alternatives(node: Node) -> list[Node]:
    return [*node.get("anyOf", ()), *node.get("oneOf", ())]


def _values(node: Node, document: Node, deep: bool) -> Iterator[Node]:
    if "$ref" in node:
        yield from _values(document["$defs"][node["$ref"].rpartition("/")[2]], document, deep)
    for each in _alternatives(node):
        yield from _values(each, document, deep)
    if "type" in node:
        yield node
    for name in ("items", "additionalProperties"):
        if deep and isinstance(node.get(name), dict):
            yield from _values(node[name], document, deep)

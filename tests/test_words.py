"""Both catalogues have the same keys and ask for the same values; every key the code asks for is there."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import allocator
from allocator.words import LANGUAGES, Words, catalogue

VI, EN = catalogue("vi"), catalogue("en")
PACKAGE = Path(allocator.__file__).parent
SPEAKING = {"words", "fault"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language: str) -> None:
    pairs = json.loads((PACKAGE / "words" / f"{language}.json").read_text("utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))


def test_same_keys() -> None:
    assert set(VI) == set(EN)


def test_same_values_in_every_text() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    differing = [key for key in EN if fields(EN[key]) != fields(VI[key])]
    assert differing == []


def test_no_text_is_blank() -> None:
    assert [key for texts in (VI, EN) for key, text in texts.items() if not text.strip()] == []


def asked(tree: ast.AST) -> Iterator[str]:
    """Patterns of the keys given to `words(…)` and `fault(…)`: literals, and f-strings with `.+` for their fields."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SPEAKING:
            yield from patterns(node.args[0])


def patterns(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in node.values)  # type: ignore[arg-type]
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body)
        yield from patterns(node.orelse)


def test_every_key_asked_for_exists() -> None:
    missing = [
        f"{path.relative_to(PACKAGE)}: {pattern}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for pattern in asked(ast.parse(path.read_text("utf-8")))
        if not any(re.fullmatch(pattern, key) for key in EN)
    ]
    assert missing == []


def written() -> tuple[set[str], set[str]]:
    """Every text the package writes: literals of Python, templates and scripts; f-strings as patterns."""
    literals, formed = set[str](), set[str]()
    for path in PACKAGE.rglob("*.*"):
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    literals.add(node.value)
                elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "titled":
                    formed |= {pattern + r"\..+" for pattern in patterns(node.args[0])}
                elif isinstance(node, ast.JoinedStr):
                    formed |= {pattern for pattern in patterns(node) if re.search(r"[a-z]", pattern)}
        elif path.suffix in (".html", ".js"):
            literals |= set(re.findall(r"""["']([\w.]+)["']""", path.read_text("utf-8")))
    # A template joins keys: "page.field." ~ name.
    return literals, formed | {re.escape(each) + ".+" for each in literals if re.fullmatch(r"\w+(\.\w+)*[._]", each)}


def test_every_key_is_used() -> None:
    literals, formed = written()
    keys = [pattern for pattern in formed if r"\." in pattern or "_" in pattern]
    assert [key for key in EN if key not in literals and not any(re.fullmatch(each, key) for each in keys)] == []


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_counts_are_written_as_the_language_writes_them(language: str, count: int) -> None:
    """“1 union is needed”, “0 unions are”; Vietnamese has one form. What cannot be 1 is called `most` or so."""
    words = Words(language)
    nouns = "member|lot|unit|union|draw|setting|rule|recruit"
    wrong = re.compile(rf"\b1 (more )?({nouns})s\b(?! are more than)|\b[02] (more )?({nouns})\b")
    for key, text in catalogue(language).items():
        fields = [(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name]
        if not any(spec == "n" for _, spec in fields) or any("[" in name for name, _ in fields):
            continue
        values = {name: "x" for name, _ in fields}
        values |= {name: count for name, spec in fields if re.match(r"\+?[np]", spec)}  # type: ignore[misc]
        values |= {name: 2 for name in ("most", "least", "levels") if name in values}  # type: ignore[misc]
        values |= {name: [] for name, spec in fields if spec in ("list", "texts")}  # type: ignore[misc]
        said = words(key, **values)
        assert "|" not in said
        assert language == "vi" or not wrong.search(said), said

"""Both catalogues have the same keys and ask for the same values; every key the code asks for is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import allocator
from allocator.words import catalogue

VI, EN = catalogue("vi"), catalogue("en")
PACKAGE = Path(allocator.__file__).parent
SPEAKING = {"words", "fault"}


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

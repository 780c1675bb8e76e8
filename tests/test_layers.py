"""Imports point one way: words, errors → data → model → analysis → questions → report, show → cli, web."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import allocator

PACKAGE = Path(allocator.__file__).parent
HEIGHT = {
    "words": 0,
    "errors": 1,
    "writing": 2,
    "data": 2,
    "model": 3,
    "analysis": 4,
    "files": 5,
    "finding": 5,
    "questions": 6,
    "report": 7,
    "show": 7,
    "scale": 7,
    "cli": 8,
    "web": 8,
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_scenarios" not in path.parts)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    here = room(path)
    if here not in HEIGHT:
        return
    inner = {
        name.split(".")[1] for name in imported(ast.parse(path.read_text("utf-8"))) if name.startswith("allocator.")
    }
    above = {name for name in inner if HEIGHT.get(name, 9) > HEIGHT[here]}
    assert not above
    if here == "words":
        assert inner <= {"words"}


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) in ("model", "analysis")], ids=lambda path: path.name)
def test_model_and_analysis_open_no_file_print_nothing_read_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not imported(tree) & {"time", "sys", "os", "click", "rich", "pathlib"}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"open", "print", "input"}

"""Imports point one way: words, errors → data → model → why → growth, fit, year → proof → questions → show → cli, web.

What is made above the model but below the questions opens no file; of two rooms side by side neither uses the other.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import allocator

PACKAGE = Path(allocator.__file__).parent
HEIGHT = {
    "words": 0,
    "errors": 1,
    "writing": 2,
    "progress": 2,
    "data": 2,
    "model": 3,
    "why": 4,
    "growth": 5,
    "fit": 5,
    "year": 5,
    "proof": 6,
    "files": 6,
    "finding": 6,
    "questions": 7,
    "show": 8,
    "scale": 8,
    "web": 9,
    "asking": 9,
    "cli": 10,  # which starts the page
}
PURE = ("model", "why", "growth", "fit", "year")
APART = ("growth", "fit", "year")
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
    assert not {name for name in inner if HEIGHT.get(name, 99) > HEIGHT[here]}
    assert not {name for name in inner if {here, name} <= set(APART) and name != here}
    if here == "words":
        assert inner <= {"words"}


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) in PURE], ids=lambda path: path.name)
def test_figures_are_made_without_files(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not imported(tree) & {"time", "sys", "os", "click", "pathlib"}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"open", "print", "input"}


MOST_DEPTH = 14


def test_no_class_or_public_function_has_a_namesake() -> None:
    made = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    names = Counter(
        each.name
        for path in MODULES
        for each in ast.parse(path.read_text("utf-8")).body
        if isinstance(each, made) and not each.name.startswith("_")
    )
    assert [name for name, times in names.items() if times > 1] == []


def name_of(path: Path) -> str:
    return ".".join(("allocator", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


TREES = {name_of(path): ast.parse(path.read_text("utf-8")) for path in MODULES}


def inner_imports(node: ast.AST, late: bool) -> Iterator[str]:
    """Modules of the package that are imported when `node` is run; in functions too where `late`."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING":
            continue
        if isinstance(each, ast.Import):
            yield from (alias.name for alias in each.names if alias.name in TREES)
        elif isinstance(each, ast.ImportFrom) and each.module in TREES:
            full = (f"{each.module}.{alias.name}" for alias in each.names)
            yield from (name if name in TREES else each.module for name in full)
        elif late or not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from inner_imports(each, late)


def imports(late: bool) -> dict[str, set[str]]:
    return {name: {*inner_imports(tree, late)} - {name} for name, tree in TREES.items()}


def test_no_imports_go_in_a_circle_not_even_late_ones() -> None:
    assert [*TopologicalSorter(imports(late=True)).static_order()]  # or CycleError, which names the circle


def test_no_chain_of_imports_is_long() -> None:
    depth: dict[str, int] = {}
    below = imports(late=False)
    for module in TopologicalSorter(below).static_order():
        depth[module] = 1 + max((depth[each] for each in below[module]), default=0)
    assert max(depth.values()) <= MOST_DEPTH, max(depth, key=lambda name: depth[name])

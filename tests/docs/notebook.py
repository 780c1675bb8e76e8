"""The page docs/python.md with what its code prints: `python -m tests.docs.notebook` writes it anew."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import tempfile
from pathlib import Path
from typing import Any

import allocator

FILE = Path(__file__).parents[2] / "docs" / "python.md"
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n.*?```\n)?", re.DOTALL)


def page(text: str) -> str:
    """The page, below each block of code what it prints or, at its end, has as its value."""
    names: dict[str, Any] = {}

    def run(found: re.Match[str]) -> str:
        out = printed(found[1], names)
        return f"```python\n{found[1]}```\n" + (f"\n```text\n{out}\n```\n" if out else "")

    before = allocator.language
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        try:
            return BLOCK.sub(run, text)
        finally:
            allocator.language = before


def printed(code: str, names: dict[str, Any]) -> str:
    """What a notebook shows of a block."""
    tree, out = ast.parse(code), io.StringIO()
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(out):
        exec(compile(tree, "block", "exec"), names)
        if last and (value := eval(compile(ast.Expression(last.value), "block", "eval"), names)) is not None:
            print(repr(value))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


if __name__ == "__main__":
    FILE.write_text(page(FILE.read_text("utf-8")), encoding="utf-8")

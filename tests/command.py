"""Commands as a user calls them: within this process, or as one of their own where that is what is tested."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from allocator.cli.group import run_command

Done = subprocess.CompletedProcess[str]


def allocator(*arguments: object, cwd: Path | None = None, language: str | None = None) -> Done:
    """The command line called in this process: its status and what it wrote, as a process of its own would give them.

    A process spends half a second on imports; `process` is for the few tests that need one.
    """
    call = _call(arguments, language)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd or "."), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run_command(call)
        except SystemExit as left:
            status = left.code
    assert isinstance(status, int)
    return Done(call, status, out.getvalue(), err.getvalue())


def process(
    *arguments: object,
    cwd: Path | None = None,
    language: str | None = None,
    redirected: str = "",
    noise: Path | None = None,
    **environment: str,
) -> Done:
    """The same as a process of its own.

    Args:
        arguments: words of the call; bytes as they are.
        cwd: folder it is called in.
        language: value of `--lang`.
        redirected: what a shell would be told about its streams, e.g. `>&-`.
        noise: folder with a `sitecustomize.py` that Python runs first.
        environment: variables set for it.
    """
    path = os.pathsep.join([*([str(noise)] if noise else []), *sys.path])
    call: list[str | bytes] = [sys.executable, "-m", "allocator", *_call(arguments, language)]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *call] if redirected else call,
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": path, **environment},
        check=False,
    )


def _call(arguments: tuple[object, ...], language: str | None) -> list[Any]:
    given = [each if isinstance(each, bytes) else str(each) for each in arguments]
    return [*given, *(["--lang", language] if language else [])]

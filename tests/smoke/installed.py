"""The installed command, called as a user calls it; these tests need nothing but it, its extras and pytest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

COMMAND = shutil.which("allocator", path=str(Path(sys.executable).parent))
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}


@cache
def called(*arguments: object, cwd: Path) -> str:
    """What the installed command prints, each call made once; an error unless it ends well and warns of nothing."""
    assert COMMAND, "the command is not installed beside this Python"
    call = [COMMAND, *map(str, arguments)]
    done = subprocess.run(call, cwd=cwd, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    return done.stdout


def strict(text: str) -> Any:
    """JSON as the standard has it: no NaN, no infinity, no key twice, nothing before or after."""

    def refused(constant: str) -> None:
        raise ValueError(constant)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    return json.loads(text, parse_constant=refused, object_pairs_hook=once)

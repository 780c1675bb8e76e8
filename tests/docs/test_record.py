"""What the page on the record says anyone can run, is run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.proof.test_journal import written

PAGE = (Path(__file__).parents[2] / "docs" / "record.md").read_text("utf-8")


def checked(folder: Path) -> tuple[int, str]:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found
    assert len([line for line in found[1].splitlines() if line]) == 10
    made = subprocess.run(
        [sys.executable, "-I", "-S", "-c", found[1]], cwd=folder, capture_output=True, encoding="utf-8"
    )
    return made.returncode, made.stdout + made.stderr


def test_the_lines_of_the_page_check_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    lines = written(path, 6)
    status, told = checked(tmp_path)
    assert (status, told[:26]) == (0, "whole, the last hash is " + lines[-1].decode().partition('"hash":"')[2][:2])
    path.write_bytes(b"".join(lines).replace(b'"target":300', b'"target":301'))
    assert checked(tmp_path) == (1, "entry 3 is not what was written\n")
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    assert checked(tmp_path) == (1, "entry 4 is not what was written\n")

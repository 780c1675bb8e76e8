"""An infeasible scenario on the command line: what collides and what would help, on standard error, exit status 3."""

from __future__ import annotations

import pytest

from tests.command import allocator


@pytest.mark.parametrize("command", [["run"], ["compare", "an-giang-2017/base"], ["explain"], ["run", "--json"]])
def test_every_command_says_what_would_help(command: list[str]) -> None:
    done = allocator(*command, "--set", "bounds.max_share=0.4", language="en")
    assert (done.returncode, done.stdout) == (3, "")
    assert "Rules that cannot hold together: bounds.max_share: 0.4 and target: 6500." in done.stderr
    assert "– bounds.max_share: 0.4 → 0.48 (bounds move by 1,090 members in all, 109 lots)" in done.stderr


def test_an_appeal_that_cannot_be_granted() -> None:
    done = allocator("appeal", "--unit", "An Phú", "--quota", "100", language="vi")
    assert (done.returncode, done.stdout) == (3, "")
    assert "Các quy tắc không thể cùng đúng: locks.An Phú: 100 và bounds.max_share: 1.0." in done.stderr
    assert "Traceback" not in done.stderr

"""The Tab key in real shells: commands, options, scenarios, units of the scenario on the line, keys and columns."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from allocator.cli.reader import SHELLS
from tests.command import allocator

PRESS = """
source <(allocator --completion bash)
compopt() { :; }
COMP_LINE=$1 COMP_POINT=${#1}
_allocator_completion allocator
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a shell that finds the command as one that is installed."""
    command = tmp_path / "bin/allocator"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m allocator "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path), "LC_ALL": "C.UTF-8"}


def pressed(line: str, environment: dict[str, str], folder: Path) -> list[str]:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    done = subprocess.run([bash, "--norc", "-c", PRESS, "bash", line], env=environment, cwd=folder, check=True,
                          capture_output=True, encoding="utf-8")  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("allocator exp", ["explain"]),
        ("allocator explain --uni", ["--unit"]),
        ("allocator run an-giang-2017/full", ["an-giang-2017/full-growth"]),
        ("allocator run --against an-giang-2017/cat", ["an-giang-2017/catch-up"]),
        ("allocator explain --unit Châu\\ P", ["Châu\\ Phú"]),
        ('allocator explain --unit "Châu P', ["Châu Phú"]),
        ("allocator explain --unit=Châu\\ P", ["Châu\\ Phú"]),
        ("allocator explain here.yaml --unit B", ["Bắc\\ Hà"]),
        ("allocator round bids.csv --grant Châu\\ P", ["Châu\\ Phú"]),
        ("allocator appeal --data here.csv --target 500 --unit N", ["Nam\\ Hà"]),
        ("allocator run --set growth.r", ["growth.realisation="]),
        ("allocator run --set table.Tri\\ Tôn.rec", ["table.Tri\\ Tôn.recruited="]),
        ("allocator run --set lot=1 --format m", ["md"]),
        ("allocator run her", ["here.csv", "here.yaml"]),
        ("allocator run here.csv --map Cột=work", ["workforce", "workforce_gap", "workforce_insured"]),
        ("allocator keys growth.re", ["growth.realisation"]),
        ("allocator appeal --quota ", []),
    ],
)  # fmt: skip
def test_bash_offers(line: str, offered: list[str], environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "here.csv").write_text("unit,workforce\nBắc Hà,600\nNam Hà,300\n", encoding="utf-8")
    (tmp_path / "here.yaml").write_text("data: here.csv\ntarget: 100\n", encoding="utf-8")
    assert [each for each in pressed(line, environment, tmp_path) if each] == offered


def test_all_commands_and_options_are_offered(environment: dict[str, str], tmp_path: Path) -> None:
    assert {"run", "scenarios", "keys", "serve"} <= {*pressed("allocator ", environment, tmp_path)}
    offered = pressed("allocator run -", environment, tmp_path)
    assert {"--set", "--out", "--against", "--map", "--lang", "--help"} <= {*offered}


@pytest.mark.parametrize(("shell", "question"), [("zsh", "zsh_complete"), ("fish", "fish_complete")])
def test_other_shells_take_the_script_and_the_answer(
    shell: str, question: str, environment: dict[str, str], tmp_path: Path
) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    script = allocator("--completion", shell).stdout
    subprocess.run([program, "-n", "-c", script], env=environment, check=True)
    told = {"_ALLOCATOR_COMPLETE": question, "COMP_WORDS": "allocator explain --unit Tri", "COMP_CWORD": "Tri"}
    told |= {"COMP_CWORD": "3"} if shell == "zsh" else {}
    done = subprocess.run(["allocator"], env={**environment, **told}, check=True, capture_output=True, encoding="utf-8")
    assert "Tri Tôn" in done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed_for_each_shell(shell: str) -> None:
    done = allocator("--completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert "_ALLOCATOR_COMPLETE" in done.stdout

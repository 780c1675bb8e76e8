"""Standard output has the result and nothing else; streams that are full or closed, and Ctrl-C, are met in words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allocator.cli.group import run_command
from tests.command import allocator, process

pytestmark = pytest.mark.skipif(os.name == "nt", reason="C's printf, /dev/full and a shell's redirections")

MARKS = ("from C", "from C, late", "from Python", "from a child", "from an import")
NOISE = """
import ctypes, os, subprocess, sys
import pulp

solve = pulp.LpProblem.solve

def noisy(self, *given):
    os.write(1, b"from C\\n")
    ctypes.CDLL(None).printf(b"from C, late\\n")
    print("from Python")
    subprocess.run(["echo", "from a child"], check=True)
    return solve(self, *given)

class Finder:
    def find_spec(self, name, path, target=None):
        if name == "allocator.model.program":
            print("from an import")

pulp.LpProblem.solve = noisy
sys.meta_path.insert(0, Finder())
"""
PRESS = """
import os, signal, sys

class Finder:
    def find_spec(self, name, path, target=None):
        if name == os.environ["PRESS"]:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder())
"""
PRESS_AT_END = """
import atexit, os, signal, threading

def press():
    os.kill(os.getpid(), signal.SIGINT)

def after():
    threading.main_thread().join()
    press()
    threading.Event().wait(20)

signal.signal(signal.SIGINT, signal.default_int_handler)
if os.environ["PRESS"] == "threads":
    threading.Thread(target=after).start()
else:
    atexit.register(press)
"""


def customized(folder: Path, text: str) -> Path:
    (folder / "sitecustomize.py").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("form", [(), ("--json",)], ids=" ".join)
@pytest.mark.parametrize("command", [("run",), ("explain", "--unit", "Châu Phú")], ids=lambda each: each[0])
@pytest.mark.parametrize("language", ["en", "vi"])
def test_nothing_that_others_print_is_in_the_result(
    command: tuple[str, ...], form: tuple[str, ...], language: str, tmp_path: Path
) -> None:
    done = process(*command, *form, language=language, noise=customized(tmp_path, NOISE))
    assert done.returncode == 0
    assert done.stdout == allocator(*command, *form, language=language).stdout
    assert [mark for mark in MARKS if mark not in done.stderr] == []
    if form == ("--json",):
        assert isinstance(json.loads(done.stdout), dict)


def test_within_a_process_all_is_put_back(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    import pulp

    solve = pulp.LpProblem.solve

    def noisy(program: pulp.LpProblem, *given: object) -> object:
        os.write(1, b"from C")
        print("from Python")
        return solve(program, *given)

    monkeypatch.setattr(pulp.LpProblem, "solve", noisy)
    before = sys.stdout, sys.stderr, len(os.listdir("/dev/fd"))
    with pytest.raises(SystemExit):
        run_command(["run", "--json"])
    assert (sys.stdout, sys.stderr, len(os.listdir("/dev/fd"))) == before
    said = capfd.readouterr()
    assert json.loads(said.out)["target"] == 6500
    assert "from C" in said.err
    assert "from Python" in said.err
    os.write(1, b"again")
    print("here")
    assert "again" in (after := capfd.readouterr().out)
    assert "here" in after


def test_the_python_interface_prints_nothing() -> None:
    program = "import allocator; allocator.allocate(*allocator.load_scenario('an-giang-2017/base'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("call", [("--help",), ("run", "--help"), ("--version",), ("run",), ("schema",)], ids=" ".join)
@pytest.mark.parametrize(
    ("redirected", "text"),
    [(">/dev/full", "took no more (No space left on device): make room"), (">&-", "standard output is closed")],
)
def test_an_output_that_takes_nothing(call: tuple[str, ...], redirected: str, text: str) -> None:
    done = process(*call, redirected=redirected)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_output_that_is_closed_is_said_before_anything_is_done(tmp_path: Path) -> None:
    assert process("run", "--out", "r.json", redirected=">&-", cwd=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_left_is_told_nothing() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "allocator", "run", "--json"], stdout=write, stderr=subprocess.PIPE, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", "<&- 2>&-"])
def test_messages_that_nobody_can_read(redirected: str) -> None:
    done = process("run", "--json", redirected=redirected, language="en")
    assert (done.returncode, done.stdout) == (0, allocator("run", "--json", language="en").stdout)
    done = process("run", "nosuch.yaml", redirected=redirected)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "call", [("audit",), ("run",), ("run", "--data"), ("run", "--out"), ("explain", "--unit")], ids=" ".join
)
def test_arguments_that_are_not_text(call: tuple[str, ...], tmp_path: Path) -> None:
    for language, text in (("en", "not text in UTF-8: type it anew"), ("vi", "không phải văn bản UTF-8: hãy gõ lại")):
        done = process(*call, b"kh\xf4ng.csv", language=language, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "kh\\xf4ng.csv: " in done.stderr
        assert text in done.stderr
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("setting", [r'title.en="\ud800"', r'bounds.min_quota="\uDFFF"', r'title.en="\U0000d800"'])
def test_halves_of_letters(setting: str) -> None:
    done = allocator("run", "--set", setting, language="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{setting}: this part of the call is not text" in done.stderr


@pytest.mark.skipif(not sys.prefix.isascii(), reason="in this locale Python does not start from such a folder")
def test_a_locale_without_vietnamese_letters() -> None:
    ascii_locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    call = ("explain", "--unit", "Châu Phú")
    done = process(*(each.encode() for each in call), language="en", **ascii_locale)
    assert (done.stderr, done.stdout) == ("", allocator(*call, language="en").stdout)
    refused = process("explain", "--unit", b"Ch\xe2u", language="en", **ascii_locale)
    assert refused.returncode == 2
    assert "Ch\\xe2u: " in refused.stderr


@pytest.mark.parametrize(
    "module",
    [
        "allocator.cli", "click", "allocator.words", "json", "allocator.cli.commands", "allocator.files",
        "yaml", "pydantic", "numpy", "pulp", "allocator.show.terminal",
    ],
)  # fmt: skip
def test_ctrl_c_while_a_module_loads(module: str, tmp_path: Path) -> None:
    done = process("run", language="en", noise=customized(tmp_path, PRESS), PRESS=module)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "interrupted")


def test_ctrl_c_while_leaving(tmp_path: Path) -> None:
    done = process("scenarios", language="vi", noise=customized(tmp_path, PRESS_AT_END), PRESS="threads")
    assert (done.returncode, done.stderr) == (130, "đã dừng theo yêu cầu\n")


def test_ctrl_c_once_all_is_done(tmp_path: Path) -> None:
    done = process("scenarios", language="en", noise=customized(tmp_path, PRESS_AT_END), PRESS="atexit")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == allocator("scenarios", language="en").stdout

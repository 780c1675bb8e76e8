"""Help: wholly in the reader's language, no line too wide, nothing broken that belongs together, examples that run."""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import click
import pytest

from allocator.cli.group import cli
from allocator.words import LANGUAGES, Words
from tests.cli.mistakes import NEW, TABLE
from tests.command import allocator, process

COMMANDS = cli.list_commands(click.Context(cli))
ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments?|default|show|this|message|exit|required|text|integer|float|path|file|dir"
    r"|folder|name|value|column|header|scenario|table|list|of|the|and|or|is|range|choice|number)\b",
    re.IGNORECASE,
)
OURS = re.compile(
    r"`[^`]*`|\"[^\"]*\"|--?[a-z][\w-]*( [\w|]+\|[\w|]+)?|allocator .*|\S+\.(yaml|json|xlsx|csv|docx)\b|^  \w+"
)
"""What is typed as it stands, in any language: calls, options, names of files and commands."""


def shown(command: str, language: str, columns: int = 80, **told: str) -> str:
    done = process(*([command] if command else []), "--help", COLUMNS=str(columns), **told, language=language)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_in_vietnamese_has_no_english(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    told = allocator(*([command] if command else []), "-h").stdout
    assert told.startswith("Cách gọi: allocator ")
    left = [OURS.sub("", line) for line in told.splitlines()]
    assert [line for line in left if ENGLISH.search(line)] == []
    assert "[" not in "".join(left).replace("[KỊCH BẢN]", "").replace("[TÙY CHỌN]", "").replace("[…]", "") or command


@pytest.mark.parametrize(
    "call", ["--lang vi run --help", "run --lang=vi --help", "run --help vi", "--help run --lang vi"]
)
def test_the_language_is_heeded_wherever_it_stands(call: str) -> None:
    assert allocator(*call.split()).stdout.startswith("Cách gọi: allocator")


def test_an_answer_is_in_the_language_that_stands_before_the_command() -> None:
    before, after = allocator("--lang", "vi", "scenarios").stdout, allocator("scenarios", "--lang", "vi").stdout
    assert before == after
    assert before.startswith("Có 20 kịch bản")
    assert "không có lệnh này" in allocator("--lang", "vi", "xyzzy").stderr


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_fit_and_nothing_is_broken(language: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in COMMANDS:
        told = allocator(command, "--help", language=language).stdout.splitlines()
        long = [line for line in told if len(line) > min(columns, 80)]
        assert [line for line in long if "allocator " not in line] == [], command
        assert all(len(line) <= 80 for line in told), command
        assert not any(re.search(r"\d$", line) and re.match(r"\s+[\d%]", after) for line, after in pairwise(told))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_grouped_and_what_to_type_first_comes_first(language: str) -> None:
    told, words = allocator("--help", language=language).stdout, Words(language)
    assert sorted(re.findall(r"^  ([a-z]+)  ", told, re.MULTILINE)) == sorted(COMMANDS)
    assert told.index("allocator run") < told.index(words("cli.group.start")) < told.index(words("cli.group.look_up"))
    for status in ("0 ", "1 ", "2 ", "3 ", "130 "):
        assert re.search(rf"[:;]\s+{status}", told)
    assert "allocator --completion bash" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_statuses_stand_where_they_matter(language: str) -> None:
    def statuses(command: str) -> list[str]:
        last = allocator(command, "--help", language=language).stdout.partition(": 0 ")[2]
        return re.findall(r";\s(\d+) ", last)

    assert statuses("verify") == ["1", "2", "130"]
    assert statuses("run") == ["2", "3", "130"]
    assert statuses("schema") == ["2", "130"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name."""
    folder = tmp_path_factory.mktemp("examples")
    progress = "Đơn vị,Kết nạp,Giảm,Ngày\nLong Xuyên,300,10,15/05/2017\n"
    register = "Đơn vị,Tên doanh nghiệp,Số lao động,Có công đoàn\nLong Xuyên,A,60,không\n"
    odd = TABLE.replace("Tổng số CNLĐ", "Số CNLĐ đầu năm")
    texts = {
        ("units.csv",): TABLE, ("bang.xlsx", "sheet.xlsx"): NEW, ("phu-luc.docx", "annex.docx"): odd,
        ("bao-cao.csv", "reports.csv"): progress, ("doanh-nghiep.csv", "enterprises.csv"): register,
        ("de-nghi.csv", "bids.csv"): "Đơn vị,Chỉ tiêu đề nghị\nAn Phú,10\nLong Xuyên,900\n",
    }  # fmt: skip
    for names, text in texts.items():
        for name in names:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", [each for each in COMMANDS if each != "serve"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_each_command_runs(command: str, language: str, desk: Path, tmp_path: Path) -> None:
    shutil.copytree(desk, folder := tmp_path / "desk")
    if command == "verify":
        allocator(*shlex.split(Words(language)("cli.run.example"))[1:], cwd=folder)
    example = allocator(command, "--help", language=language).stdout.splitlines()[-1]
    words = shlex.split(example.partition(" > ")[0])
    assert words[:2] == ["allocator", command]
    done = allocator(*words[1:], cwd=folder)
    assert done.returncode == 0, done.stderr

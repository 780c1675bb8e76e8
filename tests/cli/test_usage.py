"""Wrong calls: said in the reader's language, cause then remedy, with nothing on standard output."""

from __future__ import annotations

import pytest

from allocator.cli.group import run_command


def leave(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        run_command(arguments)
    return int(left.value.code or 0)


@pytest.mark.parametrize(
    ("call", "english", "vietnamese"),
    [
        ("nosuch", "no command of this name: use one of run, audit", "không có lệnh này"),
        ("run --nosuch", "no option --nosuch", "không có tùy chọn --nosuch"),
        ("run a.yaml b.yaml", "more names than the command takes", "nhiều tên hơn mức cho phép"),
        ("appeal --quota 10", "--unit is missing: add it", "thiếu --unit"),
        (
            "appeal --unit A --quota -1",
            "a whole number from 0 to 9,000,000,000",
            "một số nguyên từ 0 đến 9.000.000.000",
        ),
        ("appeal --unit A --quota 99999999999999999999", "a whole number from 0", "một số nguyên từ 0"),
        ("plan an-giang-2017/base --price nan", "--price cannot be used: give a number from 0", "một số từ 0"),
        ("calibrate --format x", "one of table, csv and md", "một trong các giá trị table"),
        ("sensitivity --draws x", "give a whole number (", "hãy ghi một số nguyên ("),
        ("run --json=3", "a switch takes none", "tùy chọn bật/tắt"),
        ("run --set target=", "target is null, not a whole number", "null"),
    ],
)
def test_wrong_call(call: str, english: str, vietnamese: str, capsys: pytest.CaptureFixture[str]) -> None:
    for language, expected in (("en", english), ("vi", vietnamese)):
        assert leave(*call.split(), "--lang", language) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert expected in said.err


def test_no_arguments_show_the_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["allocator"])
    with pytest.raises(SystemExit) as left:
        run_command()
    assert not left.value.code
    assert "allocator run" in capsys.readouterr().out


def test_version_without_an_installed_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert leave("--version") == 0
    assert "1." in capsys.readouterr().out

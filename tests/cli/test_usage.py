"""Wrong calls, and rules that collide: said in the reader's language, cause then remedy, nothing on standard output."""

from __future__ import annotations

import pytest

from allocator.cli.group import run_command
from tests.command import allocator


@pytest.mark.parametrize(
    ("call", "english", "vietnamese"),
    [
        ("nosuch", "no command of this name: choose one that `allocator --help`", "không có lệnh này"),
        ("run --nosuch", "no option --nosuch", "không có tùy chọn --nosuch"),
        ("run a.yaml b.yaml", "more names than the command takes", "nhiều tên hơn mức cho phép"),
        ("appeal --quota 10", "--unit is missing: add it", "thiếu --unit"),
        (
            "appeal --unit A --quota -1",
            "a whole number from 0 to 9,000,000,000",
            "một số nguyên từ 0 đến 9.000.000.000",
        ),
        ("appeal --unit A --quota 99999999999999999999", "a whole number from 0", "một số nguyên từ 0"),
        ("calibrate --format x", "one of table, csv and md", "một trong các giá trị table"),
        ("sensitivity --draws x", "give a whole number\n", "hãy ghi một số nguyên\n"),
        ("run --json=3", "a switch takes none", "tùy chọn bật/tắt"),
        ("run --set target=", "target is null, not a whole number", "null"),
    ],
)
def test_wrong_call(call: str, english: str, vietnamese: str) -> None:
    for language, expected in (("en", english), ("vi", vietnamese)):
        done = allocator(*call.split(), language=language)
        assert (done.returncode, done.stdout) == (2, "")
        assert expected in done.stderr


def test_no_arguments_show_the_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["allocator"])
    with pytest.raises(SystemExit) as left:
        run_command()
    assert not left.value.code
    assert "allocator run" in capsys.readouterr().out


def test_version_without_an_installed_package() -> None:
    done = allocator("--version")
    assert (done.returncode, "1." in done.stdout) == (0, True)


@pytest.mark.parametrize("command", [["run"], ["compare", "an-giang-2017/base"], ["explain"], ["run", "--json"]])
def test_every_command_says_what_would_help(command: list[str]) -> None:
    done = allocator(*command, "--set", "bounds.max_share=0.4", language="en")
    assert (done.returncode, done.stdout) == (3, "")
    assert "Rules that cannot hold together: Largest share of the workforce: 40% and Target: 6,500." in done.stderr
    assert "– Largest share of the workforce: 40% → 48% (bounds move by 1,090 members in all, 109 lots)" in done.stderr


def test_an_appeal_that_cannot_be_granted() -> None:
    done = allocator("appeal", "--unit", "An Phú", "--quota", "100", language="vi")
    assert (done.returncode, done.stdout) == (3, "")
    assert "cùng đúng: Chỉ tiêu khóa – An Phú: 100 và Tỷ lệ tối đa của nguồn CNLĐ: 100%." in done.stderr
    assert "Traceback" not in done.stderr


def test_rules_that_collide_are_called_as_people_call_them() -> None:
    most, least = (
        "{for: {kind: district}, together: {most: 2000}}",
        "{for: all, each: {least: {share: 97%, of: published}}}",
    )
    done = allocator("run", "--set", f"rules=[{least}, {most}]", language="vi")
    assert "lỗi: Quy định 2: mức trần của tổng 2.000 thấp hơn 2.170" in done.stderr
    assert "– Quy định 1 – mỗi đơn vị – ít nhất: 97% → 88%" in done.stderr
    told = [line for line in done.stderr.splitlines() if not line.startswith("  ")]  # all but the calls to type
    assert not [line for line in told if "rules." in line or "bounds." in line]

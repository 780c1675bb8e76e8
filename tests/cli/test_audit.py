import json
from functools import partial

import pytest

from tests import command

allocator = partial(command.allocator, "audit")


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "t.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_builtin_table_as_text():
    for language, words in (("en", "only −113 agrees"), ("vi", "chỉ −113 mới khớp")):
        done = allocator("--lang", language)
        assert (done.returncode, done.stderr) == (0, "")
        assert words in " ".join(done.stdout.split())
        assert max(map(len, done.stdout.splitlines())) <= 100


def test_builtin_table_as_json():
    done = allocator("--json")
    findings = json.loads(done.stdout)["findings"]
    assert {tuple(each) for each in findings} == {
        ("severity", "code", "row", "column", "printed", "recomputed", "message")
    }
    assert [(each["printed"], each["recomputed"]) for each in findings if each["code"] == "difference_total"] == [
        (-104, -113)
    ]


def test_an_error_is_exit_status_1(table):
    done = allocator(table("unit,workforce\nA,1.500\n"), "--json")
    assert (done.returncode, done.stderr) == (1, "")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["severity"], finding["row"], finding["column"]) == ("error", "A", "workforce")
    assert "t.csv:2:2" in allocator(table("unit,workforce\nA,1.500\n")).stdout


def test_nothing_found(table):
    done = allocator(table("unit,workforce\nA,1\n"), "--lang", "en")
    assert (done.returncode, done.stdout) == (0, "t.csv – units: 1\nerrors: 0, warnings: 0, notes: 0\n")


def test_what_is_no_table_is_exit_status_2(table, tmp_path):
    for path, said in (
        (tmp_path / "none.csv", "there is no such file"),
        (table("a,b\n1,2\n"), "no header row was found"),
    ):
        done = allocator(path, "--lang", "en")
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr

"""Whatever a command is given: a table as a scenario, a figure changed, how files are read settled, asked and noted."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.cli.test_new import ODD, PLAIN, QUOTAS, sheet
from tests.command import allocator, process

call = partial(allocator, language="en")


def run(*arguments: object) -> dict[str, object]:
    done = call("run", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def quotas(found: dict) -> list[int]:
    return [each["quota"] for each in found["units"]]


def refused(*arguments: object) -> str:
    done = call(*arguments)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    return done.stderr


def test_a_table_with_a_target_is_a_scenario(tmp_path: Path) -> None:
    path = sheet(tmp_path, PLAIN)
    found = run(path, "--target", "500")
    call("new", path, "--target", "500", "--out", tmp_path / "d")
    assert quotas(found) == quotas(run(tmp_path / "d/base.yaml")) == [300, 150, 50]
    assert found["lot"] == 10
    assert found["scenario"]["growth"]["realisation"] == 0.2
    assert quotas(run(path, "--target", "500", "--set", "lot=1", "--set", "growth.realisation=0")) == [300, 150, 50]
    assert "--target 500" in refused("run", path)


def test_a_table_with_quotas_has_its_target(tmp_path: Path) -> None:
    assert run(sheet(tmp_path, QUOTAS))["target"] == 85
    assert run(tmp_path / "sheet.csv", "--target", "100")["target"] == 100
    assert run(tmp_path / "sheet.csv", "--set", "target=90")["target"] == 90


def test_a_scenario_may_extend_a_table(tmp_path: Path) -> None:
    sheet(tmp_path, PLAIN)
    (tmp_path / "s.yaml").write_text("extends: sheet.csv\ntarget: 500\nlot: 50\n", encoding="utf-8")
    found = run(tmp_path / "s.yaml")
    assert (quotas(found), found["scenario"]["growth"]["realisation"]) == ([300, 150, 50], 0.2)


def test_a_fit_to_a_table_is_a_scenario_that_runs(tmp_path: Path) -> None:
    sheet(tmp_path, QUOTAS)
    assert call("calibrate", "sheet.csv", "--write", "fit.yaml", cwd=tmp_path).returncode == 0
    assert run(tmp_path / "fit.yaml")["target"] == 85


@pytest.mark.parametrize("command", ["explain", "compare", "sensitivity --draws 64"])
def test_every_command_takes_a_table(tmp_path: Path, command: str) -> None:
    done = call(*command.split(), sheet(tmp_path, PLAIN), "--target", "500", "--json")
    assert done.returncode == 0, done.stderr
    assert "Tịnh Biên" in done.stdout


def test_a_target_of_the_call_is_given_once(tmp_path: Path) -> None:
    assert sum(quotas(run("--target", "6000"))) == 6000
    said = refused("run", "--target", "6000", "--set", "target=6100")
    assert "--set target=6100" in said
    assert "use one of the two" in said
    assert "--target 6005" in refused("run", "--target", "6005")


def test_a_figure_of_the_table_is_changed_for_the_call(tmp_path: Path) -> None:
    found = run("--set", "table.Châu Phú.workforce=428", "--set", "target=6000")
    rows = {each["unit"]: each for each in found["inputs"]["table"]}
    assert rows["Châu Phú"]["workforce"] == 428
    assert next(each for each in found["units"] if each["unit"] == "Châu Phú")["workforce"] == 428
    path = sheet(tmp_path, "unit,workforce,growth_estimate\nT.P. An,30,1\nB,10,2\n")
    (tmp_path / "s.yaml").write_text("data: other.csv\ntarget: 20\n", encoding="utf-8")
    told = ("--set", 'table."T.P. An".workforce=10', "--set", "table.B.growth_estimate=")
    assert quotas(run(tmp_path / "s.yaml", "--data", path, *told)) == [10, 10]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("table.Châu Phúc.workforce=1", "has no unit Châu Phúc: use its name as in the table (Châu Phú"),
        ("table.Châu Phú.workforc=1", "no column workforc: use one of workforce"),
        ("table.Châu Phú.workforce=1.5", "not a whole number"),
        ("table.Châu Phú.workforce=1.500", "two ways"),
        ("table.Châu Phú.workforce=-1", "negative"),
        ("table.Châu Phú.workforce=", "is blank"),
        ("table.Châu Phú=1", "table.UNIT.COLUMN=FIGURE"),
    ],
)
def test_a_figure_is_read_strictly(change: str, said: str) -> None:
    told = refused("run", "--set", change)
    assert f"--set {change}: " in told
    assert said in told


def test_a_unit_without_accents_is_the_only_one_it_fits_and_a_note_says_so() -> None:
    found = run("--set", "table.chau phu.workforce=428", "--target", "6000")
    note = {
        "code": "import.name_fitted",
        "row": "Châu Phú",
        "name": "chau phu",
        "place": "--set table.chau phu.workforce=428",
    }
    assert found["notes"][-1] == found["inputs"]["reading"][-1] == note
    for command in ("run", "explain"):
        shown = call(command, "--set", "table.chau phu.workforce=428", "--target", "6000").stdout
        assert "“chau phu” was read as Châu Phú" in shown


@pytest.mark.parametrize("given", ["chau phu", "CHÂU  PHÚ", "Cha\u0302u Phu\u0301"])
def test_a_unit_that_a_question_is_told_too(given: str) -> None:
    note = {"code": "import.name_fitted", "row": "Châu Phú", "name": given}
    noted = [note] if given != "Cha\u0302u Phu\u0301" else []  # it is the name, its accents apart
    for command, *more in (("explain",), ("appeal", "--quota", "150")):
        named, exact = (
            json.loads(call(command, "--unit", name, *more, "--json").stdout) for name in (given, "Châu Phú")
        )
        assert named.pop("notes", []) == [*exact.pop("notes", []), *noted]
        assert named.pop("inputs", {}).get("reading", []) == noted * (command == "explain")
        exact.pop("inputs", None)
        assert {**named, "digest": ""} == {**exact, "digest": ""}
        done = call(command, "--unit", given, *more)
        assert (f"“{given}” was read as Châu Phú" in done.stdout + done.stderr) is bool(noted)


def test_a_unit_whose_row_is_asked_for_too() -> None:
    done = call("run", "--unit", "chau phu", "--unit", "An Phú")
    assert "“chau phu” was read as Châu Phú" in done.stdout
    rows = call("run", "--unit", "chau phu", "--format", "csv").stdout.splitlines()
    assert [each.split(",")[0] for each in rows] == ["\ufeffunit", "Châu Phú"] or rows[1].startswith("Châu Phú,")


def test_what_was_noted_in_reading_is_verified_and_nothing_else(tmp_path: Path) -> None:
    sheet(tmp_path, PLAIN + "Trong đó,100,10\n")
    call("run", "sheet.csv", "--target", "500", "--out", "r.json", cwd=tmp_path)
    found = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert [each["code"] for each in found["inputs"]["reading"]] == ["import.part"]
    assert found["notes"][-1:] == found["inputs"]["reading"]
    assert call("verify", "r.json", cwd=tmp_path).returncode == 0
    from allocator.data.digest import sha256

    for change in ({"code": "note.rule_nobody"}, "x"):
        altered = {**found, "notes": [*found["notes"][:-1], change]}
        altered["inputs"] = {**found["inputs"], "reading": [change]}
        del altered["digest"]
        (tmp_path / "x.json").write_text(json.dumps({**altered, "digest": sha256(altered)}), encoding="utf-8")
        assert call("verify", "x.json", cwd=tmp_path).returncode == 1
    audited = json.loads(call("audit", "sheet.csv", "--json", cwd=tmp_path).stdout)["findings"]
    assert "import.part" in [each["code"] for each in audited]


def test_options_settle_how_a_file_is_read(tmp_path: Path) -> None:
    path = sheet(tmp_path, ODD)
    assert quotas(run(path, "--target", "90", "--map", "Hien co=workforce")) == [60, 30]
    base = tmp_path / "s.yaml"
    base.write_text("data: none.csv\ntarget: 90\nlot: 10\n", encoding="utf-8")
    assert quotas(run(base, "--data", path, "--map", "Hien co=workforce")) == [60, 30]
    total = sheet(tmp_path, "Đơn vị,Tổng số CNLĐ\nTổng,10\nAn Phú,60\nCả,70\n", "t.csv")
    assert quotas(run(total, "--target", "70", "--keep", "Tổng", "--leave-out", "Cả")) == [10, 60]
    for form, text in (("en", '"1,355"'), ("vi", "1.355"), ("fr", "1 355"), ("plain", "1355.0")):
        written = sheet(tmp_path, f"Đơn vị,Tổng số CNLĐ\nAn Phú,{text}\n", f"{form}.csv")
        assert run(written, "--target", "90", "--numbers", form)["units"][0]["workforce"] == 1355
    assert "one of vi, en, fr and plain" in refused("run", path, "--numbers", "de")


def test_an_option_that_fits_no_file_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    path = sheet(tmp_path, PLAIN)
    told = refused("run", path, "--target", "500", "--map", "Nowhere=workforce", "--out", tmp_path / "r.json")
    assert "--map Nowhere=workforce: no column has the header “Nowhere”" in told
    assert "no row of the files read has this name" in refused("run", path, "--target", "500", "--keep", "Nowhere")
    assert "HEADER=COLUMN" in refused("run", path, "--target", "500", "--map", "Nowhere")
    call("run", "--out", "stored.json", cwd=tmp_path)
    assert "reads no file" in refused("verify", tmp_path / "stored.json", "--numbers", "vi")
    assert not (tmp_path / "r.json").exists()


def test_an_option_may_fit_any_one_of_the_files(tmp_path: Path) -> None:
    base = sheet(tmp_path, "data: units.csv\ntarget: 500\nlot: 10\nyear: 2017\n", "base.yaml")
    sheet(tmp_path, "unit,workforce\nAn Phú,600\nTịnh Biên,300\n", "units.csv")
    text = "Báo cáo kết quả;;;\nĐơn vị;Đoàn viên kết nạp;Số giảm;Chốt số liệu\nAn Phú;1.010;5;15/05/2017\n"
    progress = sheet(tmp_path, text.replace("1.010", "10"), "p.csv")
    asked = refused("review", base, "--progress", progress)
    assert "--map 'Chốt số liệu=date'" in asked
    done = call("review", base, "--progress", progress, "--map", "Chốt số liệu=date", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["units"][0]["recruited"] == 10


def test_a_register_is_found_under_vietnamese_headers(tmp_path: Path) -> None:
    base = sheet(tmp_path, "data: units.csv\ntarget: 500\nlot: 10\n", "base.yaml")
    sheet(tmp_path, "unit,workforce\nAn Phú,600\nTịnh Biên,300\n", "units.csv")
    text = "Đơn vị,Tên doanh nghiệp,Số lao động,Có công đoàn\nAn Phú,A,600,không\nTịnh Biên,B,300,không\n"
    done = call("unions", sheet(tmp_path, text, "r.csv"), base, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["needed"] == 2


def test_at_a_terminal_a_question_is_asked_and_the_call_to_paste_told(tmp_path: Path) -> None:
    sheet(tmp_path, ODD)
    terminal, inner = pty.openpty()
    call = [sys.executable, "-m", "allocator", "run", "sheet.csv", "--target", "90", "--lang", "en"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    child = subprocess.Popen(call, cwd=tmp_path, env=environment, stdin=inner, stdout=inner, stderr=inner)
    os.close(inner)
    seen, answers = b"", ["7", "1"]
    while True:
        try:
            seen += os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if answers and seen.rstrip().endswith(b"Number of the answer:"):
            os.write(terminal, answers.pop(0).encode() + b"\n")
            seen += b"\n"
    os.close(terminal)
    text = seen.decode()
    assert child.wait() == 0, text
    assert "1  Hien co → workforce (600, 300)" in text
    assert "a whole number from 1 to 2" in text
    assert "Total" in text
    pasted = "allocator run sheet.csv --target 90 --lang en --map 'Hien co=workforce'"
    assert text.rstrip().endswith(pasted)


def test_where_nobody_can_answer_nothing_is_asked(tmp_path: Path) -> None:
    sheet(tmp_path, ODD)
    done = process("run", "sheet.csv", "--target", "90", cwd=tmp_path, language="vi", redirected="</dev/null")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--map 'Hien co=workforce'" in done.stderr


def test_help_names_the_options_once_in_both_languages() -> None:
    for command in ("run", "audit", "new", "review", "unions", "report", "serve", "verify", "compare"):
        shown = call(command, "--help").stdout
        assert all(each in shown for each in ("--map", "--numbers", "--leave-out", "--keep")), command
    assert "--map" not in call("keys", "--help").stdout


def test_a_result_tells_which_columns_of_its_sheet_were_left_out(tmp_path: Path) -> None:
    file = tmp_path / "phu-luc.csv"
    file.write_text(
        "TT;Đơn vị;Số CNLĐ;Đoàn viên hiện có;Xe;Chỉ tiêu 2017\n"
        "1;Long Xuyên;12.053;8.000;3;1.100\n2;Châu Phú;2.714;1.500;2;150\n3;Tịnh Biên;1.220;900;9;50\n",
        encoding="utf-8",
    )
    found = run(file)
    told = {each["code"]: each.get("column") for each in found["inputs"]["reading"]}
    assert told["import.aside_members"] == "Đoàn viên hiện có"
    assert told["import.unrecognised"] == "Xe"
    assert all(each in found["notes"] for each in found["inputs"]["reading"])

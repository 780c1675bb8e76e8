"""Letters that answer a round: one to each unit that asked, with what was decided, why, and the quota it has now."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import docx
import pytest

from allocator.files import load_scenario
from allocator.model.allocation import allocate
from allocator.questions import Case, find
from allocator.show.build import answers, build_report
from allocator.show.word import write_answers, write_docx
from allocator.words import Words

TABLE, SCENARIO = load_scenario("an-giang-2017/base")
BIDS = (
    "Đơn vị,Chỉ tiêu đề nghị,Nguồn CNLĐ,Lý do,Quyết định,Lý do quyết định\n"
    "Châu Phú,100,,ít doanh nghiệp,đồng ý,Huyện vừa sắp xếp lại.\nAn Phú,,90,,chấp nhận số liệu,\n"
    "Long Xuyên,1200,,,,\nTân Châu,30,,,không đồng ý,Đã thấp.\nChợ Mới,100,428,,không đồng ý,\nTri Tôn,70,,,,\n"
)
"""Every way to be answered but that of a bid for which there is no room."""
CROWDED = "unit,bid\nLong Xuyên,900\nCĐCS tỉnh,1000\nCĐ các KCN,2000\nChâu Phú,200\nChâu Đốc,100\n"


def written(folder: Path, text: str = BIDS, language: str = "vi") -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of letters, and the answer's records."""
    (path := folder / "b.csv").write_text(text, encoding="utf-8")
    case = Case("an-giang-2017/base", TABLE, SCENARIO)
    finding = find("round").ask(case, path)
    return write_answers(build_report(case, [finding], Words(language))), dict(finding.records)


def texts(content: bytes) -> list[str]:
    return [each.text.replace("\u00a0", " ") for each in docx.Document(io.BytesIO(content)).paragraphs if each.text]


def test_each_unit_that_asked_is_answered_with_what_was_decided(tmp_path: Path) -> None:
    made, found = written(tmp_path)
    units = ["Châu Phú", "An Phú", "Long Xuyên", "Tân Châu", "Chợ Mới", "Tri Tôn"]
    assert [*made] == ["answers.docx", *(f"answers/{each}.docx" for each in units)]
    letters = {each: texts(made[f"answers/{each}.docx"]) for each in units}
    table = TABLE.with_figure("workforce", TABLE.units.index("An Phú"), 90)
    rules = [{"for": {"units": ["Tri Tôn"]}, "each": {"most": 70}}]
    joint = allocate(table, SCENARIO.changed({"locks": [{"unit": "Châu Phú", "quota": 100}], "rules": rules}))
    now = allocate(TABLE, SCENARIO)
    for unit, letter in letters.items():
        at = TABLE.units.index(unit)
        quota, before = joint.quotas[at], now.quotas[at]
        old, new = map(Words("vi").number, (before, quota))
        kept = f"- Chỉ tiêu của đơn vị giữ nguyên là {new} đoàn viên."
        assert (kept if old == new else f"- Chỉ tiêu của đơn vị là {new} đoàn viên, thay cho {old}.") in letter
    assert "- Đề nghị chỉ tiêu 100: đồng ý;" in letters["Châu Phú"]
    assert "1. Về đề nghị chỉ tiêu 100: Huyện vừa sắp xếp lại." in letters["Châu Phú"]
    assert any("90, không phải 60): chấp nhận" in each for each in letters["An Phú"])
    alone = dict(zip(TABLE.units, allocate(table, SCENARIO).quotas, strict=True))["An Phú"]
    assert f"1. Chỉ tính riêng số liệu này, chỉ tiêu của đơn vị là {alone}; trước đó là 20." in letters["An Phú"]
    assert any("chưa điều chỉnh" in each for each in letters["Long Xuyên"])
    assert any(each == "- Đề nghị chỉ tiêu 70: đồng ý giao không quá mức này;" for each in letters["Tri Tôn"])
    assert any("100 đúng bằng chỉ tiêu" in each for each in letters["Chợ Mới"])
    assert any("428, không phải 250): không chấp nhận" in each for each in letters["Chợ Mới"])
    assert not any("thấp." in each for each in letters["Chợ Mới"])
    assert found["bids"][0]["decision_reason"] == "Huyện vừa sắp xếp lại."


def test_what_would_make_a_refused_bid_fair_does(tmp_path: Path) -> None:
    made, _ = written(tmp_path)
    (told,) = [each for each in texts(made["answers/Tân Châu.docx"]) if "Nguồn CNLĐ " in each]
    low, high = map(int, re.findall(r"(\d+)\D+(\d+) \(nay 332\)", told)[0])
    at = TABLE.units.index("Tân Châu")
    for value, right in ((low, True), (high, True), (low - 1, False), (high + 1, False)):
        assert (allocate(TABLE.with_figure("workforce", at, value), SCENARIO).quotas[at] == 30) is right
    assert "1. Về đề nghị chỉ tiêu 30: Đã thấp." in texts(made["answers/Tân Châu.docx"])


def test_a_unit_is_told_why_its_quota_is_another_though_nothing_it_asked_for_was_granted(tmp_path: Path) -> None:
    text = "unit,bid,decision\nCĐ các KCN,2500,\nLong Xuyên,900,decline\nTân Châu,200,\nAn Phú,10,decline\n"
    made, found = written(tmp_path, text)
    changes = {each["unit"]: each["change"] for each in found["joint"]["units"]}
    why = [
        unit
        for unit in ("CĐ các KCN", "Long Xuyên", "Tân Châu", "An Phú")
        if any(
            "vì đề nghị của các đơn vị được xem xét cùng lúc" in each for each in texts(made[f"answers/{unit}.docx"])
        )
    ]
    most = [{"for": {"units": ["CĐ các KCN"]}, "each": {"most": 2500}}]
    alone = dict(zip(TABLE.units, allocate(TABLE, SCENARIO.changed({"rules": most})).quotas, strict=True))
    now = dict(zip(TABLE.units, allocate(TABLE, SCENARIO).quotas, strict=True))
    assert changes == {unit: alone[unit] - now[unit] for unit in alone}
    assert why == [unit for unit in ("Long Xuyên", "Tân Châu", "An Phú") if changes[unit]]
    assert why


def test_a_bid_that_was_fair_until_figures_were_corrected_is_told_so(tmp_path: Path) -> None:
    made, found = written(tmp_path, "unit,bid,workforce\nLong Xuyên,1010,2000\n")
    assert [(each["answer"], each["fair"]) for each in found["bids"]] == [("above", True), ("true", None)]
    (told,) = [each for each in texts(made["answers/Long Xuyên.docx"]) if "đúng bằng chỉ tiêu" in each]
    assert "theo số liệu trước khi xem xét các đề nghị; theo các số liệu được chấp nhận thì mức này cao hơn" in told


def test_a_bid_that_a_lock_rules_out_is_told_by_the_lock_alone(tmp_path: Path) -> None:
    (path := tmp_path / "b.csv").write_text("unit,bid\nTân Châu,50\n", encoding="utf-8")
    locked = SCENARIO.changed({"locks": [{"unit": "Tân Châu", "quota": 80}]})
    case = Case("an-giang-2017/base", TABLE, locked)
    made = write_answers(build_report(case, [find("round").ask(case, path)], Words("vi")))
    told = [each for each in texts(made["answers/Tân Châu.docx"]) if "Không đáp ứng được" in each]
    assert [each.split(". ", 1)[1] for each in told] == [
        "Không đáp ứng được vì chỉ tiêu khóa của Tân Châu (80) không cho phép."
    ]


@pytest.mark.parametrize(
    ("language", "said"), [("vi", "30 đoàn viên không đơn vị nào nhận được"), ("en", "30 members")]
)
def test_a_bid_without_room_is_told_who_cannot_take_its_members(tmp_path: Path, language: str, said: str) -> None:
    made, found = written(tmp_path, CROWDED, language)
    (left,) = found["joint"]["not_kept"]
    assert found["joint"]["unplaced"] > 0
    assert sum(said in each for each in texts(made[f"answers/{left}.docx"])) == 1
    assert sum(said in each for each in texts(made["answers.docx"])) == 1


def pages_of(content: bytes, folder: Path) -> list[str]:
    """Text of each page as it is printed."""
    (path := folder / "letters.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    call = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(call, check=True, capture_output=True, timeout=120)
    done = subprocess.run(["pdftotext", path.with_suffix(".pdf"), "-"], check=True, capture_output=True, text=True)
    return [" ".join(each.split()) for each in done.stdout.split("\f") if each.strip()]


def printer() -> bool:
    """Whether letters are printed here as Word prints them: in letters as wide as those of Times New Roman."""
    if not all(map(shutil.which, ("soffice", "pdftotext", "fc-match"))):
        return False
    font = subprocess.run(["fc-match", "Times New Roman"], capture_output=True, text=True, check=True).stdout
    return font.startswith(("Liberation", "Times"))


@pytest.mark.skipif(not printer(), reason="LibreOffice, pdftotext and a font as wide as Times New Roman print letters")
def test_a_report_holds_them_and_a_printer_shows_them(tmp_path: Path) -> None:
    (path := tmp_path / "b.csv").write_text(BIDS, encoding="utf-8")
    case = Case("an-giang-2017/base", TABLE, SCENARIO)
    found, left = answers(case, {"bids": path})
    assert not left
    document = build_report(case, found, Words("vi"))
    made = write_docx(document)
    assert len([each for each in made if each.startswith("answers/")]) == 6
    pages = pages_of(made["answers.docx"], tmp_path)
    assert len(pages) == 6
    assert all("Kính gửi" in each and "V/v trả lời đề nghị" in each and "Nơi nhận" in each for each in pages)
    bare = build_report(case, answers(case, {})[0], Words("vi"))
    assert not [each for each in write_docx(bare) if each.startswith("answers")]

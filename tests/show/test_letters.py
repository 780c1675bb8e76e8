"""The letters, the annex and the steps as Word files: figures of the JSON, of the year, on any letterhead."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from allocator.errors import InputError
from allocator.files import builtin_scenarios, load_scenario
from allocator.model.scenario import Scenario
from allocator.proof.result import result
from allocator.questions import Case, find
from allocator.show import templated
from allocator.show.build import Document, build_report
from allocator.show.formats import files
from allocator.show.templated import WordTemplate
from allocator.words import LANGUAGES, Words
from tests.reports import BASE, reported
from tests.show.templates import MADE, content, line, paper

SCENARIOS = [name for name, _ in builtin_scenarios() if name.startswith("an-giang")]
OFFICE = {
    "number": "12",
    "date": "2017-03-05",
    "signer": {"title": "Chủ tịch", "name": "Nguyễn Văn Mẫu"},
    "recipients": ["Thường trực Tỉnh ủy"],
    "department": "Ban Tổ chức",
    "reporting": ["2017-05-15", "2017-11-20"],
}
LETTER = """\
TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM
LIÊN ĐOÀN LAO ĐỘNG TỈNH AN GIANG
–––––––––
Số: 12/LĐLĐ
V/v giao chỉ tiêu phát triển đoàn viên năm 2017
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
––––––––––––––––––
An Giang, ngày 05 tháng 3 năm 2017
Kính gửi: Liên đoàn Lao động huyện Châu Phú
Căn cứ Kế hoạch số 131/KH-LĐLĐ ngày 15/02/2017, Ban Thường vụ Liên đoàn Lao động tỉnh An Giang giao đơn vị chỉ tiêu \
năm 2017:
- Phát triển mới 250 đoàn viên;
- Thành lập 2 công đoàn cơ sở ở doanh nghiệp có từ 10 lao động trở lên.
Chỉ tiêu được xác định theo cách tính chung cho 15 đơn vị:
1. Đơn vị hiện có 714 lao động chưa là đoàn viên.
2. Giai đoạn 2013 - 2016 đơn vị thực hiện được 72,2% chỉ tiêu nhiệm kỳ, nên số lao động này được tính theo hệ số 0,72.
3. Mọi đơn vị được giao cùng một tỷ lệ, 49,3% số lao động đã tính hệ số, tròn đến 10. Chỉ tiêu bằng 35,0% số lao động \
của đơn vị; bình quân của 15 đơn vị là 46,9% (số lao động gồm số hiện có và phần ước tăng được tính). So với số đã \
công bố ngày 15/02/2017 là 150, chỉ tiêu này tăng 100, chủ yếu vì riêng phần chia theo số lao động hiện có đã là \
khoảng 399.
Bảng tính chi tiết kèm theo. Nếu số liệu của đơn vị khác với số liệu trên, đề nghị phản ánh về Liên đoàn Lao động tỉnh \
An Giang (qua Ban Tổ chức) để xem xét.
Đề nghị đơn vị xây dựng kế hoạch thực hiện và báo cáo kết quả về Liên đoàn Lao động tỉnh An Giang vào ngày 15/05/2017 \
và 20/11/2017./.
Nơi nhận:
- Như trên;
- Thường trực Tỉnh ủy;
- Lưu: VT, Ban Tổ chức.
Vào sổ ghi phân bổ: số ……
TM. BAN THƯỜNG VỤ
CHỦ TỊCH
Nguyễn Văn Mẫu"""
REGISTER = "unit,name,workers,has_union,eligible\nChâu Phú,A,500,0,1\nChâu Phú,B,50,0,1\nAn Phú,C,30,yes,yes\n"


def lines(file: bytes) -> list[str]:
    """Every paragraph of a file that is not empty, those of tables cell by cell, in order; all spaces are plain."""
    body = docx.Document(io.BytesIO(file)).element.body
    texts = (
        "".join(t.text or "" for t in p.iter(f"{{{p.nsmap['w']}}}t")) for p in body.iter(f"{{{body.nsmap['w']}}}p")
    )
    return [each.replace("\u00a0", " ") for each in texts if each]


def with_office(office: dict[str, Any], name: str = BASE) -> tuple[Any, Scenario]:
    table, scenario = load_scenario(name)
    return table, scenario.changed({"office": office})


def test_a_letter_with_all_that_an_office_knows(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    made = reported("vi", with_office(OFFICE), ask=("run", "unions"), register=tmp_path / "r.csv")
    assert "\n".join(lines(files(made, ["docx"])["letters/Châu Phú.docx"])) == LETTER


@pytest.mark.parametrize("name", SCENARIOS)
def test_letters_annex_and_steps_hold_the_figures_of_the_json(name: str) -> None:
    made = reported("vi", load_scenario(name), ask=("run",))
    words, contents, records = made.words, files(made, ["docx"]), result(made.allocation)["units"]
    together = lines(contents["letters.docx"])
    annex, steps = (docx.Document(io.BytesIO(contents[f"{each}.docx"])).tables[0] for each in ("annex", "steps"))
    quota = [column.key for column in made.annex.columns].index("quota") if made.annex else 0
    told = [row.cells[quota].text for row in annex.rows][-len(records) - 1 : -1]
    assert told == [words.number(each["quota"]) for each in records]
    for row, each in zip(steps.rows[1:], records, strict=False):
        _, unit, *parts, total = (cell.text for cell in row.cells)
        values = [int(part.replace("−", "-").replace("+", "").replace(".", "")) for part in parts]
        assert (unit, total, sum(values)) == (each["unit"], words.number(each["quota"]), each["quota"])
        alone = lines(contents[f"letters/{unit}.docx"])
        assert together[: len(alone)] == alone
        del together[: len(alone)]
        assert any(f" {words.number(each['quota'])} " in text for text in alone if text.startswith("- "))
        if each["published"] is not None and each["difference"]:
            assert f"{words.number(abs(each['difference']))}, chủ yếu vì" in alone[-1] + " ".join(alone)
    assert together == []
    assert not {"–", "None"} & {cell.text for row in annex.rows[2:] for cell in row.cells}


def test_each_letter_is_a_section_whose_pages_are_counted_anew() -> None:
    made = reported("vi", ask=("run",))
    sections = docx.Document(io.BytesIO(files(made, ["docx"])["letters.docx"])).sections
    assert len(sections) == 15
    assert all(
        each.different_first_page_header_footer and 'pgNumType w:start="1"' in each._sectPr.xml for each in sections
    )


def test_no_line_ends_inside_a_figure() -> None:
    made = files(reported("vi", ask=("run",)), ["docx"])
    text = docx.Document(io.BytesIO(made["letters/Châu Phú.docx"])).element.body.xml
    for each in ("2013 - 2016", "số 131/KH", "ngày 15/02/2017", "năm 2017"):
        assert each.replace(" ", "\u00a0") in text
        assert each not in text


def test_another_year_is_not_set_beside_what_was_published_for_this_one() -> None:
    table, scenario = with_office(OFFICE)
    letters = "\n".join(lines(files(reported("vi", (table, scenario.changed({"year": 2018})), ask=("run",)), ["docx"])[
        "letters.docx"
    ]))  # fmt: skip
    assert "2018" in letters
    assert "2017" not in letters.replace("15/05/2017", "").replace("20/11/2017", "")
    assert "công bố" not in letters


def test_headings_stay_with_what_they_head() -> None:
    made = files(reported("vi", ask=("run",)), ["docx"])
    document = docx.Document(io.BytesIO(made["year.docx"]))
    told = [each for each in document.paragraphs if each.text]
    assert told[0].text == "TĂNG RÒNG VÀ SỐ PHẢI KẾT NẠP"
    assert [each.paragraph_format.keep_with_next for each in told[:3]] == [True] * 3


def test_only_members_are_lost() -> None:
    made = files(reported("vi", load_scenario("an-giang-2017/new-unions"), ask=("run",)), ["docx"])
    assert "year.docx" not in made


def test_another_year_holds_nothing_of_this_one() -> None:
    office = {**OFFICE, "signer": {}}
    made = files(reported("vi", with_office(office, "an-giang-2017/year-2018"), ask=("run",)), ["docx"])
    for name in ("annex.docx", "letters.docx", "steps.docx"):
        text = "\n".join(lines(made[name]))
        assert "2017" not in text
        assert "131/KH" not in text
        assert "2018" in text
    letter = lines(made["letters/An Phú.docx"])
    assert "An Giang, ngày …… tháng …… năm 2018" in letter
    assert any(each.startswith("Căn cứ ……, Ban Thường vụ") for each in letter)


def test_what_is_shared_out_heads_every_document(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(REGISTER.replace("Châu Phú", "Long Xuyên"), encoding="utf-8")
    scenario = load_scenario("an-giang-2017/new-unions")
    made = files(reported("vi", scenario, ask=("run", "unions"), register=tmp_path / "r.csv"), ["docx"])
    assert lines(made["annex.docx"])[0] == "DANH SÁCH PHÂN BỔ CHỈ TIÊU THÀNH LẬP CÔNG ĐOÀN CƠ SỞ"
    letter = "\n".join(lines(made["letters/Long Xuyên.docx"]))
    assert "- Thành lập 15 công đoàn cơ sở." in letter
    assert letter.count("- Thành lập") == 1
    assert "đoàn viên" not in letter
    words = {"vi": ("đoàn viên", "người chỉ tăng ròng"), "en": (" members", "recruits leave")}
    for language, (members, net) in words.items():
        made = reported(language, scenario, ask=("run", "sensitivity"))
        assert "net" not in [each.key for each in made.sections]  # a union is no recruit, and none is lost
        page = re.sub(r"(?s)<script.*?</script>|<table.*?</table>", "", files(made, ["html"])["report.html"].decode())
        charts = re.findall(r"<text [^>]*>([^<]*)</text>", page)
        assert charts
        assert net not in page
        assert not [each for each in charts if members in f" {each}"]


def test_a_net_quota_is_said_to_be_one_and_a_quota_of_nothing_too() -> None:
    table, scenario = load_scenario(BASE)
    made = reported("vi", (table, scenario.changed({"quota_basis": "net", "target": 100})), ask=("run",))
    contents = files(made, ["docx"])
    quota = made.allocation.quotas[-1]
    assert f"- Tăng thêm {quota} đoàn viên, sau khi trừ số giảm." in lines(contents["letters/CĐ các KCN.docx"])
    assert "(kỳ này chưa giao chỉ tiêu cho đơn vị)" in "\n".join(lines(contents["letters/An Phú.docx"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_scenario_says_so_and_asks_no_question(language: str) -> None:
    start = load_scenario(BASE)
    table = start[0].with_figure("workforce", start[0].units.index("An Phú"), 80)
    changed = Case(BASE, table, start[1].changed({"growth": {"realisation": 0.3}}), begun=lambda: start,
                   decided={"An Phú": "Ban Tổ chức; đếm lại"})  # fmt: skip
    made = build_report(changed, [find("run").ask(changed)], Words(language))
    title = made.words.told(made.subtitle)
    assert (
        title
        == {
            "vi": "Kịch bản cơ sở, thay đổi: Tỷ lệ thực hiện ước tăng: 30%; An Phú, nguồn CNLĐ hiện có: 60 → 80 "
            "(Ban Tổ chức; đếm lại)",
            "en": "Base scenario, changed: Growth realisation: 30%; An Phú, workforce: 60 → 80 (Ban Tổ chức; đếm lại)",
        }[language]
    )
    question = made.words.told(start[1].question)
    assert question not in map(made.words.told, made.preamble)
    assert title in files(made, ["html"])["report.html"].decode()
    for name, data in files(made, ["docx", "xlsx"]).items():
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            facts = docx.oxml.parse_xml(file.read("docProps/core.xml"))
        assert facts.findtext("{*}title") == made.name, name
    assert made.name.endswith(f" – {title}")
    assert question in map(reported(language, start).words.told, reported(language, start).preamble)


@pytest.mark.parametrize("name", MADE)
def test_the_shipped_templates_are_what_their_script_makes(name: str) -> None:
    def parts(file: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            return {each: package.read(each) for each in package.namelist()}

    assert parts(content(name)) == parts((templated.SHIPPED / f"{name}.docx").read_bytes())


def own(folder: Path, *texts: str, head: str = "") -> Document:
    """A report with an office's own letter."""
    file = paper("letter")
    for text in texts:
        line(file, text)
    if head:
        file.sections[0].first_page_header.paragraphs[0].text = head
    file.save(str(folder / "own.docx"))
    return with_letter(folder)


def with_letter(folder: Path) -> Document:
    (folder / "units.csv").write_text("unit,workforce\nA,100\nB,300\n", encoding="utf-8")
    (folder / "base.yaml").write_text("data: units.csv\ntarget: 40\n", encoding="utf-8")
    (folder / "office.yaml").write_text("body: Công đoàn X\ntemplates: {letter: own.docx}\n", encoding="utf-8")
    return reported("vi", load_scenario(folder / "base.yaml"), ask=("run",))


def test_an_office_replaces_the_letter_by_its_own(tmp_path: Path) -> None:
    texts = ("{{ unit }}: {{ quota }} {{ what }}", "{%p for each in reasons %}", "{{ each }}", "{%p endfor %}",
             "{% if upper_body %}never{% endif %}{{ signer_name }}")  # fmt: skip
    made = own(tmp_path, *texts, head="{{ body }}, {{ year }}")
    contents = files(made, ["docx"])
    assert lines(contents["letters/A.docx"]) == [
        "A: 10 đoàn viên",
        "1. Đơn vị hiện có 100 lao động chưa là đoàn viên.",
        "2. Cách tính này không dùng hệ số theo kết quả thực hiện trước đây.",
        "3. Mọi đơn vị được giao cùng một tỷ lệ, 10,0% số lao động, làm tròn thành số nguyên. Chỉ tiêu bằng 10,0% số "
        "lao động của đơn vị; bình quân của 2 đơn vị là 10,0%.",
        "……",
    ]
    head = docx.Document(io.BytesIO(contents["letters.docx"])).sections[1].first_page_header
    assert [each.text for each in head.paragraphs] == ["CÔNG ĐOÀN X, ……"]


@pytest.mark.parametrize("tag", ["{{ table }}", "{{p table }}", "{{table}}"])
def test_an_office_puts_the_table_on_a_line_of_its_annex(tag: str, tmp_path: Path) -> None:
    made = own(tmp_path, "{{ title }}", tag, "{{ body }}")
    (tmp_path / "office.yaml").write_text("body: Công đoàn X\ntemplates: {annex: own.docx}\n", encoding="utf-8")
    made = reported("vi", load_scenario(tmp_path / "base.yaml"), ask=("run",))
    annex = docx.Document(io.BytesIO(files(made, ["docx"])["annex.docx"]))
    (table,) = annex.tables
    assert [[cell.text for cell in row.cells][1:3] for row in table.rows][-3:] == [
        ["A", "10"], ["B", "30"], ["Tổng cộng", "40"],
    ]  # fmt: skip
    assert [each.text for each in annex.paragraphs] == [made.words.told(made.annex.title).upper(), "CÔNG ĐOÀN X"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ quotas }}", "quotas"),
        ("{{ unit", "own.docx"),
        ("{{ unit.__class__ }}", "__class__"),
        ("{{ unit | upper }}", "upper"),
        ("{{ 'a' * 1000000000 }}", "{{ 'a' * 1000000000 }}"),
        ("{{ unit() }}", "{{ unit() }}"),
        ("{% for a in range(1000000) %}{% endfor %}", "{% for a in range(1000000) %}"),
        ("{% for a in unit %}{% endfor %}", "{% for a in unit %}"),
        ("{% for a in tasks %}{% for b in tasks %}{% for c in tasks %}x{% endfor %}{% endfor %}{% endfor %}", "for"),
        ("{% include 'letter.docx' %}", "{% include 'letter.docx' %}"),
        ("{% set x = unit %}", "{% set x = unit %}"),
        ("{{ unit }}" * 2000, "MB"),
    ],
)
def test_a_tag_that_cannot_be_filled_is_named(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        files(own(tmp_path, text), ["docx"])
    assert "own.docx" in str(error.value)
    assert said in str(error.value)
    assert all(error.value.messages(language) for language in LANGUAGES)


def test_a_head_is_the_same_for_all_letters(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unit"):
        files(own(tmp_path, "{{ unit }}", head="{{ unit }}"), ["docx"])


def unreal(parts: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(held := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return held.getvalue()


ENTITY = b'<!DOCTYPE d [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "&a;&a;&a;">]>'
WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">%b</w:document>'
TYPES = {"[Content_Types].xml": b"<Types/>"}


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"not a Word file",
        unreal({"a.txt": b""}),
        unreal({**TYPES, "word/document.xml": b"<w"}),
        unreal({**TYPES, "word/document.xml": WORD % b"<w:body></w:body>"}),
        unreal({**TYPES, "word/document.xml": b"", "big": b"\0" * 30_000_000}),
        unreal({**TYPES, "word/document.xml": WORD % (b"<w:body>" + b" " * 2_000_000 + b"</w:body>")}),
    ],
)
def test_what_is_no_template_is_refused(file: bytes, tmp_path: Path) -> None:
    (tmp_path / "own.docx").write_bytes(file)
    with pytest.raises(InputError, match=r"own\.docx"):
        files(with_letter(tmp_path), ["docx"])


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"own\.docx"):
        files(with_letter(tmp_path), ["docx"])


def test_entities_stay_unexpanded(tmp_path: Path) -> None:
    body = b"<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p><w:sectPr/></w:body>"
    (tmp_path / "own.docx").write_bytes(unreal({**TYPES, "word/document.xml": ENTITY + WORD % body}))
    made = WordTemplate(tmp_path / "own.docx", [], {}, ("", "", "", ""))
    assert "xxx" not in made.filled({})

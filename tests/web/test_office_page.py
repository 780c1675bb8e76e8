"""Who issues the documents, filled in on the page: typed in Vietnamese, carried in the link, told where it is wrong."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from allocator import load_scenario
from allocator.web.office import office_page
from allocator.web.state import started, state_of
from allocator.words import Words
from tests.web.conftest import Server
from tests.web.test_access import findings, rules

__all__ = ["rules"]
VI = Words("vi")


def filled(page: Any, **texts: str) -> None:
    for name, text in texts.items():
        page.locator(f"[id='o-{name.replace('__', '.')}']").click()
        page.keyboard.type(text, delay=1)
    page.get_by_role("button", name=VI("office.keep")).click()
    page.wait_for_load_state()


@pytest.fixture
def form(page: Any, server: Server) -> Any:
    page.goto(f"{server.address}/?lang=vi")
    page.locator(".menu summary").click()
    page.get_by_role("button", name=VI("office.page")).click()
    page.wait_for_load_state()
    return page


def test_what_is_typed_is_part_of_the_state(form: Any, rules: str) -> None:
    assert "Liên đoàn Lao động tỉnh An Giang" in form.locator("[id='o-body']").get_attribute("placeholder")
    assert findings(form, rules) == []
    filled(form, date="1/3/2017", number="12", signer__name="Trần Thị Bê", reporting="15/5/2017\n20/11/2017",
           names="chau phu = LĐLĐ Châu Phú")  # fmt: skip
    office = state_of(dict(parse_qsl(urlsplit(form.url).query, keep_blank_values=True))).scenario().office
    assert office.as_written() == {
        "date": "2017-03-01",
        "number": "12",
        "signer": {"name": "Trần Thị Bê"},
        "reporting": ["2017-05-15", "2017-11-20"],
        "names": {"Châu Phú": "LĐLĐ Châu Phú"},
    }
    form.locator(".menu summary").click()
    form.get_by_role("button", name=VI("office.page")).click()
    assert form.locator("[id='o-date']").input_value() == "01/03/2017"
    form.locator("[id='o-number']").fill("")
    form.get_by_role("button", name=VI("office.keep")).click()
    form.wait_for_load_state()
    again = state_of(dict(parse_qsl(urlsplit(form.url).query, keep_blank_values=True))).scenario().office
    assert (again.number, again.date) == ("", "2017-03-01")


def test_every_wrong_field_says_so_and_nothing_typed_is_lost(form: Any) -> None:
    filled(form, date="31/2/2017", body="Ủy ban", names="Xyz = A\nChâu Phú", basis="x" * 501)
    told = {name: form.locator(f"[id='o-{name}-wrong']").inner_text() for name in ("date", "names", "basis")}
    assert "15/5/2017" in told["date"]
    assert "Châu Phú" in told["names"]
    assert "500" in told["basis"]
    assert form.locator("[id='o-body']").input_value() == "Ủy ban"
    assert form.locator("[id='o-names']").input_value() == "Xyz = A\nChâu Phú"


def test_the_page_speaks_of_what_is_shared_out(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?scenario=an-giang-2017/new-unions&lang=vi")
    assert "100 công đoàn cơ sở" in " ".join(page.locator("#headline").inner_text().split())
    page.goto(f"{server.address}/?scenario=an-giang-2017/new-unions&lang=vi&show=Châu Phú")
    page.locator("#why .sentence, #why p").first.wait_for()
    assert "công đoàn cơ sở" in page.locator("#why").inner_text()
    assert "đoàn viên" not in page.locator("#why").inner_text()


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ({"date": "31/02/2017"}, {"date": VI("page.office_day", text="31/02/2017")}),
        ({"names": "Châu Phú = A\nchau phu = B"}, {"names": VI("page.office_twice", unit="Châu Phú")}),
        (
            {"names": "Châu Phú\nAn Phú"},
            {"names": "; ".join(VI("page.office_name", text=e) for e in ("Châu Phú", "An Phú"))},
        ),
        (dict.fromkeys(("basis", "recipients"), "\n".join(["ỹ" * 500] * 30)), {"names": VI("page.office_much")}),
        ({"basis": "x" * 501}, {"basis": VI("page.office_long", most=500, lines=30)}),
    ],
)
def test_a_field_is_told_only_what_is_wrong_with_it(texts: dict[str, str], wrong: dict[str, str]) -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    form = {f"office-{name}": text for name, text in texts.items()}
    assert office_page(table, started("base", scenario), form, VI)["wrong"] == wrong


def test_what_no_document_can_hold_is_left_out() -> None:
    table, scenario = load_scenario("an-giang-2017/base")
    made = office_page(table, started("base", scenario), {"office-body": "a\x00b\ud800\x07 c"}, VI)
    assert state_of(made["query"]).scenario().office.as_written() == {"body": "ab c"}

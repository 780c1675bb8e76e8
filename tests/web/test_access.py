"""Everybody can use the page: axe-core finds nothing serious, and all of it is reached and seen by keyboard."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from tests.web.conftest import Server
from tests.web.test_stories import ANNEX, change


@pytest.fixture(scope="session")
def rules() -> str:
    """The script of axe-core, as its package carries it."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def findings(page: Any, rules: str) -> list[str]:
    """Serious and critical findings on what is shown: the rule and the elements."""
    page.evaluate(rules)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    assert len(found["passes"]) > 15
    return [
        f"{each['id']}: {node['html'][:150]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        for node in each["nodes"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("language", "scheme"), [("vi", "light"), ("en", "dark")])
def test_nothing_serious_is_found(page: Any, server: Server, rules: str, language: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.address}/?lang={language}")
    found = {"first": findings(page, rules)}
    page.locator("a[data-unit]").first.click()
    page.locator("tr.reason").wait_for()
    change(page, "realisation", "0.4")
    found["opened, moved"] = findings(page, rules)
    page.locator("#save-name").fill(f"{language} {scheme}")
    page.locator("#save button").click()
    page.wait_for_load_state()
    change(page, "max_share", "0.3")
    found["infeasible"] = findings(page, rules)
    change(page, "max_share", "")
    found["unusable"] = findings(page, rules)
    page.goto(f"{server.address}/compare?lang={language}")
    page.get_by_role("checkbox").first.check()
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    found["compare"] = findings(page, rules)
    page.goto(f"{server.address}/table?lang={language}")
    page.locator("#file").set_input_files(ANNEX)
    page.locator("#use").wait_for()
    found["table"] = findings(page, rules)
    page.goto(f"{server.address}/?lang={language}")
    links = [link.get_attribute("href") for link in page.locator("#more ul").first.locator("a").all()]
    for link in links:
        page.goto(server.address + link)
        found[link.partition("?")[0]] = findings(page, rules)
    assert {place: each for place, each in found.items() if each} == {}


def test_every_control_is_reached_by_keyboard_and_seen(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    wanted = page.evaluate("""() => {
        const all = [...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")]
            .filter(each => each.type !== "hidden" && each.getClientRects().length);
        all.forEach((each, index) => each.dataset.place = index);
        return all.length;
    }""")
    reached, unseen = set(), []
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        place, outline, text = page.evaluate("""() => {
            const here = document.activeElement, style = getComputedStyle(here);
            const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            return [here.dataset.place, seen, here.outerHTML];
        }""")
        if place is not None:
            reached.add(int(place))
            unseen += [] if outline else [text[:100]]
    assert unseen == []
    assert reached == set(range(wanted))

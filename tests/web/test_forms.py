"""No form and no address, however wrong, gets a failure or a trace: what cannot be used is said in words."""

from __future__ import annotations

import base64
import random
import re
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pytest

from allocator.files import load_scenario
from allocator.web import app as web
from allocator.web.jobs import Jobs, Work
from allocator.web.state import started
from allocator.web.store import Store
from allocator.words import Words
from tests.web.conftest import made_here
from tests.web.test_guard import answered

HEADERS = {"origin": "http://127.0.0.1:8017", "cookie": "token-8017=secret"}
CSV = b"unit,workforce\nA,300\nB,500\n"
PLACES = (
    "/table",
    "/table/upload-x",
    "/section/review",
    "/section/unions",
    "/section/none",
    "/edits",
    "/save",
    "/scenarios/x",
)
SHOWN = ("/", "/edits", "/table", "/table/upload-x", "/plan", "/compare", "/scenarios", "/rules")
SHOWN += ("/state.json", "/why.json", "/run.json", "/chart/run/x.svg", "/download/x")
SHOWN += ("/section/x", "/section/run", "/section/appeal", "/section/review")
FIELDS = ("document", "name", "file", "query", "key", "take", "reserve", "share", "over", "least_workers")
FIELDS += ("ask-over", "ask-unit", "ask-quota", "ask-compromise", "take", "ask-year:x")
FIELDS += ("column:Đơn vị", "column:unit", "column:", "lang", "token", "start", "table", "was", "reset", "scenario")
FIELDS += ("settled", "fix_at", "fix_to", "header", "answer:0", "numbers", "units", "others", "in:A", "accept")
FIELDS += ("unaccept", "put_back", "use", "title", "pasted", "part", "sure")
FIELDS += ("again", "author", "note", "reference")
FIELDS += ("s", "target", "lot", "lock:A", "growth:A", "year:x", "target:x", "unit", "basis", "pace", "down")
TEXTS = ("", "a", "x.csv", "x.xlsx", "-1", "1e400", "nan", "9" * 5_000, "\x00", "é" * 30_000, "🙂", "../x", "[]", "{}")
TEXTS += ("en", "unit", "province", "assumptions", "workforce", "a=b&c", "\r\nset-cookie: x=y", "%s{}", "=")
TEXTS += tuple(base64.b64encode(each).decode() for each in (CSV, zlib.compress(CSV), zlib.compress(CSV)[:9], b"PK\3\4"))
TYPES = ("application/json", "multipart/form-data", "multipart/form-data; boundary=b; charset=undefined", "x", "")
TYPES += ("multipart/form-data; boundary=b", "application/x-www-form-urlencoded; charset=utf-16")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, str]:
    """The application without its processes, and the query of a state that it takes."""
    monkeypatch.setattr(Jobs, "made", made_here)
    name = "an-giang-2017/base"
    table, scenario = load_scenario(name)
    app = web.application(Store(tmp_path, name, table, scenario), "en", ["127.0.0.1"], "secret")
    return app, started("given", scenario).query


def wrong(chance: random.Random, query: str) -> tuple[str, str, dict[str, Any]]:
    """A request with fields that are missing, repeated, misplaced, too long, or of another kind."""
    fields = {
        name: [chance.choice(TEXTS) for _ in range(chance.choice((1, 1, 2)))]
        for name in chance.sample(FIELDS, chance.randrange(6))
    }
    held = chance.choice(("", query, query[: chance.randrange(len(query))]))
    if chance.random() < 0.3:
        address = f"{chance.choice(SHOWN)}?{held}&{urlencode(fields, doseq=True)}"
        return "GET", address[:60_000], {"headers": HEADERS}
    path = f"{chance.choice(PLACES)}?{held}"
    kind = chance.randrange(3)
    if kind == 0:
        return "POST", path, {"headers": HEADERS, "data": fields}
    if kind == 1:
        names = chance.choices(("file", *FIELDS), k=chance.choice((1, 1, 2)))
        files = [
            (name, (chance.choice(TEXTS)[:200], chance.choice((CSV, b"", b"\xff\xfe", b"PK\3\4")))) for name in names
        ]
        return "POST", path, {"headers": HEADERS, "data": fields, "files": files}
    part = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\xfea\r\n--b--\r\n'
    body = chance.choice(
        (part, part[:40], part.replace(b'; name="name"', b""), chance.randbytes(300), b"%FF=%00&" * 2_000)
    )
    return "POST", path, {"headers": {**HEADERS, "content-type": chance.choice(TYPES)}, "content": body}


@pytest.mark.parametrize("seed", range(3))
def test_no_form_and_no_address_breaks_the_page(made: tuple[Any, str], seed: int) -> None:
    app, query = made
    chance = random.Random(seed)
    requests = [wrong(chance, query) for _ in range(60)]
    for (method, path, _), answer in zip(requests, answered(app, *requests), strict=True):
        assert answer.status_code in (200, 303, 404, 405, 422), (method, path[:200])
        assert "Traceback" not in answer.text
        assert "secret" not in answer.text


TEXT = {"document": ["a", "####", "é", base64.b64encode(b"no zlib").decode()], "file": ["text"]}


@pytest.mark.parametrize("field", ["file", "document", "name", "s", "take"])
@pytest.mark.parametrize("text", ["a", "[]", "abc", ""])
def test_a_field_of_a_form_in_an_address_breaks_nothing(made: tuple[Any, str], field: str, text: str) -> None:
    app, query = made
    places = [f"{path}?{query}&{urlencode({field: text})}" for path in ("/section/review", "/section/run", "/plan")]
    for answer in answered(app, *(("GET", place, {"headers": HEADERS}) for place in places)):
        assert answer.status_code in (200, 422)


@pytest.mark.parametrize("path", ["/table", "/section/review", "/section/unions"])
@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in TEXT.items() for text in texts])
def test_a_wrong_hidden_field_is_named_in_words(made: tuple[Any, str], path: str, field: str, text: str) -> None:
    app, query = made
    sent = {"headers": HEADERS, "data": {"name": "x.csv", field: text}}
    (answer,) = answered(app, ("POST", f"{path}?{query}", sent))
    assert answer.status_code == 422
    assert Words("en")("page.bad_form") in answer.text


@pytest.mark.parametrize("field", ["document", "name", "query", "key", "column:unit"])
@pytest.mark.parametrize("path", PLACES)
def test_a_file_where_a_text_belongs_is_refused(made: tuple[Any, str], path: str, field: str) -> None:
    app, query = made
    (answer,) = answered(app, ("POST", f"{path}?{query}", {"headers": HEADERS, "files": {field: ("x.csv", CSV)}}))
    assert answer.status_code == 422
    assert Words("en")("page.bad_form") in answer.text


def test_a_chart_has_its_own_alternative_text(made: tuple[Any, str]) -> None:
    app, query = made
    (page,) = answered(app, ("GET", f"/section/run?{query}&lang=en", {"headers": HEADERS}))
    found = re.findall(r'src="data:image/svg\+xml,([^"]*)" alt="([^"]*)"', page.text)
    assert len(found) == 2
    for picture, told in found:
        assert f"<title>{told}</title>" in unquote(picture)
    assert found[0][1].startswith("Bar chart of effort")


def test_one_wrong_field_leaves_the_form_as_it_was_filled_in(made: tuple[Any, str]) -> None:
    app, query = made
    given = urlencode({"ask-unit": "Châu Phú", "ask-quota": "many"})
    (answer,) = answered(app, ("GET", f"/section/appeal?{query}&{given}", {"headers": HEADERS}))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="many"' in answer.text
    assert "<option selected>Châu Phú</option>" in answer.text


def test_any_listing_is_taken_as_csv(made: tuple[Any, str]) -> None:
    app, query = made
    given = urlencode({"ask-unit": "Châu Phú", "ask-quota": "150", "take": "paid_by"})
    (answer,) = answered(app, ("GET", f"/section/appeal?{query}&{given}", {"headers": HEADERS}))
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.lstrip("\ufeff").splitlines()[:2] == ["unit,quota,granted,change", "CĐ các KCN,2850,2890,40"]


def test_saved_states_are_compared_and_a_compromise_is_found(made: tuple[Any, str]) -> None:
    app, query = made
    states = {"one": query, "two": query.replace("realisation=0.2", "realisation=0.5")}
    saved = [("POST", "/save", {"headers": HEADERS, "data": {"name": n, "query": q}}) for n, q in states.items()]
    form = answered(app, *saved, ("GET", "/scenarios", {"headers": HEADERS}))[-1].text
    keys = re.findall(r'name="s" value="([0-9a-f]{16})"', form)
    chosen = urlencode({"s": keys, "ask-compromise": "1"}, doseq=True)
    (answer,) = answered(app, ("GET", f"/compare?{chosen}", {"headers": HEADERS}))
    assert 'class="differs"' in answer.text
    assert '<section id="compromise">' in answer.text
    assert answer.text.count("checked") == 1
    (alone,) = answered(app, ("GET", f"/plan?{chosen.partition('&')[0]}", {"headers": HEADERS}))
    assert alone.status_code == 422
    assert Words("en")("page.choose_two", most=4) in alone.text


def test_an_answer_that_reads_a_file_has_what_files_are_allowed(
    made: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, query = made
    reads: dict[str, list[bool]] = {}

    async def told(_: Jobs, work: Work, *__: Any) -> Any:
        reads.setdefault(work.given[0], []).append(work.reads)
        return work.make(*work.given)

    monkeypatch.setattr(Jobs, "made", told)
    save = ("POST", "/save", {"headers": HEADERS, "data": {"name": "one", "query": query}})
    form = answered(app, save, ("GET", "/scenarios", {"headers": HEADERS}))[-1].text
    (key,) = re.findall(r'name="s" value="([0-9a-f]{16})"', form)
    sent = {"headers": HEADERS, "files": {"file": ("p.csv", b"unit,recruited,date\n")}}
    for path in (f"/plan?s={key}", f"/section/review?{query}"):
        answered(app, ("POST", path, {**sent, "data": {"s": key}}), ("GET", path, {"headers": HEADERS}))
    assert reads == {"plan": [True, False], "review": [True]}


def test_a_lone_surrogate_is_refused(made: tuple[Any, str]) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800\r\n--b--\r\n'
    headers = {**HEADERS, "content-type": "multipart/form-data; boundary=b; charset=unicode_escape"}
    (answer,) = answered(made[0], ("POST", "/save", {"headers": headers, "content": body}))
    assert answer.status_code == 422
    assert Words("en")("page.bad_form") in answer.text


def test_a_file_given_back_is_read_again_under_its_name(made: tuple[Any, str]) -> None:
    app, _ = made
    name = "x" * 100 + ".csv"
    hidden = base64.b64encode(zlib.compress(CSV)).decode()
    first, again = answered(
        app,
        ("POST", "/table", {"headers": HEADERS, "files": {"file": (name, CSV)}}),
        ("POST", "/table", {"headers": HEADERS, "data": {"name": name, "document": hidden}}),
    )
    assert first.text == again.text
    assert f'name="document" value="{hidden}"' in first.text
    assert ".csv" in first.text

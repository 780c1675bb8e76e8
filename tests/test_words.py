"""Both catalogues have the same keys and ask for the same values; every key the code asks for is there."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import allocator
from allocator.words import LANGUAGES, Words, catalogue

VI, EN = catalogue("vi"), catalogue("en")
PACKAGE = Path(allocator.__file__).parent
SPEAKING = {"words", "fault"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language: str) -> None:
    pairs = json.loads((PACKAGE / "words" / f"{language}.json").read_text("utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))


def test_same_keys() -> None:
    assert set(VI) == set(EN)


def test_same_values_in_every_text() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    differing = [key for key in EN if fields(EN[key]) != fields(VI[key])]
    assert differing == []


def test_no_text_is_blank() -> None:
    assert [key for texts in (VI, EN) for key, text in texts.items() if not text.strip()] == []


def asked(tree: ast.AST) -> Iterator[str]:
    """Patterns of the keys given to `words(…)` and `fault(…)`: literals, and f-strings with `.+` for their fields."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SPEAKING:
            yield from patterns(node.args[0])


def patterns(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in node.values)  # type: ignore[arg-type]
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body)
        yield from patterns(node.orelse)


def test_every_key_asked_for_exists() -> None:
    missing = [
        f"{path.relative_to(PACKAGE)}: {pattern}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for pattern in asked(ast.parse(path.read_text("utf-8")))
        if not any(re.fullmatch(pattern, key) for key in EN)
    ]
    assert missing == []


def written() -> tuple[set[str], set[str]]:
    """Every text the package writes: literals of Python, templates and scripts; f-strings as patterns."""
    literals, formed = set[str](), set[str]()
    for path in PACKAGE.rglob("*.*"):
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    literals.add(node.value)
                elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "titled":
                    formed |= {pattern + r"\..+" for pattern in patterns(node.args[0])}
                elif isinstance(node, ast.JoinedStr):
                    formed |= {pattern for pattern in patterns(node) if re.search(r"[a-z]", pattern)}
        elif path.suffix in (".html", ".js"):
            literals |= set(re.findall(r"""["']([\w.]+)["']""", path.read_text("utf-8")))
    # A template joins keys: "page.field." ~ name.
    return literals, formed | {re.escape(each) + ".+" for each in literals if re.fullmatch(r"\w+(\.\w+)*[._]", each)}


def test_every_key_is_used() -> None:
    literals, formed = written()
    keys = [pattern for pattern in formed if r"\." in pattern or "_" in pattern]
    assert [key for key in EN if key not in literals and not any(re.fullmatch(each, key) for each in keys)] == []


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_counts_are_written_as_the_language_writes_them(language: str, count: int) -> None:
    """“1 union is needed”, “0 unions are”; Vietnamese has one form. What cannot be 1 is called `most` or so."""
    words = Words(language)
    nouns = "member|lot|unit|union|draw|setting|rule|recruit"
    wrong = re.compile(rf"\b1 (more )?({nouns})s\b(?! are more than)|\b[02] (more )?({nouns})\b")
    for key, text in catalogue(language).items():
        fields = [(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name]
        if not any(spec == "n" for _, spec in fields) or any("[" in name for name, _ in fields):
            continue
        values = {name: "x" for name, _ in fields}
        values |= {name: count for name, spec in fields if re.match(r"\+?[np]", spec)}  # type: ignore[misc]
        values |= {name: 2 for name in ("most", "least", "levels") if name in values}  # type: ignore[misc]
        values |= {name: [] for name, spec in fields if spec in ("list", "texts")}  # type: ignore[misc]
        said = words(key, **values)
        assert "|" not in said
        assert language == "vi" or not wrong.search(said), said


OTHER_WORDS = {
    "nguồn CNLĐ, nguồn CNLĐ được tính": r"nguồn lao động|nguồn tính|nguồn CNLĐ (khả dụng|tính\b)",
    "mức sàn, mức trần": r"mức tối (thiểu|đa)|chỉ tiêu tối (thiểu|đa)",
    "lệch so với phân bổ đã công bố": r"đặt khác|đặt lệch",
    "lần mô phỏng": r"rút thăm|lượt thử",
    "hụt, thiếu bình quân, khả năng không đạt": r"thiếu hụt|hụt dự kiến|kỳ vọng|xác suất",
    "khóa": r"\bchốt\b",
    "tăng ròng": r"tăng thực",
    "cần, mức nặng": r"đòi hỏi|huy động",
    "cách làm tròn": r"phương pháp",
    "a term without its meaning": r"suy biến|mã băm|hạt giống|tương quan thứ hạng",
}
"""What Vietnamese texts say, and what they do not say instead: one word for one thing."""


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_one_word_for_one_thing(word: str) -> None:
    found = re.compile(OTHER_WORDS[word], re.IGNORECASE)
    assert [key for key, text in VI.items() if found.search(text)] == []


def test_a_rule_of_a_scenario_and_a_rule_that_explains_a_table_have_a_word_each() -> None:
    """`Quy định` is what a planner decides, `quy tắc` what calibration finds."""
    said = [key for key, text in VI.items() if "quy tắc" in text.lower()]
    assert [key for key in said if not key.startswith(("calibrate.", "cli.calibrate."))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_blank_stands_before_a_percent_sign(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if re.search(r"[\d}] %", text)] == []
    assert Words(language).percent(0.042) == {"vi": "4,2%", "en": "4.2%"}[language]


ENGLISH = re.compile(r"\b(the|of|and|is|are|with|not|for|unit|units|quota|quotas|workforce|target|growth|share|lot)\b")
CODE = re.compile(
    r"`[^`]*`|\{[^{}]*\}|\([^()]*\)|--?[\w-]+( [\w.]+=\S+)?|\b[a-z]+(?:[._][a-z_*]+)+|[“\"][^”\"]*[”\"]|\b\w+:(?=\s|$)"
)


def test_vietnamese_texts_are_in_vietnamese() -> None:
    """English words stand only in what is typed: keys, options, names in brackets or quotation marks."""
    typed = ("key.", "scenario.", "keys.", "yaml.", "cli.", "usage.", "sensitivity.", "import.base_no_target")
    said = {key: CODE.sub(" ", text) for key, text in VI.items() if not key.startswith(typed)}
    assert [key for key, text in said.items() if ENGLISH.search(text)] == []

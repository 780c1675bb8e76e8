import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.data.numbers import MOST_FIGURE, NumberError, figure, persons, typed
from allocator.data.printed_figures import printed_count, printed_number, printed_percent
from allocator.web.fields import written
from allocator.words import Words


def key(read, cell):
    with pytest.raises(NumberError) as caught:
        read(cell)
    for language in ("en", "vi"):
        assert str(cell) in caught.value.fault("t.csv:2:2", column="c", unit="u").told(Words(language))
    return caught.value.key


@pytest.mark.parametrize("cell", ["200", "200.0", "200.00", " 200 ", "0200", "200.", 200, 200.0])
def test_persons_whole(cell):
    assert persons(cell) == 200
    assert isinstance(persons(cell), int)


@pytest.mark.parametrize("cell", ["", "  ", None])
def test_blank_is_none(cell):
    assert persons(cell) is figure(cell) is None


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("1.500", "cell.two_ways"),
        ("1,500", "cell.two_ways"),
        ("200.000", "cell.two_ways"),
        ("1.234.567", "cell.two_ways"),
        ("-1.500", "cell.two_ways"),
        ("1e300", "cell.not_number"),
        ("nan", "cell.not_number"),
        ("inf", "cell.not_number"),
        ("12abc", "cell.not_number"),
        ("1_500", "cell.not_number"),
        ("+5", "cell.not_number"),
        ("200,0", "cell.not_number"),
        ("٢٠٠", "cell.not_number"),
        ("-5", "cell.negative"),
        ("0.5", "cell.not_whole"),
        ("9000000001", "cell.too_large"),
        ("9" * 400, "cell.too_large"),
        (-5.0, "cell.negative"),
        (200.5, "cell.not_whole"),
        (True, "cell.not_number"),
        (math.inf, "cell.too_large"),
        (1e300, "cell.too_large"),
    ],
)
def test_persons_refused(cell, wrong):
    assert key(persons, cell) == wrong


def test_not_a_number_in_a_sheet():
    assert key(figure, math.nan) == "cell.not_number"


@pytest.mark.parametrize(
    ("cell", "value"), [("0.125", 0.125), ("-113", -113), ("1.5", 1.5), ("12.3456", 12.3456), (0.5, 0.5)]
)
def test_figure(cell, value):
    assert figure(cell) == value


@pytest.mark.parametrize("cell", ["12.345", "1.500", "1,500"])
def test_figure_two_ways(cell):
    assert key(figure, cell) == "cell.two_ways"


@given(st.integers(-MOST_FIGURE, MOST_FIGURE))
def test_whole_figures_come_back(value):
    assert figure(str(value)) == value
    assert printed_number(f"{value:,}".replace(",", ".")) == value


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_named_fault(text):
    for read in (persons, figure, printed_number, printed_percent):
        with contextlib.suppress(NumberError):
            value = read(text)
            assert value is None or abs(value) <= MOST_FIGURE


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4.000", 4000),
        ("- 104", -104),
        ("−104", -104),
        ("-", None),
        ("–", None),
        ("", None),
        ("<b>1.100</b>", 1100),
        ("**18.000**", 18000),
        ("４．０００", 4000),
        ("1.234,5", 1234.5),
        ("0,125", 0.125),
        ("1,5", 1.5),
        ("23.009\u00a0", 23009),
    ],
)
def test_vietnamese(text, value):
    assert printed_number(text) == value


@pytest.mark.parametrize("text", ["1.5", "6,500", "12,345,678", "- 6,500"])
def test_vietnamese_two_ways(text):
    assert key(printed_count, text) == "cell.two_ways_printed"


@pytest.mark.parametrize("text", ["55,45%", "100m²", "1.23.456", "abc", "--5"])
def test_vietnamese_refused(text):
    assert key(printed_number, text) == "cell.not_number"


def test_printed_percent():
    assert str(printed_percent("**55,45%**")) == "55.45"
    assert printed_percent("0 %") == 0
    assert printed_percent("-") is None
    assert key(printed_percent, "55,45") == "cell.not_percent"
    assert key(printed_percent, "1.5%") == "cell.two_ways_printed"


@pytest.mark.parametrize(
    ("text", "whole", "value"),
    [
        ("6.600", True, 6600),
        ("1,234,567", True, 1_234_567),
        (" 6600,0 ", True, 6600),
        ("6 800", True, 6800),
        ("1 234\u00a0567", True, 1_234_567),
        ("-10", True, -10),
        ("0,35", False, 0.35),
        ("0.35", False, 0.35),
        ("1,125", False, 1.125),
        ("１", False, 1),
    ],
)
def test_typed(text, whole, value):
    assert typed(text, whole) == value


@pytest.mark.parametrize(
    ("text", "whole", "why"),
    [
        ("6600,5", True, "cell.not_whole"),
        ("1.234,567", True, "cell.not_number"),
        ("6.60", True, "cell.not_whole"),
        ("6 80", True, "cell.not_number"),
        ("6 8000", True, "cell.not_number"),
        ("0 800", True, "cell.not_number"),
        ("6  800", True, "cell.not_number"),
        ("6 800,5", True, "cell.not_number"),
        ("6 800.000", True, "cell.not_number"),
        ("6 800", False, "cell.not_number"),
        ("nan", False, "cell.not_number"),
        ("1e3", True, "cell.not_number"),
        ("", True, "cell.not_number"),
        ("1" * 20, True, "cell.too_large"),
    ],
)
def test_typed_refused(text, whole, why):
    with pytest.raises(NumberError) as caught:
        typed(text, whole)
    assert caught.value.key == why


@given(st.floats(-1e6, 1e6))
def test_what_a_field_shows_is_read_as_what_it_was(value):
    shown = written(value)
    assert typed(Words("vi").typed(shown), False) == typed(Words("en").typed(shown), False) == value

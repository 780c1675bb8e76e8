"""Old encodings: every letter both ways, whole documents recognised, and nothing else ever touched."""

import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.data.legacy import (
    MOST_LETTERS,
    decoded_legacy,
    from_tcvn3,
    from_vni,
    is_syllable,
    recognised,
)

TEXT = ("Đơn vị", "Chỉ tiêu phân bổ", "Tổng số lao động", "Ước số tăng", "Châu Phú", "Tịnh Biên", "Thoại Sơn")
LETTERS = [
    each
    for each in (
        *(unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in ("", *"\u0301\u0300\u0309\u0303\u0323")),
        "đ",
    )
    if not each.isascii()
]
TONES = {"acute": "\u0301", "grave": "\u0300", "hook": "\u0309", "tilde": "\u0303", "dot": "\u0323"}
VNI_TONES = dict(zip(TONES.values(), "ùøûõï", strict=True))
VNI_ROUND = dict(zip(TONES.values(), "áàåãä", strict=True))
VNI_SHORT = dict(zip(TONES.values(), "éèúüë", strict=True))
VNI_I = dict(zip(TONES.values(), "íìæóò", strict=True))
VIETNAMESE = (
    "An Giang", "Bà Rịa", "Bạc Liêu", "Bắc Giang", "Bình Định", "Cà Mau", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Gia Lai",
    "Hà Nội", "Hà Tĩnh", "Hòa Bình", "Hoà Bình", "Huế", "Kiên Giang", "Krông Pắc", "Lâm Đồng", "Nghệ An", "Phú Yên",
    "Quảng Ngãi", "Sơn La", "Thái Bình", "Thừa Thiên", "Trà Vinh", "Vĩnh Phúc", "Xã", "Cán bộ", "Số", "Cù Lao", "Ô Môn",
    "tê", "bé", "hè", "có", "nó", "Hồng Ngự", "ÚT TỊCH", "Plông", "Tư Nghĩa", "§ 5 Đơn vị", "Cửa Lò", "Sóc Sơn",
)  # fmt: skip
ENGLISH = (
    "Durham", "Stoke-on-Trent", "King's Lynn", "café", "naïve", "Zoë", "façade", "© 2017", "Acme®", "12 °C", "± 5",
    "résumé", "Brontë", "£100", "¥5", "§ 5", "½", "10²", "Unit¹", "· item", "«x»", "Llŷn", "Ynys Môn", "Siân", "Sŵn",
)  # fmt: skip
FRENCH = (
    "Orléans", "Besançon", "Nîmes", "Béziers", "Évreux", "Mâcon", "Sète", "Saint-Étienne", "Châlons", "Angoulême",
    "Gué", "Forêt", "Saône", "Rhône", "Île", "GUÉ", "Noël", "Haïti", "maïs", "Caïn", "août", "où", "été", "né", "thé",
    "à", "Pô", "tôt", "Raphaël", "Aÿ", "Crécy", "l'Haÿ-les-Roses", "Vallée", "Cœur", "SÈTE", "ÎLE", "« Bé »", "Alès",
    "Foix", "Mané", "Doué", "Thuès", "Moëlan", "Plougoumelen", "Quimperlé", "Bréhat", "Hué", "Condé", "Ré", "Sées",
)  # fmt: skip


def old_vni(letter):
    apart = unicodedata.normalize("NFD", letter)
    tone = next((c for c in apart if c in VNI_TONES), "")
    vowel = unicodedata.normalize("NFC", apart.replace(tone, "")) if tone else letter
    if vowel in "ăâêôđươ" and not tone:
        return {"ă": "aê", "â": "aâ", "ê": "eâ", "ô": "oâ", "đ": "ñ", "ư": "ö", "ơ": "ô"}[vowel]
    if vowel == "i":
        return VNI_I[tone]
    if vowel + tone == "y\u0323":
        return "î"
    marks = VNI_ROUND if vowel in "âêô" else VNI_SHORT if vowel == "ă" else VNI_TONES
    return {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ư": "ö", "ơ": "ô"}.get(vowel, vowel) + marks[tone]


def in_vni(text):
    pieces = [old_vni(c.lower()) if c.lower() in LETTERS else c for c in text]
    return "".join(p.upper() if c.isupper() else p for p, c in zip(pieces, text, strict=True))


def in_tcvn3(text):
    """By the table of another hand: set VN1 has the letters of VN3 where they are, and capitals with a tone besides."""
    capitals = "".join(c if c in "ĂÂÊÔƠƯĐ" else c.lower() if c.lower() in LETTERS else c for c in text)
    done = subprocess.run(
        ["iconv", "-f", "utf-8", "-t", "TCVN5712-1"], input=capitals.encode(), capture_output=True, check=True
    )
    return done.stdout.decode("latin-1")


def test_there_are_134_letters():
    capitals = [each.upper() for each in LETTERS]
    assert len({*LETTERS, *capitals}) == 134
    assert all(unicodedata.is_normalized("NFC", each) and len(each) == 1 for each in LETTERS)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter(letter):
    for text in (f"x{letter}", f"NX{letter.upper()}"):
        assert from_tcvn3(in_tcvn3(text)) == text
        assert from_vni(in_vni(text)) == text
        assert len(in_tcvn3(text)) == len(text)
    assert from_vni(letter.upper() if letter == "đ" else in_vni(letter).capitalize()) == letter.upper()


@pytest.mark.parametrize(("way", "name"), [(in_tcvn3, "TCVN3 (ABC)"), (in_vni, "VNI")])
def test_a_document_in_an_old_encoding(way, name):
    old = [way(each) for each in TEXT]
    assert old != list(TEXT)
    found = recognised(old)
    assert (found.name, found.mixed) == (name, False)
    assert [found.read(each) for each in old] == list(TEXT)
    assert found.read("Long Xuyen 5") == "Long Xuyen 5"
    content = "\n".join(old).encode("cp1252")
    assert decoded_legacy(content)[0].splitlines() == list(TEXT)


def test_unicode_in_a_document_of_an_old_encoding_stays():
    found = recognised([*map(in_tcvn3, TEXT), "Cán bộ", "Xã", "Mỹ Đức"])
    assert found.mixed
    assert [found.read(each) for each in ("Cán bộ", "Xã", "Mỹ Đức", "C¸n bé")] == ["Cán bộ", "Xã", "Mỹ Đức", "Cán bộ"]


def test_capitals_of_a_font_and_abbreviations():
    assert from_tcvn3("LI£N §OµN LAO §éNG tØnh, C§N, §V") == "LIÊN ĐOÀN LAO ĐỘNG tỉnh, CĐN, ĐV"
    assert from_vni("LIEÂN ÑOAØN LAO ÑOÄNG Ñôn vò Aán") == "LIÊN ĐOÀN LAO ĐỘNG Đơn vị Ấn"
    assert recognised(["CNL§", "C§CS", "C§N", "L§L§", "§¬n vÞ", "Tæng"]) is not None


def test_windows_1258():
    for text in ("Đơn vị;Tổng số\nHồng Ngự;1\nchữ “x” Đ", "TỔNG SỐ”\nĐƠN VỊ"):
        tones = "".join(f"[{each}]" for each in TONES.values())
        apart = "".join(
            unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", each) if c not in tones))
            + "".join(c for c in unicodedata.normalize("NFD", each) if c in tones)
            for each in text
        )
        made, legacy = decoded_legacy(apart.encode("cp1258"))
        assert (made, legacy.name) == (text, "Windows-1258")
        assert legacy.before != legacy.after
    assert decoded_legacy("Orléans\nBesançon".encode("cp1252"))[0] == "Orléans\nBesançon"


@pytest.mark.parametrize(
    "content",
    [
        "Đơn vị Tổng số".encode() + b"\xff",
        b"\xff\xfe\x01\x02",
        b"caf\xe9\x81",
        b"\xa7\xacn v\xde " * MOST_LETTERS,
    ],
    ids=["damaged UTF-8", "controls", "a byte of none", "too long"],
)
def test_what_is_no_text_in_any_encoding(content):
    assert decoded_legacy(content) is None


@given(st.lists(st.sampled_from(VIETNAMESE), max_size=40))
def test_vietnamese_is_never_touched(texts):
    assert recognised(texts) is None
    assert recognised([unicodedata.normalize("NFD", each) for each in texts]) is None


@given(st.lists(st.sampled_from(ENGLISH), max_size=40), st.lists(st.sampled_from(FRENCH), max_size=40))
def test_english_and_french_are_never_touched(english, french):
    assert recognised(english) is None
    assert recognised(french) is None
    assert recognised(english + french) is None


def test_whole_lists_are_not_touched():
    for texts in (VIETNAMESE, ENGLISH, FRENCH, VIETNAMESE + FRENCH, ()):
        assert recognised(texts) is None


@pytest.mark.parametrize("word", ["Nghiễm", "huỳnh", "QUYẾT", "giêng", "Thuở", "Đ\u01a1n", "ư"])
def test_syllables(word):
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["vÞ", "Orléans", "bÝ", "ắắ", "ngắc̀", "Tæng", ""])
def test_no_syllables(word):
    assert not is_syllable(word)

"""The plain reasons: one text for each special case, and every sentence's figures worked out again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError
from allocator.files import load_scenario
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.why.plain import Plain
from allocator.words import Words

BASIC: dict[str, Any] = {"data": "t.csv", "target": 100, "published": None}
PAST = {"attainment": {"exponent": 1}}


def made(figures: dict[str, tuple[int | None, ...]], **values: Any) -> Allocation:
    names = tuple("ABCDEFGHIJ"[: len(figures["workforce"])])
    table = Table(names, {name: column for name, column in figures.items()}, (None,) * len(names), (None,) * len(names))
    return allocate(table, Scenario.model_validate(BASIC | values), "waterfill")


def said(allocation: Allocation, unit: int = 0, language: str = "vi") -> str:
    plain, words = Plain(allocation), Words(language).about(allocation.scenario.what)
    return " | ".join(words.told(each) for each in (*plain.reasons(unit), plain.difference(unit)) if each)


HISTORY = {"workforce": (100, 300), "term_target": (50, 100), "recruited": (121, 10)}
THREE = {"workforce": (100, 200, 300)}
RATE = "Mọi đơn vị được giao cùng một tỷ lệ"
SPECIAL: dict[str, tuple[dict[str, Any], dict[str, Any], int, str]] = {
    "above the ceiling": (
        HISTORY,
        PAST,
        0,
        "thực hiện được 242,0% chỉ tiêu nhiệm kỳ; phần vượt 100% không được tính thêm, nên số lao động "
        "này được tính theo hệ số 1,00.",
    ),
    "below the floor": (
        HISTORY,
        PAST,
        1,
        "thực hiện được 10,0% chỉ tiêu nhiệm kỳ; mức thấp nhất được tính là 50%, nên số lao động này "
        "được tính theo hệ số 0,50.",
    ),
    "between": (
        {**HISTORY, "recruited": (121, 72)},
        PAST,
        1,
        "Đơn vị thực hiện được 72,0% chỉ tiêu nhiệm kỳ, nên số lao động này được tính theo hệ số 0,72.",
    ),
    "who is behind takes more": (
        {**HISTORY, "recruited": (121, 64)},
        {"attainment": {"exponent": -0.5}},
        1,
        "đơn vị đạt càng thấp thì hệ số càng cao, nên số lao động này được tính theo hệ số 1,25 (kết quả được "
        "tính, lũy thừa −0,5).",
    ),
    "no term target": (
        {**HISTORY, "term_target": (None, 100)},
        PAST,
        0,
        "Đơn vị chưa có chỉ tiêu nhiệm kỳ nên kết quả được giả định là 100%, và số lao động này được "
        "tính theo hệ số 1,00; đây là giả định, không phải số liệu.",
    ),
    "no result": (
        {**HISTORY, "recruited": (None, 10)},
        PAST,
        0,
        "Đơn vị chưa có số liệu đầy đủ về kết quả nhiệm kỳ nên",
    ),
    "the province's": (
        {"workforce": (100, 300, 100), "term_target": (None, 100, 100), "recruited": (None, 60, 80)},
        {"attainment": {"exponent": 1, "missing": "province"}},
        0,
        "kết quả được giả định bằng kết quả chung của các đơn vị có số liệu (70,0%), được tính là 70,0%, "
        "và số lao động này được tính theo hệ số 0,70; đây là giả định, không phải số liệu.",
    ),
    "the past not weighed": (
        HISTORY,
        {},
        0,
        f"hệ số theo kết quả thực hiện trước đây. | {RATE}",
    ),
    "net": (
        {**HISTORY, "lost": (81, 1)},
        {"attainment": {"exponent": 1, "basis": "net"}},
        0,
        "Đơn vị có số đoàn viên tăng thêm, sau khi trừ số giảm, bằng 80,0% chỉ tiêu nhiệm kỳ, nên",
    ),
    "net, negative": (
        {**HISTORY, "lost": (81, 11)},
        {"attainment": {"exponent": 1, "basis": "net"}},
        1,
        "Đơn vị có số đoàn viên giảm nhiều hơn số kết nạp; mức thấp nhất được tính là 50%, nên",
    ),
    "growth": (
        {"workforce": (100, 300), "growth_estimate": (50, 0)},
        {"growth": {"realisation": 0.2}},
        0,
        "Đơn vị hiện có 100 lao động chưa là đoàn viên. Số lao động ước tăng là 50, được tính 20%, là 10.",
    ),
    "growth that is no whole person": (
        {"workforce": (100, 300), "growth_estimate": (57, 0)},
        {"growth": {"realisation": 0.2}},
        0,
        "là 57, được tính 20%, là khoảng 11.",
    ),
    "all growth": (
        {"workforce": (100, 300), "growth_estimate": (50, 0)},
        {"growth": {"realisation": 1}},
        0,
        "Số lao động ước tăng là 50, được tính toàn bộ.",
    ),
    "growth not counted": (
        {"workforce": (100, 300), "growth_estimate": (50, 0)},
        {"growth": {"realisation": 0}},
        0,
        "Số lao động ước tăng (50) không được tính.",
    ),
    "a lock": (
        THREE,
        {"locks": [{"unit": "A", "quota": 40, "by": "Ban Thường vụ", "reason": "đã thống nhất"}]},
        0,
        "Chỉ tiêu của đơn vị đã được ấn định trước là 40. Người quyết định: Ban Thường vụ; lý do: đã thống nhất.",
    ),
    "beside a lock": (
        THREE,
        {"locks": [{"unit": "A", "quota": 40}]},
        1,
        "Đơn vị được giao 12,0% số lao động, làm tròn thành số nguyên, cùng tỷ lệ với 1 đơn vị khác.",
    ),
    "own minimum": (
        THREE,
        {"bounds": {"units": {"A": {"min": 30}}}},
        0,
        "Chỉ tiêu được nâng lên theo quy định: đơn vị được giao ít nhất 30; nếu không có mức sàn "
        "riêng cho đơn vị thì chỉ tiêu thấp hơn.",
    ),
    "own maximum": (
        THREE,
        {"bounds": {"units": {"C": {"max": 30}}}},
        2,
        "Chỉ tiêu được giới hạn theo quy định: đơn vị được giao nhiều nhất 30; nếu không có mức trần "
        "riêng cho đơn vị thì chỉ tiêu cao hơn.",
    ),
    "pace": (
        {**THREE, "last": (40, 30, 30)},
        {"bounds": {"pace": {"reference": "last", "down": 0.1, "up": 1}}},
        0,
        "theo quy định: mức giảm được giới hạn, với đơn vị là không dưới 36;",
    ),
    "a group": (
        THREE,
        {"groups": [{"name": "N", "units": ["A", "B"], "min": 60}]},
        0,
        "giới hạn chung cho nhiều đơn vị: mức sàn của nhóm N (60). Nếu không có giới hạn chung thì chỉ tiêu "
        "của đơn vị là 17.",
    ),
    "a rule without a name": (
        THREE,
        {"rules": [{"for": {"units": ["A"]}, "each": {"least": 30}}]},
        0,
        "theo quy định: mức sàn, với đơn vị là 30;",
    ),
    "a rule with a name": (
        THREE,
        {"rules": [{"name": "Cam kết 2016", "for": {"units": ["A"]}, "each": {"least": 30}}]},
        0,
        "theo quy định: mức sàn của quy định Cam kết 2016 (30);",
    ),
    "nobody to recruit": (
        {"workforce": (0, 300)},
        {},
        0,
        "Đơn vị hiện không còn lao động để phát triển. | Cách tính này không dùng hệ số theo kết quả "
        "thực hiện trước đây. | Theo cách tính chung, phần của đơn vị bằng 0.",
    ),
    "unions": (
        THREE,
        {"what": {"vi": "công đoàn cơ sở", "en": "unions"}, "target": 6},
        0,
        "Nguồn CNLĐ hiện có của đơn vị là 100 người. | Cách tính này không dùng hệ số theo kết quả "
        f"thực hiện trước đây. | {RATE}, 1,00% số lao động, làm tròn thành số nguyên.",
    ),
    "a sales region": (
        THREE,
        {"what": {"vi": "hợp đồng", "en": "contracts"}},
        0,
        "Số liệu dùng để tính quy mô của đơn vị hiện là 100. | Cách tính này không dùng hệ số theo kết "
        f"quả thực hiện trước đây. | {RATE}, 16,67% quy mô, làm tròn thành số nguyên.",
    ),
    "blended": (
        {**THREE, "shops": (1, 1, 2)},
        {
            "drivers": [
                {"column": "workforce", "share": 0.5},
                {"column": "shops", "share": 0.3},
                {"equal": True, "share": 0.2},
            ]
        },
        0,
        "Chỉ tiêu được tính theo: 50% theo số lao động; 30% theo shops (của đơn vị là 1, của tất cả là "
        "4); 20% chia đều cho 3 đơn vị. Đơn vị hiện có 100 lao động chưa là đoàn viên.",
    ),
    "one other driver": (
        {**THREE, "shops": (1, 1, 2)},
        {"drivers": [{"column": "shops"}]},
        2,
        "Chỉ tiêu được tính theo: 100% theo shops (của đơn vị là 2, của tất cả là 4). | Cách tính này "
        "không dùng hệ số theo kết quả thực hiện trước đây. | Chỉ tiêu được chia theo cùng một cách như "
        "vậy cho mọi đơn vị, làm tròn thành số nguyên.",
    ),
    "as published": (
        {**THREE, "given": (17, 33, 50)},
        {"published": "given"},
        0,
        "| Chỉ tiêu này bằng số đã công bố.",
    ),
    "less than published": (
        {**THREE, "given": (30, 33, 37)},
        {"published": "given"},
        0,
        "So với số đã công bố là 30, chỉ tiêu này giảm 13, chủ yếu vì phần chia theo số lao động hiện có "
        "chỉ là khoảng 17.",
    ),
    "less of another total": (
        {**THREE, "given": (34, 66, 100)},
        {"published": "given"},
        0,
        "So với số đã công bố là 34, chỉ tiêu này giảm 17, chủ yếu vì tổng của các đơn vị có số này nay là 100 thay vì "
        "200, riêng điều đó làm giảm khoảng 17.",
    ),
    "more where one has no figure": (
        {**THREE, "given": (None, 10, 10)},
        {"published": "given"},
        2,
        "So với số đã công bố là 10, chỉ tiêu này tăng 40, chủ yếu vì tổng của các đơn vị có số này nay là 83 thay vì "
        "20, riêng điều đó làm tăng khoảng 32.",
    ),
    "more than its share of another total": (
        {"workforce": (100, 100, 800), "given": (5, 5, 240)},
        {"published": "given"},
        0,
        "So với số đã công bố là 5, chỉ tiêu này tăng 5, chủ yếu vì riêng phần chia theo số lao động hiện có đã là "
        "khoảng 10, còn số được so quy về cùng tổng là khoảng 2.",
    ),
}


@pytest.mark.parametrize("case", SPECIAL)
def test_each_special_case_has_a_true_sentence(case: str) -> None:
    figures, values, unit, expected = SPECIAL[case]
    assert expected in said(made(figures, **values), unit)


def test_a_leaf_says_what_was_shared_out_above_it() -> None:
    names, parents = ("P", "Q", "A", "B", "C"), (None, None, "P", "P", "Q")
    table = Table(names, {"workforce": (None, None, 100, 300, 400)}, (None,) * 5, parents)
    made = allocate(table, Scenario.model_validate(BASIC | {"hierarchy": "levels", "target": 80}))
    assert made.quotas == (10, 30, 40)
    assert "Chỉ tiêu 40 đoàn viên của P được chia cho 2 đơn vị trực thuộc. Mọi" in said(made)


def test_what_would_say_nothing_is_left_out() -> None:
    told = said(made(THREE, **PAST))
    assert "hệ số" not in told
    assert "giả định" not in told
    assert "công bố" not in told


def random_case(seed: int) -> Allocation | None:
    """A made-up table under made-up settings, bounds of single units among them; None where these cannot hold."""
    dice = random.Random(seed)
    count = dice.randint(2, 7)
    figures: dict[str, tuple[int | None, ...]] = {
        "workforce": tuple(dice.choice((0, dice.randint(1, 20), dice.randint(20, 900))) for _ in range(count)),
        "growth_estimate": tuple(dice.choice((0, 0, dice.randint(1, 500))) for _ in range(count)),
        "term_target": tuple(dice.choice((None, 0, dice.randint(1, 300))) for _ in range(count)),
        "recruited": tuple(dice.choice((None, dice.randint(0, 400))) for _ in range(count)),
        "lost": tuple(dice.randint(0, 200) for _ in range(count)),
        "given": tuple(dice.choice((None, dice.randint(0, 60))) for _ in range(count)),
    }
    units = "ABCDEFG"[:count]
    own = {unit: {dice.choice(("min", "max")): dice.randint(0, 40)} for unit in units if dice.random() < 0.3}
    values = {
        "target": 10 * dice.randint(1, 20),
        "lot": dice.choice((1, 5, 10)),
        "published": "given",
        "growth": {"realisation": dice.choice((0, 0.2, 0.333, 1)), "units": {"A": 0.5} if dice.random() < 0.3 else {}},
        "attainment": {"basis": dice.choice(("gross", "net")), "exponent": dice.choice((0, 1, 2, -1)), "floor": 0.5,
                       "ceiling": dice.choice((1, 1.5)), "missing": dice.choice((1, 0.8, "province"))},
        "bounds": {"units": own, "max_share": None},
    }  # fmt: skip
    try:
        return made(figures, **values) if sum(figures["workforce"]) else None  # type: ignore[arg-type]
    except InfeasibleError:
        return None


class Again:
    """What sentences say, worked out from the table and the settings alone."""

    def __init__(self, allocation: Allocation) -> None:
        self.made, self.table, self.scenario = allocation, allocation.table, allocation.scenario
        units = range(len(self.table))
        column = {name: self.table.column(name) for name in self.table.columns}
        growth = self.scenario.growth
        self.shares = [growth.units.get(unit, growth.realisation) for unit in self.table.units]
        self.now, self.more = column["workforce"], column["growth_estimate"]
        self.available = [
            s + Fraction(str(share)) * g for s, g, share in zip(self.now, self.more, self.shares, strict=True)
        ]
        net = self.scenario.attainment.basis == "net"
        self.past = [None if not t or r is None else Fraction(r - net * gone, t) for t, r, gone in
                     zip(column["term_target"], column["recruited"], column["lost"], strict=True)]  # fmt: skip
        known = [u for u in units if self.past[u] is not None]
        whole = sum(column["term_target"][u] for u in known)
        self.province = sum(self.past[u] * column["term_target"][u] for u in known) / whole if known else Fraction(1)
        stand_in = self.scenario.attainment.missing
        stand_in = self.province if stand_in == "province" else Fraction(str(stand_in))
        low, high = Fraction("0.5"), Fraction(str(self.scenario.attainment.ceiling))
        self.counted = [min(max(stand_in if each is None else each, low), high) for each in self.past]
        self.factor = [each ** int(self.scenario.attainment.exponent) for each in self.counted]
        self.claims = [w * m for w, m in zip(self.available, self.factor, strict=True)]

    def check(self, unit: int, text: Fault) -> None:
        """Assert what a sentence about a unit says."""
        name = text.key.split(".")[1]
        getattr(self, f"check_{name}")(unit, text.key.split(".")[-1], text.values)

    def check_now(self, unit: int, _: str, said: Any) -> None:
        assert said["now"] == self.now[unit] > 0

    def check_nobody(self, unit: int, *_: Any) -> None:
        assert self.now[unit] == 0

    def check_growth(self, unit: int, _: str, said: Any) -> None:
        assert said["growth"] == self.more[unit]
        assert said["share"] == self.shares[unit] > 0
        assert said["counted"] == self.available[unit] - self.now[unit]

    def check_growth_about(self, unit: int, _: str, said: Any) -> None:
        assert said["counted"] == pytest.approx(float(self.available[unit] - self.now[unit]), abs=1e-9)

    def check_growth_all(self, unit: int, _: str, said: Any) -> None:
        assert said["growth"] == self.more[unit] == self.available[unit] - self.now[unit]

    def check_growth_none(self, unit: int, *_: Any) -> None:
        assert self.available[unit] == self.now[unit]

    def check_ignored(self, *_: Any) -> None:
        assert not self.scenario.attainment.exponent

    def check_past(self, unit: int, kind: str, said: Any) -> None:
        past, counted = self.past[unit], self.counted[unit]
        assert said["fact"].values["past"] == float(past)
        assert said["fact"].key.endswith("_negative") == (past < 0)
        assert kind == ("above" if past > counted else "below" if past < counted else
                        "behind" if self.scenario.attainment.exponent < 0 else "as")  # fmt: skip
        assert (said["counted"], said["factor"]) == (float(counted), pytest.approx(float(self.factor[unit])))

    def check_assumed(self, unit: int, kind: str, said: Any) -> None:
        assert self.past[unit] is None
        assert said["counted"] == float(self.counted[unit])
        assert said.get("province", float(self.province)) == float(self.province)
        assert said["lacking"].key.endswith("result") == bool(self.table.column("term_target")[unit])

    def check_rate(self, unit: int, kind: str, said: Any) -> None:
        rate, lot, bounds = said["rate"], self.scenario.lot, self.made.bounds
        shares = [rate * float(each) for each in self.claims]
        free = [u for u, share in enumerate(shares) if self.claims[u] and
                bounds.floor[u] * lot - 1e-6 <= share <= bounds.cap[u] * lot + 1e-6]  # fmt: skip
        assert unit in free
        assert said["others"] == len(free) - 1
        far = {u for u in free if abs(shares[u] - self.made.quotas[u]) >= lot - 1e-9}
        assert kind == (
            "near" if unit in far else "some" if far or len(free) < sum(map(bool, self.claims)) else "every"
        )

    def check_nothing(self, unit: int, *_: Any) -> None:
        assert self.claims[unit] == 0

    def check_at(self, unit: int, side: str, said: Any) -> None:
        assert said["rule"].values["members"] == self.made.quotas[unit]

    def check_held(self, unit: int, kind: str, said: Any) -> None:
        own = self.scenario.bounds.units
        free = {each: bounds for each, bounds in own.items() if each != self.table.units[unit]}
        plain = self.scenario.model_copy(update={"bounds": self.scenario.bounds.model_copy(update={"units": free})})
        quota, without = self.made.quotas[unit], allocate(self.table, plain, "waterfill").quotas[unit]
        if self.claims[unit]:
            assert (without < quota) if kind == "AT_FLOOR" else (without > quota)

    def check_effort(self, unit: int, _: str, said: Any) -> None:
        assert said["effort"] == pytest.approx(float(self.made.quotas[unit] / self.available[unit]))
        assert said["whole"] == pytest.approx(float(self.scenario.target / sum(self.available)))

    check_effort_grown = check_effort

    def check_same(self, unit: int, *_: Any) -> None:
        assert self.made.quotas[unit] == self.table.column("given")[unit]

    def check_more(self, unit: int, side: str, said: Any) -> None:
        published = self.table.column("given")[unit]
        assert said["published"] == published
        assert said["gap"] == abs(self.made.quotas[unit] - published)
        assert (side == "more") == (self.made.quotas[unit] > published)
        target = self.scenario.target
        levels = [target * float(each[unit] / sum(each)) if sum(each) else 0.0
                  for each in (self.now, self.available, self.available, self.claims)]  # fmt: skip
        levels += [self.made.fair_share[unit], self.made.quotas[unit]]
        both = [(q, p) for q, p in zip(self.made.quotas, self.table.column("given"), strict=True) if p is not None]
        ours, theirs = (sum(side) for side in zip(*both, strict=True))
        scaled = ours != theirs and bool(ours) and bool(theirs)
        level = published * ours / theirs if scaled else published
        parts = [level - published, levels[0] - level, *(b - a for a, b in pairwise(levels))]
        first = "workforce_share" if scaled else "workforce"
        names = ("total", first, "growth", "drivers", "attainment", "bounds", "lots")
        cause = said["cause"]
        step = parts[names.index(cause.key.split(".")[-1])]
        signed = parts if side == "more" else [-each for each in parts]
        assert abs(step) >= max(signed) - 2.001  # each level is rounded to whole members
        assert cause.values["share"] == pytest.approx(levels[0], abs=1)
        assert cause.values["members"] == pytest.approx(abs(step), abs=2)
        assert (cause.values["ours"], cause.values["theirs"]) == (ours, theirs)
        assert cause.values["level"] == pytest.approx(level)

    check_less = check_more


def sentences(plain: Plain, unit: int) -> Iterator[Fault]:
    for reason in (*plain.reasons(unit), plain.difference(unit)):
        yield from (each for each in reason if each.key.startswith("plain."))


def test_every_sentence_is_true_of_its_figures() -> None:
    kinds = set[str]()
    for seed in range(400):
        if allocation := random_case(seed):
            again, plain = Again(allocation), Plain(allocation)
            for unit in range(len(allocation.table)):
                for text in sentences(plain, unit):
                    kinds.add(text.key.removeprefix("plain."))
                    again.check(unit, text)
                    Words("en").told(text)
    assert {
        "rate.every",
        "rate.some",
        "held.AT_FLOOR",
        "held.AT_CAP",
        "nothing",
        "past.behind",
        "assumed.province",
    } <= kinds


def test_steps_in_whole_members_add_up() -> None:
    for name in ("base", "calibrated", "districts-protected", "new-unions"):
        allocation = allocate(*load_scenario(f"an-giang-2017/{name}"))
        plain = Plain(allocation)
        assert tuple(map(sum, plain.steps)) == allocation.quotas
        first, *others = (sum(column) for column in zip(*plain.steps, strict=True))
        assert (first, {*others}) == (allocation.scenario.target, {0})
        assert plain.used == [at for at, column in enumerate(zip(*plain.steps, strict=True)) if any(column)]

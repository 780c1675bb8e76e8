"""The nearest right name: of a command, an option, a scenario, a file, a unit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from allocator.cli.line import CallLine
from allocator.cli.reader import DEFAULT_SCENARIO
from allocator.errors import AllocatorError

MOST_FILES = 2_000
"""Files of a folder that a name is looked for in."""
FIRST = ("base.yaml", "base.yml", "units.csv")
"""What a folder of ours is asked about, the likeliest first."""
READ = (".yaml", ".yml", ".csv", ".xlsx", ".xls", ".ods", ".docx", ".html", ".txt", ".json")
SHORT = 4
"""Letters of a further word up to which nothing is taken for a slip of it."""
FURTHER_WORDS = {
    "run": "chay phan-bo allocate calculate tinh start", "explain": "giai-trinh giai-thich why", "compare": "so-sanh",
    "appeal": "de-nghi kien-nghi", "verify": "xac-minh validate", "audit": "kiem-tra check",
    "sensitivity": "do-nhay rui-ro", "calibrate": "hieu-chinh fit", "new": "moi lap init create", "import": "nhap",
    "report": "bao-cao export xuat", "serve": "web trang open ui", "review": "ra-soat giua-nam", "unions": "cong-doan",
    "round": "dot-de-nghi bids",
    "plan": "ke-hoach", "scenarios": "kich-ban list ls", "keys": "khoa", "synth": "generate",
    "--unit": "don-vi name", "--quota": "chi-tieu", "--target": "chi-tieu total", "--out": "output o file tep ra",
    "--lang": "ngon-ngu language locale l", "--data": "du-lieu bang table d input", "--json": "j", "--set": "s dat",
    "--formats": "format dinh-dang f", "--format": "dinh-dang f formats", "-q": "quiet silent", "--draws": "lan n",
    "--progress": "tien-do", "--save": "luu", "--help": "tro-giup ? huong-dan",
}  # fmt: skip
"""What else commands and options are called."""


def plain_name(text: str) -> str:
    """A name without accents, case and the differences of its marks."""
    from allocator.data.table import unaccented

    return re.sub(r"[\s_\-]+", "-", unaccented(text.strip().casefold()))


def nearest_name(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that another is probably meant for; None where none is like it."""
    by = {plain_name(each): each for each in reversed([*known])}
    found = difflib.get_close_matches(plain_name(name), by, n=1, cutoff=cutoff)
    return by[found[0]] if found else None


def meant(name: str, known: Iterable[str]) -> str | None:
    """The same of a command or an option, which may also be called by one of the `FURTHER_WORDS`."""
    own = {plain_name(each.lstrip("-")): each for each in known}
    names = {word: each for each in own.values() for word in FURTHER_WORDS.get(each, "").split()} | own
    text = plain_name(name.lstrip("-/"))
    like = nearest_name(text, [each for each in names if each in own or len(each) > SHORT], 0.65)
    return names.get(text) or (names[like] if like else None)


def near_path(text: str, scenarios: bool = True) -> str | None:
    """The file, or of `scenarios` the built-in one, that a text which names none is probably meant for."""
    from allocator.files import builtin_scenarios

    text = text.replace("\\", "/").removeprefix("~$").rstrip("/")
    found = [*_files(), *(name for name, _ in builtin_scenarios() if scenarios)]
    ways = (
        lambda each: plain_name(each) == plain_name(text),
        lambda each: _stem(each) == _stem(text),
        lambda each: Path(plain_name(each)).name == Path(plain_name(text)).name,
        lambda each: each.startswith(f"{text}/"),
        lambda each: Path(_stem(each)).name == Path(_stem(text)).name and len(Path(text).parts) == 1,
    )
    return next((each for way in ways for each in found if way(each)), None) or nearest_name(text, found, 0.75)


def _stem(text: str) -> str:
    return re.sub(r"\.(ya?ml|csv|xlsx?|json)$", "", plain_name(text))


def _files() -> list[str]:
    """Files of the folder at hand, then of those in it, that can be read."""
    return [each.as_posix() for each in islice((*_in(Path()), *_below()), MOST_FILES)]


def _below() -> Iterator[Path]:
    for folder in sorted(each for each in Path().iterdir() if each.is_dir() and each.name[0] != "."):
        yield from _in(folder)


def _in(folder: Path) -> Iterator[Path]:
    held = sorted(folder.iterdir(), key=lambda each: (each.name not in FIRST, each.name))
    return (each for each in held if each.suffix.lower() in READ and each.is_file() and each.name[:2] != "~$")


def file_within(folder: Path, tables: bool) -> Path | None:
    """The file of a folder that is probably meant, one of settings or, of `tables`, another; None where none is."""
    ends = READ[2:-1] if tables else READ[:-1]
    return next((each for each in _in(folder) if each.suffix.lower() in ends), None)


def names_scenario(text: str) -> bool:
    """Whether a text names a scenario or a file."""
    from allocator.files import builtin_scenarios

    return Path(text).is_file() or text in dict(builtin_scenarios())


def names_in(line: CallLine) -> tuple[Sequence[str], Sequence[str]]:
    """Units and columns of the table that a call is about; none where it cannot be read."""
    target = next((int(each) for each in line.given("--target") if each.isdecimal()), None)
    return names_in_table(scenario_in(line), next(iter(line.given("--data")), None), target)


def units_in(line: CallLine) -> Sequence[str]:
    """The units alone."""
    return names_in(line)[0]


def scenario_in(line: CallLine) -> str | None:
    """The scenario that a call names, after the file it may be about (`allocator round BIDS SCENARIO`)."""
    return next(filter(names_scenario, map(line.value, line.arguments[line.files :])), None)


def names_in_table(scenario: str | None, data: str | None, target: int | None) -> tuple[Sequence[str], Sequence[str]]:
    """Units and columns of a scenario's table, of the usual one where none is named; none where it cannot be read."""
    from allocator.files import load_scenario

    try:
        table, _ = load_scenario(scenario or DEFAULT_SCENARIO, (), data, target=target)
    except AllocatorError:
        return (), ()
    return table.units, [*table.columns]

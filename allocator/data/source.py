"""The files of a table's folder: units.csv, base.yaml, a first scenario of it, and what `source.yaml` says of it.

That is the document, where each figure stands in it, totals and cells as printed. `import.yaml` keeps the answers it
took to read it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from allocator.data.meaning import OWN
from allocator.data.office import OFFICE_FILE, WRONG, Office, without_slip
from allocator.data.settings import SCHEMA_LINE, Settings, merged, read_yaml
from allocator.data.table import ATTAINMENT, HISTORY, TABLE_FILE, fold
from allocator.data.unit_names import near_names
from allocator.errors import Fault, InputError, fault
from allocator.words import LANGUAGES, Words

if TYPE_CHECKING:
    from allocator.data.importing import Imported

SOURCE_FILE = "source.yaml"
LOTS = (10, 5, 1)
FIRST_REALISATION = 0.2
FIRST_ATTAINMENT = {"basis": "gross", "exponent": 1, "floor": 0.5, "ceiling": 1, "missing": 1}
ASSUMPTIONS = ("growth", "attainment")


def _none_or_two(names: list[str]) -> list[str]:
    if len(names) not in (0, 2):
        raise ValueError
    return names


ByUnit = Annotated[dict[str, str], AfterValidator(lambda cells: {fold(unit): cell for unit, cell in cells.items()})]
NoneOrTwo = Annotated[list[str], AfterValidator(_none_or_two)]
_KEYS = {
    "extra_forbidden": "source.unknown_key",
    "value_error": "source.two_columns",
    **WRONG,
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SourceDocument(_Strict):
    """The printed document; each text as printed but for `date`, which is `YYYY-MM-DD`."""

    title: str = ""
    number: str = ""
    date: str = ""
    issuer: str = ""
    file: str = ""


class PrintedColumn(_Strict):
    """One column as the document prints it.

    Attributes:
        header: its header; levels of a two-row header joined by ` / `.
        cell: number or letter of the column in the document.
        total: its figure in the totals row, as printed.
        parts: columns it is the sum of.
        difference: the two columns it is the difference of.
        percent: the two columns whose ratio it is.
        printed: cells by unit, as printed, where the table has another figure, or has no such column.
    """

    header: str = ""
    cell: str = ""
    total: str | None = None
    parts: list[str] = []
    difference: NoneOrTwo = []
    percent: NoneOrTwo = []
    printed: ByUnit = {}


class Source(_Strict):
    """All of `source.yaml`: `rows` gives the row (or line) of each unit in the document, `totals_row` the totals'.

    `numbers` is the way that the cells kept as printed are written in.
    """

    document: SourceDocument = SourceDocument()
    rows: ByUnit = {}
    totals_row: str = ""
    numbers: Literal["vi", "en", "fr", "plain"] = "vi"
    columns: dict[str, PrintedColumn] = {}


class KeptAnswers(_Strict):
    """All of `import.yaml`: what was answered of how the tables of one office are read, as `Answers` has it."""

    columns: dict[str, str] = {}
    numbers: Literal["", "vi", "en", "fr", "plain"] = ""
    leave_out: list[str] = []
    keep: list[str] = []
    cells: dict[str, str] = {}
    header: int | None = None


Kept = TypeVar("Kept", bound=BaseModel)


def source_beside(table: Path) -> Source | None:
    """Source of the table at path `table`, None where no `source.yaml` lies beside it; InputError where it is wrong."""
    path = table.parent / SOURCE_FILE
    return read_strict(path, Source) if path.exists() else None


def office_beside(table: str, own: Office, year: int | None) -> Office:
    """Who issues the documents of the table at path `table`, as far as that is of `year`.

    Args:
        table: its path; empty where it has none.
        own: what the scenario says, which wins over the file.
        year: the scenario's.

    Raises:
        InputError: the file is there and wrong, with line and column.
    """
    path = Path(table).parent / OFFICE_FILE
    beside = read_strict(path, Office) if table and path.is_file() else Office()
    return Office.model_validate(merged(beside.as_written(), own.as_written())).of_year(year)


def read_strict(path: Path, kind: type[Kept]) -> Kept:
    """What a YAML file of this kind holds; raises InputError with all that is wrong in it."""
    content, places = read_yaml(path)
    settings = Settings({}, places, path.parent)
    try:
        return kind.model_validate({} if content is None else content)
    except ValidationError as error:
        raise InputError([_fault(settings, each, kind.model_fields) for each in error.errors()]) from None


def _fault(settings: Settings, error: Any, known: Collection[str]) -> Fault:
    keys, place = error["loc"], settings.place(error["loc"])
    if error["type"] == "extra_forbidden" and len(keys) == 1:
        return fault("scenario.unknown_key", place, key=keys[0], known=near_names(keys[0], known))
    key = _KEYS.get(error["type"], "source.wrong_value")
    name = ".".join(map(str, keys)) or place.partition(":")[0]  # the file itself, where all of it is wrong
    return fault(key, place, name=name, key=name, value=error["input"])


class _Quoted(str):
    """Text always written in quotation marks, so that `4.000` stays what was printed."""


class _Dumper(yaml.SafeDumper): ...


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def first_values(
    rows: Sequence[Mapping[str, Any]], target: int | None, name: str, year: int | None = None
) -> dict[str, Any]:
    """A first scenario: the target, a lot that fits all quotas, assumptions where the table has their columns.

    Args:
        rows: the table's rows, at least one.
        target: members to share out, None where that is not known.
        name: what the table is called.
        year: the year that the quotas are for, None where that is not known.
    """
    values: dict[str, Any] = {
        "title": {each: _Quoted(Words(each)("import.base_title", name=name)) for each in LANGUAGES},
        **({"year": year} if year else {}),
        "data": TABLE_FILE,
    }
    if "published_quota" in rows[0]:
        values["published"] = "published_quota"
    if target is not None:
        values |= {"target": target, "lot": _first_lot(rows, target)}
    if "workforce" not in rows[0] and len(own := _driving(rows[0])) == 1:
        values["drivers"] = [{"column": own[0], "share": 1}]
    if "growth_estimate" in rows[0]:
        values["growth"] = {"realisation": FIRST_REALISATION}
    if ATTAINMENT in rows[0] or all(each in rows[0] for each in HISTORY):
        values["attainment"] = dict(FIRST_ATTAINMENT)
    return values


def _driving(row: Mapping[str, Any]) -> list[str]:
    """Columns that quotas may rest on where there is no workforce: those of its own, else the enterprises."""
    return [name for name in row if name not in OWN] or [name for name in row if name == "enterprises"]


def _first_lot(rows: Sequence[Mapping[str, Any]], target: int) -> int:
    """The largest lot that the target and all published quotas are whole numbers of, and that distorts no quota.

    Nobody can be asked for more whole lots than its workforce holds, and these must reach the target. Where no quota is
    published that shows what the office is used to, half a lot is at most a tenth of the smallest fair share.
    """
    above = {row.get("parent") for row in rows}
    size = "workforce" if "workforce" in rows[0] else next(iter(_driving(rows[0])), "")
    held = [
        (row.get(size) or 0) + FIRST_REALISATION * (row.get("growth_estimate") or 0)
        for row in rows
        if row["unit"] not in above
    ]
    known, quotas = [each for each in held if each], [row.get("published_quota") or 0 for row in rows]

    def fits(lot: int) -> bool:
        small = any(quotas) or not known or 5 * lot * sum(known) <= target * min(known)
        reached = size != "workforce" or sum(each // lot * lot for each in held) >= min(target, sum(held))
        return small and reached and not any(each % lot for each in (target, *quotas))

    return next((lot for lot in LOTS if fits(lot)), LOTS[-1])


def folder_files(made: Imported, words: Words) -> dict[str, str]:
    """Content of each file by its name; comments in the language of `words`."""
    source = _comment(words("import.source_comment")) + _yaml(_quoted(made.source.model_dump()))
    files = {TABLE_FILE: csv_text(made.rows), SOURCE_FILE: source, "base.yaml": base_yaml(made, words)}
    office = _comment(words("import.office_comment")) + _yaml(_quoted(made.office))
    return files | ({OFFICE_FILE: office} if made.office else {})


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows, at least one, as CSV: plain figures, blanks as blanks."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def base_yaml(made: Imported, words: Words) -> str:
    """The first scenario as a file, a comment on every key; a place for the target where it is not known."""
    document = made.source.document
    values = first_values(made.rows, made.target, without_slip(document.number) or document.file, made.year)
    text = SCHEMA_LINE + _comment(words("import.base_comment"))
    for key, value in values.items():
        if key == next((each for each in ASSUMPTIONS if each in values), None):
            text += _comment(words("import.base_assumptions"))
        text += _comment(words(f"key.{key}"))
        if key in ASSUMPTIONS:
            parts = (_comment(words(f"key.{key}.{name}")) + _yaml({name: each}) for name, each in value.items())
            text += f"{key}:\n" + "".join(f"  {line}\n" for part in parts for line in part.splitlines())
        else:
            text += _yaml({key: value})
        if key == "data" and made.target is None:
            text += _comment(words("import.base_no_target")) + "# target: …\n"
    return text


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _yaml(content: Any) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


def _quoted(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _quoted(value) for key, value in content.items() if value not in ("", None, [], {})}
    return [_quoted(each) for each in content] if isinstance(content, list) else _Quoted(content)

"""What `source.yaml` says of a table: the document, where each figure stands in it, totals and cells as printed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from allocator.data.settings import Settings, read_yaml
from allocator.data.table import fold
from allocator.errors import Fault, InputError, fault

SOURCE_FILE = "source.yaml"


def _none_or_two(names: list[str]) -> list[str]:
    if len(names) not in (0, 2):
        raise ValueError
    return names


ByUnit = Annotated[dict[str, str], AfterValidator(lambda cells: {fold(unit): cell for unit, cell in cells.items()})]
NoneOrTwo = Annotated[list[str], AfterValidator(_none_or_two)]
_KEYS = {"extra_forbidden": "source.unknown_key", "value_error": "source.two_columns"}


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
    """All of `source.yaml`: `rows` gives the row (or line) of each unit in the document, `totals_row` the totals'."""

    document: SourceDocument = SourceDocument()
    rows: ByUnit = {}
    totals_row: str = ""
    columns: dict[str, PrintedColumn] = {}


def source_beside(table: Path) -> Source | None:
    """Source of the table at path `table`, None where no `source.yaml` lies beside it; InputError where it is wrong."""
    path = table.parent / SOURCE_FILE
    return read_source(path) if path.exists() else None


def read_source(path: Path) -> Source:
    """Source in the file at `path`, unit names folded; raises InputError with all that is wrong in it."""
    content, places = read_yaml(path)
    settings = Settings({}, places, path.parent)
    try:
        return Source.model_validate({} if content is None else content)
    except ValidationError as error:
        raise InputError([_fault(settings, each) for each in error.errors()]) from None


def _fault(settings: Settings, error: Any) -> Fault:
    key, name = _KEYS.get(error["type"], "source.wrong_value"), ".".join(map(str, error["loc"]))
    return fault(key, settings.place(error["loc"]), name=name, value=error["input"])

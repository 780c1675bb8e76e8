"""Who issues the documents: `office.yaml` beside a table, and what a scenario says of it beyond that.

All of it is optional. What is missing is a marked blank in the documents, and so is what belongs to another year than
the scenario's: its date and number, the days of reports, and plans among the legal bases (laws and charters go on).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_serializer
from pydantic_core import PydanticCustomError

from allocator.data.table import fold

if TYPE_CHECKING:
    from allocator.data.source import SourceDocument

OFFICE_FILE = "office.yaml"
MOST_LINES = 30
"""Recipients, legal bases or reports of one office."""
MOST_LETTERS = 500
_LASTING = re.compile(r"(?i)\s*(bộ luật|luật|hiến pháp|điều lệ|nghị định|thông tư|law|charter|constitution|decree)\b")
"""How legal bases begin that hold until they are replaced."""
WRONG = {"day": "scenario.not_day", "template": "scenario.not_template",
         "string_too_long": "scenario.too_long", "too_long": "scenario.too_long"}  # fmt: skip
"""What is said of a value that is wrong, by the kind of its fault."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("day", "not a day") from None
    return text


def _file(text: str) -> str:
    if text != Path(text.replace("\\", "/")).name or not text.lower().endswith(".docx"):
        raise PydanticCustomError("template", "not the name of a Word file")
    return text


Line = Annotated[str, AfterValidator(fold), Field(max_length=MOST_LETTERS)]
Lines = Annotated[list[Line], Field(max_length=MOST_LINES)]
Day = Annotated[str, AfterValidator(_day), Field(json_schema_extra={"format": "date"})]
TemplateFile = Annotated[str, AfterValidator(_file)]


class OfficePart(BaseModel):
    """A part of `office.yaml`; only what was written is written again."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_serializer(mode="plain")
    def as_written(self) -> dict[str, Any]:
        """What is not blank, as a file has it."""
        parts = ((name, getattr(self, name)) for name in type(self).model_fields)
        made = ((name, each.as_written() if isinstance(each, OfficePart) else each) for name, each in parts)
        return {name: each for name, each in made if each}


class Signer(OfficePart):
    """Who signs: the office held, and the name."""

    title: Line = ""
    name: Line = ""


class Templates(OfficePart):
    """Word files beside the table that the documents are made from, instead of the program's own."""

    letter: TemplateFile | None = None
    annex: TemplateFile | None = None


class Office(OfficePart):
    """Who issues the documents, to whom, on which grounds; blank where it is not known.

    Attributes:
        upper_body: the body above, at the head of a letter.
        body: the body that issues.
        province: where the units are.
        place: where a letter is dated.
        date: the letters' day, `YYYY-MM-DD`.
        number, series: of the letters: 12 and LĐLĐ make `12/LĐLĐ`.
        signer: who signs.
        recipients: beside the unit itself.
        department: who answers questions.
        period: the years that the past results are of.
        basis: legal bases, each as it stands after "Căn cứ".
        reporting: days by which units report.
        names: full names by the table's names of units.
        templates: Word files that replace the program's own.
    """

    upper_body: Line = ""
    body: Line = ""
    province: Line = ""
    place: Line = ""
    date: Day | None = None
    number: Annotated[Line, BeforeValidator(lambda each: f"{each}" if type(each) is int else each)] = ""
    series: Line = ""
    signer: Signer = Signer()
    recipients: Lines = []
    department: Line = ""
    period: Line = ""
    basis: Lines = []
    reporting: Annotated[list[Day], Field(max_length=MOST_LINES)] = []
    names: dict[Annotated[str, AfterValidator(fold)], Line] = {}
    templates: Templates = Templates()

    @property
    def plan(self) -> str:
        """The first legal basis that is no law: the decision that a list of quotas goes with; empty without one."""
        return next((each for each in self.basis if not _LASTING.match(each)), "")

    def full_name(self, unit: str) -> str:
        """A unit as letters call it."""
        return self.names.get(unit) or unit

    def of_year(self, year: int | None) -> Office:
        """The same without what belongs to another year; all of it where the year is not known."""
        if year is None:
            return self
        own = self.date is None or self.date[:4] == str(year)
        return self.model_copy(
            update={
                "date": self.date if own else None,
                "number": self.number if own and is_of(self.number, year) else "",
                "basis": [each for each in self.basis if _LASTING.match(each) or is_of(each, year)],
                "reporting": [each for each in self.reporting if each[:4] == str(year)],
            }
        )


def is_of(text: str, year: int) -> bool:
    """Whether the years that a text names, where it names any, span `year`.

    Example:
        >>> is_of("Kế hoạch ngày 15/02/2017", 2018), is_of("nhiệm kỳ 2013 - 2018", 2017), is_of("Công văn số 12", 2017)
        (False, True, True)
    """
    named = [int(each) for each in _YEAR.findall(text)]
    return not named or min(named) <= year <= max(named)


def without_slip(text: str) -> str:
    """A text without the slip that scans make of the unions' own initials."""
    return text.replace("LDLĐ", "LĐLĐ")


def office_told(document: SourceDocument, attached: str, period: str) -> Mapping[str, Any]:
    """What an imported document says of who issued it, as `office.yaml` has it.

    Args:
        document: what its heading says.
        attached: the kind of document it was attached to, e.g. `Kế hoạch`; blank where it does not say.
        period: the years its past results are of.
    """
    issuer, number = map(without_slip, (document.issuer, document.number))
    day = f" ngày {date.fromisoformat(document.date):%d/%m/%Y}" if document.date else ""
    basis = f"{attached} số {number}{day}" if attached and number else ""
    told = {"body": issuer, "period": period, "basis": [basis] if basis else []}
    return {name: each for name, each in told.items() if each}

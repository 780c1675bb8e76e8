"""What the parts of a scenario are made of: names, persons, shares written `0.6` or `60 %`, rules, distributions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from allocator.data.table import MOST_PERSONS, MOST_PLAIN, MOST_RATIO, fold

_NUMBER = r"\s*(-?\d+(?:[.,]\d+)?)\s*"
_PLAIN, _PERCENT = re.compile(_NUMBER, re.ASCII), re.compile(_NUMBER + r"%\s*", re.ASCII)


def percentage(value: Any) -> Any:
    """`60 %` as 0.6; anything else as it is."""
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else float(Decimal(found[1].replace(",", ".")) / 100)


class _Share:
    """A share within limits, as a number of at most `plain` or as a percentage.

    A larger number that would do as a percentage, and one in quotes, are refused as such.
    """

    def __init__(self, plain: float, *, least: float, most: float, above: bool = False) -> None:
        self.plain, self.least, self.most, self.above = plain, least, most, above

    def _read(self, value: Any) -> Any:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if (number and self.plain < value <= 100 * self.most) or (isinstance(value, str) and _PLAIN.fullmatch(value)):
            kind = "share_too_large" if number and value > self.most else "percentage"
            raise PydanticCustomError(kind, "meant as a percentage", {"le": self.plain})
        return percentage(value)

    def __get_pydantic_core_schema__(self, *_: Any) -> core_schema.CoreSchema:
        least = {"gt" if self.above else "ge": self.least}
        number = core_schema.float_schema(le=self.most, allow_inf_nan=False, **least)  # type: ignore[arg-type]
        return core_schema.no_info_before_validator_function(self._read, number)

    def __get_pydantic_json_schema__(self, *_: Any) -> dict[str, Any]:
        least = {"exclusiveMinimum" if self.above else "minimum": self.least}
        number = {"type": "number", **least, "maximum": self.plain, "unit": "share"}
        return {"anyOf": [number, {"type": "string", "pattern": f"^{_NUMBER}%\\s*$"}]}


def share_written(value: float) -> float | str:
    """A ratio as it is read again."""
    return value if value <= MOST_PLAIN else f"{(Decimal(repr(value)) * 100).normalize():f} %"


Name = Annotated[str, AfterValidator(fold), Field(min_length=1)]
Persons = Annotated[int, Field(ge=0, le=MOST_PERSONS, json_schema_extra={"unit": "members"})]
Share = Annotated[float, _Share(1, least=0, most=1)]
Ratio = Annotated[float, _Share(MOST_PLAIN, least=0, most=MOST_RATIO), PlainSerializer(share_written)]
Mean = Annotated[float, _Share(1e6, least=-1e6, most=1e6)]
Deviation = Annotated[float, _Share(1e6, least=0, most=1e6, above=True)]
NotNegative = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class ScenarioPart(BaseModel):
    """A part of a scenario: unknown keys are refused, values are never coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, serialize_by_alias=True)


PREVIOUS = "previous_quota"
"""Column of the quotas of the year before."""
CARRIED, NET_GAIN = ("workforce", "recruited", "lost"), "net_gain"
"""Columns of which a year's start is what the year before leaves; the latter only where its table is no other."""


def _amount_forms(schema: dict[str, Any]) -> None:
    """What an amount looks like in a file, where each form is written in its own way."""
    keys = schema.pop("properties")
    del keys["share"]["default"]
    mappings = [{name: keys[name] for name in names} for names in (("share", "of"), ("column",))]
    common = {name: schema.pop(name) for name in ("type", "additionalProperties")}
    schema["anyOf"] = [keys["members"], *({**common, "properties": each, "required": [*each]} for each in mappings)]


class Amount(ScenarioPart):
    """Members, a share of something, or what a column says: `20`, `{share: 60 %, of: available}`, `{column: least}`."""

    model_config = ConfigDict(json_schema_extra=_amount_forms)

    members: Persons | None = None
    share: Ratio = 1.0
    of: Name | None = None
    column: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        if isinstance(value, dict):
            given = set(value)
            if given in ({"share", "of"}, {"column"}, {"members"}) or not given <= {"share", "of", "column", "members"}:
                return value
        elif isinstance(value, int) and not isinstance(value, bool):
            return {"members": value}
        raise PydanticCustomError("amount", "no amount")

    @model_serializer
    def _as_written(self) -> Any:
        if self.members is not None:
            return self.members
        return {"column": self.column} if self.of is None else {"share": share_written(self.share), "of": self.of}


class LeastMost(ScenarioPart):
    """The least and the most, members."""

    least: Amount | None = None
    most: Amount | None = None

    @model_validator(mode="after")
    def _any(self) -> LeastMost:
        if self.least is None and self.most is None:
            raise PydanticCustomError("no_limit", "neither least nor most")
        return self


def _whom_forms(schema: dict[str, Any]) -> None:
    """Whom a rule covers as it looks in a file: a word or a mapping."""
    word = schema["properties"].pop("every")
    mapping = {name: schema.pop(name) for name in ("type", "additionalProperties", "properties")}
    schema["anyOf"] = [word["anyOf"][0], {**mapping, "minProperties": 1}]


class Whom(ScenarioPart):
    """Units a rule covers: `all` leaves, `nodes` of every level, or those that everything given here holds for."""

    model_config = ConfigDict(json_schema_extra=_whom_forms)

    every: Literal["all", "nodes"] | None = None
    units: Annotated[list[Name], Field(min_length=1)] | None = None
    kind: Name | None = None
    under: Name | None = None
    where: Annotated[dict[Name, str | int | float], Field(min_length=1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"every": value}
        if not (isinstance(value, Whom) or (isinstance(value, dict) and value)):
            raise PydanticCustomError("nobody", "nobody")
        return value

    @model_serializer
    def _as_written(self) -> Any:
        given = {name: getattr(self, name) for name in ("units", "kind", "under", "where") if getattr(self, name)}
        return self.every or given


class Rule(ScenarioPart):
    """A limit on quotas: on `each` unit it covers, or on their sum, `together`; with who set it and why."""

    whom: Annotated[Whom, Field(alias="for")]
    left_out: Annotated[list[Name], Field(alias="except")] = []
    each: LeastMost | None = None
    together: LeastMost | None = None
    short: Literal["alike"] | None = None
    name: str = ""
    by: str = ""
    reason: str = ""
    firm: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Rule:
        if (self.each is None) == (self.together is None):
            raise PydanticCustomError("each_or_together", "each or together")
        if self.short and (self.each is None or self.each.least is None):
            raise PydanticCustomError("short_without_least", "short without each least")
        return self

    @property
    def sides(self) -> LeastMost:
        """The least and the most, of each unit or of the sum."""
        made = self.together or self.each
        assert made is not None
        return made

    @property
    def rests_on(self) -> set[str]:
        """What its amounts are of, columns among it, and the columns by whose cells it chooses units."""
        amounts = (self.sides.least, self.sides.most)
        return {each.column or each.of or "" for each in amounts if each} | {*(self.whom.where or ())}

    @property
    def fixed(self) -> int | None:
        """Members at which it fixes the quota of each unit; None where it leaves a choice."""
        sides = self.each
        return sides.least.members if sides and sides.least and sides.least == sides.most else None


class Uniform(ScenarioPart):
    """Every value between low and high alike."""

    dist: Literal["uniform"]
    low: Ratio = 0.0
    high: Ratio = 1.0


class Peaked(ScenarioPart):
    """Low, most likely and high value: a triangle, or the smoother PERT."""

    dist: Literal["triangular", "pert"]
    low: Ratio = 0.0
    mode: Ratio = 0.2
    high: Ratio = 1.0


class Beta(ScenarioPart):
    """Beta distribution with parameters a and b, stretched over [low, high]."""

    dist: Literal["beta"]
    a: Annotated[float, Field(gt=0, le=1e6)]
    b: Annotated[float, Field(gt=0, le=1e6)]
    low: Ratio = 0.0
    high: Ratio = 1.0


class Bell(ScenarioPart):
    """Normal or lognormal with the given mean and standard deviation (before truncation), truncated to [0, ∞)."""

    dist: Literal["normal", "lognormal"]
    mean: Mean
    sd: Deviation


class Values(ScenarioPart):
    """A list of values, each alike."""

    dist: Literal["values"]
    values: Annotated[list[Ratio], Field(min_length=1, max_length=100_000)]


class Inexact(ScenarioPart):
    """How far figures of a column may be from the truth, as a share of each: of all units, a kind, or single ones."""

    dist: Literal["normal", "lognormal", "uniform"] = "normal"
    deviation: Share = 0.0
    units: dict[Name, Share] = {}
    kinds: dict[Name, Share] = {}

    def of(self, unit: str, kind: str | None) -> float:
        """The deviation of one unit's figure, a share of it."""
        return self.units.get(unit, self.kinds.get(kind or "", self.deviation))

    def factor(self, deviation: float) -> Distribution:
        """What a figure is multiplied by: 1 on average but for the truncation of a normal, never negative."""
        if self.dist == "uniform":
            return Uniform(dist="uniform", low=1 - deviation, high=1 + deviation)
        return Bell(dist=self.dist, mean=1, sd=deviation)


Distribution = Annotated[Uniform | Peaked | Beta | Bell | Values, Field(discriminator="dist")]


Season = Literal["calendar"] | Annotated[list[Share], Field(min_length=12, max_length=12)]


class Review(ScenarioPart):
    """A review: members held back, and of those released; `price`, of a moved lot, is of earlier editions.

    Quotas share out the target less the reserve; a review gives out what is released of it.
    """

    price: NotNegative | None = None
    reserve: Persons = 0
    release: Persons = 0


class Unions(ScenarioPart):
    """Share of the enterprises of at least so many workers that shall have a union, of each unit or of all together."""

    share: Share = 0.9
    least_workers: Annotated[Persons, Field(json_schema_extra={"unit": "workers"})] = 10
    over: Literal["unit", "province"] = "unit"

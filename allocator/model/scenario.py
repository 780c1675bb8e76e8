"""A scenario: assumptions (what is believed) and decisions (what is chosen), every default written out.

Assumptions: `drivers`, `growth`, `attainment`, `uncertainty`, `season`. Decisions: `target`, `lot`, `signpost`,
`rules`, `bounds`, `locks`, `groups`, `risk`, `year`, `follows`, `carry_over`, `quota_basis`, `review`, `unions`. A
what-if is a changed copy: `scenario.model_copy(update=...)` or `scenario.changed(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from allocator.data.office import Office
from allocator.data.settings import Keys, Settings, merged
from allocator.data.table import Table, fold
from allocator.errors import InputError
from allocator.model.checks import faults_against
from allocator.model.misread import validation_faults
from allocator.model.parts import (
    Distribution,
    Inexact,
    Name,
    NotNegative,
    Peaked,
    Persons,
    Ratio,
    Review,
    Rule,
    ScenarioPart,
    Season,
    Share,
    Unions,
)
from allocator.model.targets import Target

if TYPE_CHECKING:
    from allocator.model.keys import ScenarioKeys
    from allocator.words import Words

ASSUMPTIONS = ("drivers", "growth", "attainment", "uncertainty", "season")
DECISIONS = (
    "target", "lot", "signpost", "rules", "bounds", "locks", "groups", "risk", "year", "follows", "carry_over",
    "quota_basis", "review", "unions",
)  # fmt: skip


class Texts(ScenarioPart):
    """One text in each language."""

    vi: str = ""
    en: str = ""

    def told(self, words: Words) -> str:
        """The text in the language of `words`; the other where that is blank."""
        return {"vi": self.vi, "en": self.en}[words.language] or self.vi or self.en


class Driver(ScenarioPart):
    """A column that claims rest on, or the same for every leaf, with its share of the claim."""

    column: Name | None = None
    equal: bool = False
    share: Share = 1.0

    @model_validator(mode="after")
    def _one_way(self) -> Driver:
        if (self.column is None) != self.equal:
            raise PydanticCustomError("column_or_equal", "column or equal")
        return self

    @model_serializer
    def _as_written(self) -> dict[str, Any]:
        return {**({"equal": True} if self.equal else {"column": self.column}), "share": self.share}


class Growth(ScenarioPart):
    """Share ρ of each unit's estimated growth that the planner counts on, in [0, 1]."""

    realisation: Share = 1.0
    units: dict[Name, Share] = {}


class Attainment(ScenarioPart):
    """How past attainment multiplies a claim: clip(a, floor, ceiling) ** exponent."""

    basis: Literal["gross", "net"] = "gross"
    exponent: Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)] = 0.0
    floor: Ratio = 0.5
    ceiling: Ratio = 1.0
    missing: Ratio | Literal["province"] = 1.0


class OwnBounds(ScenarioPart):
    """A unit's own least and most quota, members."""

    min: Persons | None = None
    max: Persons | None = None
    firm: bool = False


class Pace(ScenarioPart):
    """How far a quota may go below and above a reference column, as shares of it."""

    reference: Name = "published_quota"
    down: Share | None = 0.5
    up: Ratio | None = 0.5
    firm: bool = False


class Bounds(ScenarioPart):
    """Floors and caps; `firm` names the keys that remedies leave alone."""

    min_quota: Persons = 0
    max_share: Ratio | None = 1.0
    units: dict[Name, OwnBounds] = {}
    pace: Pace | None = None
    firm: bool | list[Literal["min_quota", "max_share"]] = False


class Lock(ScenarioPart):
    """A quota that is fixed, members, with who fixed it and why."""

    unit: Name
    quota: Persons
    by: str = ""
    reason: str = ""
    firm: bool = False


class Group(ScenarioPart):
    """A floor and a cap, members, on the sum of a set of units: those of a kind, or those named."""

    name: Name
    kind: Name | None = None
    units: Annotated[list[Name], Field(min_length=1)] | None = None
    min: Persons | None = None
    max: Persons | None = None
    firm: bool = False


class Risk(ScenarioPart):
    """Weight η of the expected shortfall, and the share of its workforce a unit can be expected to recruit."""

    weight: NotNegative = 0.0
    reachable: Ratio = 0.55


class Uncertainty(ScenarioPart):
    """Distributions of the growth realisation, and how units move together: a common factor per kind, or a matrix.

    Beside them, how far the workforce, past attainment and columns that are drivers may be from the truth.
    """

    default: Distribution = Peaked(dist="triangular")
    units: dict[Name, Distribution] = {}
    kinds: dict[Name, Distribution] = {}
    factor: dict[Name, Share] = {}
    correlation: dict[Name, dict[Name, Annotated[float, Field(ge=-1, le=1)]]] = {}
    workforce: Inexact | None = None
    attainment: Inexact | None = None
    columns: dict[Name, Inexact] = {}

    @property
    def inexact(self) -> dict[tuple[str, ...], Inexact]:
        """What may be off, by the keys it stands under."""
        made: dict[tuple[str, ...], Inexact | None] = {("columns", name): each for name, each in self.columns.items()}
        made |= {("workforce",): self.workforce, ("attainment",): self.attainment}
        return {keys: each for keys, each in made.items() if each is not None}


class Level(ScenarioPart):
    """What one level of a tree has of its own; what it leaves out is the scenario's."""

    lot: Annotated[Persons, Field(ge=1)] | None = None
    drivers: Annotated[list[Driver], Field(min_length=1)] | None = None
    growth: Growth | None = None
    attainment: Attainment | None = None
    bounds: Bounds | None = None
    locks: list[Lock] | None = None
    groups: list[Group] | None = None

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Only what was written: what is left out is the scenario's, whatever that is."""
        whole = handler(self)
        for name in set(whole) - self.model_fields_set:
            del whole[name]
        for name, part in whole.items():
            own = getattr(self, name)
            if isinstance(own, ScenarioPart):
                whole[name] = {key: part[key] for key in part if key in own.model_fields_set}
        return dict(whole)


MOST_SHOWN = 300
"""Letters of a scenario's settings that its `repr` shows."""


def _dotted(keys: Keys) -> str:
    return ".".join(map(str, keys))


class Scenario(ScenarioPart):
    """One scenario, resolved: what `extends` and `--set` gave, with every default written out."""

    title: Texts = Texts()
    question: Texts = Texts()
    data: str
    what: Texts = Texts(vi="đoàn viên", en="members")
    published: Name | None = "published_quota"
    target: Target
    lot: Annotated[Persons, Field(ge=1)] = 1
    signpost: Literal["webster", "jefferson", "adams", "huntington_hill", "dean"] = "webster"
    drivers: Annotated[list[Driver], Field(min_length=1)] = [Driver(column="workforce", share=1.0)]
    growth: Growth = Growth()
    attainment: Attainment = Attainment()
    rules: list[Rule] = []
    bounds: Bounds = Bounds()
    locks: list[Lock] = []
    groups: list[Group] = []
    risk: Risk = Risk()
    uncertainty: Uncertainty = Uncertainty()
    follows: Annotated[str | None, Field(min_length=1)] = None
    carry_over: Literal["all", "none"] | Share = "all"
    hierarchy: Literal["at_once", "levels"] = "at_once"
    levels: list[Level] = []
    season: Season = "calendar"
    year: Annotated[int | None, Field(ge=1900, le=9999)] = None
    quota_basis: Literal["gross", "net"] = "gross"
    review: Review = Review()
    unions: Unions = Unions()
    office: Office = Office()

    _place: Callable[[Keys], str] = PrivateAttr(default_factory=lambda: _dotted)

    def __repr__(self) -> str:
        """What differs from the defaults, in one line."""
        given = self.model_dump(mode="json", exclude_defaults=True, exclude={"title", "question"})
        text = ", ".join(f"{name}={value}" for name, value in given.items())
        return f"Scenario({text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + '…'})"

    @property
    def sort(self) -> str:
        """What is shared out: `members` of unions, `unions`, or `other` things, of which nothing more is known."""
        text = f"{self.what.vi} {self.what.en}".casefold()
        unions = "công đoàn" in text or "union" in text
        return "members" if "đoàn viên" in text or "member" in text else "unions" if unions else "other"

    def place(self, *keys: str | int) -> str:
        """Where the value under `keys` was written, for messages."""
        return self._place(keys)

    def changed(self, changes: Mapping[str, Any]) -> Scenario:
        """A copy with nested values merged in, validated: `scenario.changed({"growth": {"realisation": 0.3}})`.

        InputError lists every unknown key and every value out of its range.
        """
        if not isinstance(changes, Mapping):
            raise TypeError(f"a mapping of keys to values is needed, not {changes!r}")
        made = scenario_from(Settings(merged(self.model_dump(), changes), {}))
        made._place = self._place
        return made

    def check(self, table: Table) -> None:
        """Raise InputError with every way in which the scenario contradicts itself or does not fit `table`."""
        faults = list(faults_against(self, table))
        if faults:
            raise InputError(faults)


@cache
def scenario_keys() -> ScenarioKeys:
    """All keys of a scenario."""
    from allocator.model.keys import ScenarioKeys

    return ScenarioKeys(Scenario)


def scenario_from(settings: Settings) -> Scenario:
    """The scenario that settings describe; InputError lists every unknown key and every value out of its range."""
    folded = {tuple(fold(k) if isinstance(k, str) else k for k in keys): at for keys, at in settings.places.items()}
    placed = Settings(settings.values, folded, settings.folder)
    try:
        scenario = Scenario.model_validate(settings.values)
    except ValidationError as error:
        raise InputError(list(validation_faults(error, placed, scenario_keys()))) from None
    scenario._place = placed.place
    return scenario

"""A scenario: assumptions (what is believed) and decisions (what is chosen), every default written out.

Assumptions: `drivers`, `growth`, `attainment`, `uncertainty`, `season`. Decisions: `target`, `lot`, `signpost`,
`bounds`, `locks`, `groups`, `risk`, `year`, `quota_basis`, `review`, `unions`. A what-if is a changed copy:
`scenario.model_copy(update=...)` or `scenario.changed(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from allocator.data.numbers import MOST_PERSONS
from allocator.data.settings import Keys, Settings, merged
from allocator.data.table import Table, fold
from allocator.errors import InputError
from allocator.model.checks import faults_against, validation_faults

ASSUMPTIONS = ("drivers", "growth", "attainment", "uncertainty", "season")
DECISIONS = (
    "target", "lot", "signpost", "bounds", "locks", "groups", "risk", "year", "quota_basis", "review", "unions",
)  # fmt: skip

Name = Annotated[str, AfterValidator(fold), Field(min_length=1)]
Persons = Annotated[int, Field(ge=0, le=MOST_PERSONS)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Real = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]


class ScenarioPart(BaseModel):
    """A part of a scenario: unknown keys are refused, values are never coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Texts(ScenarioPart):
    """One text in each language."""

    vi: str = ""
    en: str = ""


class Driver(ScenarioPart):
    """A column that claims rest on, with its share of the claim."""

    column: Name
    share: Share = 1.0


class Growth(ScenarioPart):
    """Share ρ of each unit's estimated growth that the planner counts on, in [0, 1]."""

    realisation: Share = 1.0
    units: dict[Name, Share] = {}


class Attainment(ScenarioPart):
    """How past attainment multiplies a claim: clip(a, floor, ceiling) ** exponent."""

    basis: Literal["gross", "net"] = "gross"
    exponent: Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)] = 0.0
    floor: NotNegative = 0.5
    ceiling: NotNegative = 1.0
    missing: NotNegative | Literal["province"] = 1.0


class OwnBounds(ScenarioPart):
    """A unit's own least and most quota, members."""

    min: Persons | None = None
    max: Persons | None = None
    firm: bool = False


class Pace(ScenarioPart):
    """How far a quota may go below and above a reference column, as shares of it."""

    reference: Name = "published_quota"
    down: Share | None = 0.5
    up: NotNegative | None = 0.5
    firm: bool = False


class Bounds(ScenarioPart):
    """Floors and caps; `firm` names the keys that remedies leave alone."""

    min_quota: Persons = 0
    max_share: NotNegative | None = 1.0
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
    reachable: NotNegative = 0.55


class Uniform(ScenarioPart):
    """Every value between low and high alike."""

    dist: Literal["uniform"]
    low: NotNegative = 0.0
    high: NotNegative = 1.0


class Peaked(ScenarioPart):
    """Low, most likely and high value: a triangle, or the smoother PERT."""

    dist: Literal["triangular", "pert"]
    low: NotNegative = 0.0
    mode: NotNegative = 0.2
    high: NotNegative = 1.0


class Beta(ScenarioPart):
    """Beta distribution with parameters a and b, stretched over [low, high]."""

    dist: Literal["beta"]
    a: Annotated[float, Field(gt=0, le=1e6)]
    b: Annotated[float, Field(gt=0, le=1e6)]
    low: NotNegative = 0.0
    high: NotNegative = 1.0


class Bell(ScenarioPart):
    """Normal or lognormal with the given mean and standard deviation (before truncation), truncated to [0, ∞)."""

    dist: Literal["normal", "lognormal"]
    mean: Real
    sd: Annotated[float, Field(gt=0, le=1e6)]


class Values(ScenarioPart):
    """A list of values, each alike."""

    dist: Literal["values"]
    values: Annotated[list[NotNegative], Field(min_length=1, max_length=100_000)]


Distribution = Annotated[Uniform | Peaked | Beta | Bell | Values, Field(discriminator="dist")]


class Uncertainty(ScenarioPart):
    """Distributions of the growth realisation, and how units move together: a common factor per kind, or a matrix."""

    default: Distribution = Peaked(dist="triangular")
    units: dict[Name, Distribution] = {}
    kinds: dict[Name, Distribution] = {}
    factor: dict[Name, Share] = {}
    correlation: dict[Name, dict[Name, Annotated[float, Field(ge=-1, le=1)]]] = {}


class Level(ScenarioPart):
    """What one level of a tree has of its own; what it leaves out is the scenario's."""

    lot: Annotated[int, Field(ge=1, le=MOST_PERSONS)] | None = None
    drivers: Annotated[list[Driver], Field(min_length=1)] | None = None
    growth: Growth | None = None
    attainment: Attainment | None = None
    bounds: Bounds | None = None
    locks: list[Lock] | None = None
    groups: list[Group] | None = None


Season = Literal["calendar"] | Annotated[list[Share], Field(min_length=12, max_length=12)]


class Review(ScenarioPart):
    """A review: price of a moved lot (members asked per member expected), members held back, of those released.

    Quotas share out the target less the reserve; a review gives out what is released of it.
    """

    price: NotNegative = 0.1
    reserve: Persons = 0
    release: Persons = 0


class Unions(ScenarioPart):
    """Share of the enterprises of at least so many workers that shall have a union, of each unit or of all together."""

    share: Share = 0.9
    least_workers: Persons = 10
    over: Literal["unit", "province"] = "unit"


class Scenario(ScenarioPart):
    """One scenario, resolved: what `extends` and `--set` gave, with every default written out."""

    title: Texts = Texts()
    question: Texts = Texts()
    data: str
    published: Name | None = "published_quota"
    target: Persons
    lot: Annotated[int, Field(ge=1, le=MOST_PERSONS)] = 1
    signpost: Literal["webster", "jefferson", "adams", "huntington_hill", "dean"] = "webster"
    drivers: Annotated[list[Driver], Field(min_length=1)] = [Driver(column="workforce", share=1.0)]
    growth: Growth = Growth()
    attainment: Attainment = Attainment()
    bounds: Bounds = Bounds()
    locks: list[Lock] = []
    groups: list[Group] = []
    risk: Risk = Risk()
    uncertainty: Uncertainty = Uncertainty()
    hierarchy: Literal["at_once", "levels"] = "at_once"
    levels: list[Level] = []
    season: Annotated[Season, Field(description="How a year's work is spread: 12 monthly shares, or as the days.")] = (
        "calendar"
    )
    year: Annotated[int | None, Field(ge=1900, le=9999, description="The year the target is for.")] = None
    quota_basis: Annotated[
        Literal["gross", "net"], Field(description="Quotas count members recruited, or those less the members lost.")
    ] = "gross"
    review: Review = Review()
    unions: Unions = Unions()

    _place: Callable[[Keys], str] = PrivateAttr(default_factory=lambda: lambda keys: ".".join(map(str, keys)))

    def place(self, *keys: str | int) -> str:
        """Where the value under `keys` was written, for messages."""
        return self._place(keys)

    def changed(self, changes: Mapping[str, Any]) -> Scenario:
        """A copy with nested values merged in, validated: `scenario.changed({"growth": {"realisation": 0.3}})`."""
        made = type(self).model_validate(merged(self.model_dump(), changes))
        made._place = self._place
        return made

    def check(self, table: Table) -> None:
        """Raise InputError with every way in which the scenario contradicts itself or does not fit `table`."""
        faults = list(faults_against(self, table))
        if faults:
            raise InputError(faults)


def scenario_from(settings: Settings) -> Scenario:
    """The scenario that settings describe; InputError lists every unknown key and every value out of its range."""
    folded = {tuple(fold(k) if isinstance(k, str) else k for k in keys): at for keys, at in settings.places.items()}
    placed = Settings(settings.values, folded, settings.folder)
    try:
        scenario = Scenario.model_validate(settings.values)
    except ValidationError as error:
        faults = {
            each.place + "|" + each.key.partition(".")[0]: each for each in validation_faults(error, placed, Scenario)
        }
        raise InputError(list(faults.values())) from None
    scenario._place = placed.place
    return scenario

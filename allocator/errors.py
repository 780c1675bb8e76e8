"""What can go wrong, as data: a catalogue key, a place and the figures; the words are found when it is shown.

An error is never half told: every fault found is collected and raised once, each with its place (file, line, column,
cell or option), its cause and its remedy, which the catalogues in `allocator.words` put into the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.words import Words, default_language


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        key: key of its message in the catalogues, e.g. `table.not_whole`; the message gives cause, then remedy.
        place: where it stands, ready to print (`units.csv:4:7`, `--set lot`); empty where there is no place.
        values: the figures and names the message quotes.
    """

    key: str
    place: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def told(self, words: Words) -> str:
        """The fault as one line in the language of `words`, its place first."""
        text = words(self.key, **self.values)
        return f"{words.told(self.place)}: {text}" if self.place else text


def fault(key: str, place: str = "", /, **values: Any) -> Fault:
    """A fault with its figures as keywords.

    Example:
        >>> fault("table.empty", "units.csv").told(Words("en")).startswith("units.csv: ")
        True
    """
    return Fault(key, place, values)


class AllocatorError(Exception):
    """Every error this package raises on purpose: `faults` says what is wrong, `exit_status` what a command returns."""

    exit_status = 2

    def __init__(self, faults: Fault | Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(self.messages(default_language()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults,)

    def messages(self, language: str) -> list[str]:
        """One line a fault, in `language` (`vi` or `en`)."""
        words = Words(language)
        return [each.told(words) for each in self.faults]


class InputError(AllocatorError):
    """A call, table or scenario that cannot be used."""


class InfeasibleError(AllocatorError):
    """A scenario whose rules cannot hold together; the faults name the rules and the figures.

    `case` is the table and the scenario, where they are known: what `why.remedies.collision` takes. `year` is what the
    scenario is called where it is not the one asked about, but a year of a plan or the year before; of a plan `plans`
    says whether it can be made where settings change in every year.
    """

    exit_status = 3
    case: tuple[Any, Any] | None = None
    year: str = ""
    plans: Callable[[Mapping[str, Any]], bool] | None = None


class MissingExtraError(AllocatorError):
    """An optional package is needed and not installed; the fault says which extra brings it."""

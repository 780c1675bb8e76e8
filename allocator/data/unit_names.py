"""Finding the unit that a name is meant for, written exactly or without accents and case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from allocator.data.table import fold, unaccented
from allocator.errors import InputError, fault


def fitting_name(name: str, known: Collection[str]) -> str | None:
    """The name that a folded one is meant for: itself, or the only one it is without accents and case.

    Example:
        >>> fitting_name("tinh bien", ["An Phú", "Tịnh Biên"]), fitting_name("an", ["An", "Ân"])
        ('Tịnh Biên', None)
    """
    return name if name in known else fitting_names([name], known).get(name)


def fitting_names(names: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """The name that each of `names` not in `known` is meant for; those are left out that fit none, or several."""
    if not (others := [name for name in names if name not in known]):
        return {}
    plain = _by_plain(known)
    fits = {name: plain.get(unaccented(name.casefold()), ()) for name in others}
    return {name: found[0] for name, found in fits.items() if len(found) == 1}


def same_names(names: Sequence[str], known: Collection[str]) -> dict[str, str]:
    """The name in `known` of each of `names`, both folded, that `fitting_name` finds; of two for one, the exact one.

    Example:
        >>> same_names(["Tinh Bien", "An", "Mới"], ["Tịnh Biên", "An", "Ân"])
        {'Tinh Bien': 'Tịnh Biên', 'An': 'An'}
    """
    held = set(known)
    if not (others := [name for name in names if name not in held]):
        return {name: name for name in names}
    plain, given = (_by_plain(each) for each in (known, names))
    alone = {name: key for key, some in _by_plain(others).items() if len(given[key]) == 1 for name in some}
    made = {name: plain[key][0] for name, key in alone.items() if len(plain.get(key, [])) == 1}
    return {name: made.get(name, name) for name in names if name in held or name in made}


def _by_plain(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by what they are without accents and case."""
    made: dict[str, list[str]] = {}
    for name in names:
        made.setdefault(unaccented(name.casefold()), []).append(name)
    return made


def near_names(name: str, known: Collection[str]) -> list[str]:
    """Names that an unknown one may be meant for: those it is, or is the last part of, without accents and case.

    Else those alike without these, else some.
    """
    import difflib

    plain, names = unaccented(name.casefold()), _by_plain(sorted(known))
    near = [each for each in names if f"/{each}".endswith(f"/{plain}")]
    near = near or difflib.get_close_matches(plain, names, n=3) or [*names][:20]
    return [each for plain in near for each in names[plain]]


def find_unit(units: Sequence[str], name: str) -> int:
    """Position of the unit called `name`, as `fitting_name`; InputError with the names that come close."""
    if (unit := fitting_name(fold(name), units)) is not None:
        return units.index(unit)
    raise InputError(fault("scenario.unknown_unit", "--unit", name=name, near=near_names(fold(name), units)))

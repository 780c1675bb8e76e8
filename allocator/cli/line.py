"""The words of a call taken apart as the command line takes them, and put together anew with one thing changed."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property

import click


@dataclass(frozen=True)
class CallLine:
    """A call.

    Attributes:
        words: what stands after `allocator`.
        command: the command it calls; None where there is none of that name.
        at: position of the command's name; the number of words where nothing can be one.
    """

    words: tuple[str, ...]
    command: click.Command | None
    at: int

    @cached_property
    def values(self) -> list[tuple[int, click.Option]]:
        """Position of each value of an option, which may be in the option's own word, and the option."""
        return self._taken[0]

    @cached_property
    def arguments(self) -> list[int]:
        """Positions of what is no option and no value of one."""
        return self._taken[1]

    @cached_property
    def _taken(self) -> tuple[list[tuple[int, click.Option]], list[int]]:
        known = options_of(self.command)
        values: list[tuple[int, click.Option]] = []
        arguments: list[int] = []
        left = iter(range(self.at + 1, len(self.words)))
        for at in left:
            name, mark, _ = self.words[at].partition("=")
            found = known.get(name)
            if found is None:
                arguments += [] if self.words[at].startswith("-") and len(self.words[at]) > 1 else [at]
            elif not found.is_flag and (at := at if mark else next(left, -1)) > 0:
                values.append((at, found))
        return values, arguments

    @property
    def files(self) -> int:
        """How many of the first arguments are files that the command is about, and no scenarios."""
        own = self.command.params if self.command else []
        return sum(
            isinstance(each, click.Argument) and each.required and isinstance(each.type, click.Path) for each in own
        )

    @property
    def alone(self) -> str | None:
        """An option at the end, or before another one, that has no value and needs one; None where there is none."""
        known = options_of(self.command)
        for word, following in zip(self.words, [*self.words[1:], None], strict=True):
            lacks = following is None or following.partition("=")[0] in known
            if word in known and lacks and not (known[word].is_flag or known[word].is_eager):
                return word
        return None

    def given(self, option: str) -> list[str]:
        """The values of an option."""
        return [self.value(at) for at, each in self.values if option in each.opts]

    def value(self, at: int) -> str:
        """What stands at a position, without the option's name where it is in the same word."""
        word = self.words[at]
        return word.partition("=")[2] if word.startswith("--") else word

    def put(self, at: int, value: str) -> list[str]:
        """The words with another value at a position."""
        name, mark, _ = self.words[at].partition("=") if self.words[at].startswith("--") else ("", "", "")
        return [*self.words[:at], f"{name}{mark}{value}", *self.words[at + 1 :]]

    def joined(self, first: int, last: int, text: str) -> list[str]:
        """The words with those from the first to the last position made one value."""
        return [*self.put(first, text)[: first + 1], *self.words[last + 1 :]]

    def without(self, *positions: int) -> list[str]:
        """The words without some, and without the names of options whose values these are."""
        values = {at for at, _ in self.values}
        gone = {*positions, *(at - 1 for at in positions if at in values and not self.words[at].startswith("--"))}
        return [word for at, word in enumerate(self.words) if at not in gone]

    def called(self, text: str) -> int | None:
        """Position of the value or argument that is a text, or a path to a file of that name."""
        places = [*(at for at, _ in self.values), *self.arguments]
        same = [at for at in places if text in (self.value(at), os.path.abspath(self.value(at)))]
        return next(iter([*same, *(at for at in places if re.split(r"[\\/]", self.value(at))[-1] == text)]), None)


def options_of(command: click.Command | None) -> dict[str, click.Option]:
    """Options of a command by each of their names."""
    params = command.params if command else []
    return {name: each for each in params if isinstance(each, click.Option) for name in each.opts}

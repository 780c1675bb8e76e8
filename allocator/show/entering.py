"""A report on its way into its table's journal: it carries the number of its entry, which is made before it appears."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.data.digest import sha256
from allocator.errors import Fault, InputError
from allocator.finding import say
from allocator.proof.journal import DOCUMENT, append, number_of
from allocator.proof.result import entry_of
from allocator.show.formats import files

if TYPE_CHECKING:
    from allocator.show.build import Document


class _RenumberedError(Exception):
    """A report has another number by now, or none: its files must be made again."""


@dataclass
class Entering:
    """The entry of a report: its number, told while the files are made; then the entry; then the files appear.

    Whoever is killed between the last two leaves an entry whose files are not there; made again, they have its number.

    Attributes:
        journal: None where there is none.
        formats: of the report's files.
        by: who makes it; may be empty.
        why: may be empty.
        state: what opens it on the page again, where it was made there.
        number: what the files carry; None where they are not recorded.
        refused: why they are not, though there is a journal.
        entered: whether that is settled.
    """

    journal: Path | None
    formats: Sequence[str]
    by: str = ""
    why: str = ""
    state: str = ""
    number: int | None = None
    refused: Sequence[Fault] = ()
    entered: bool = False
    fields: dict[str, Any] = field(default_factory=dict)

    def files(
        self,
        document: Document,
        appear: Callable[[Mapping[str, bytes], Callable[[], None]], None] = lambda _, enter: enter(),
    ) -> dict[str, bytes]:
        """The files of a report by path; `appear` has them appear, and calls what enters their number just before."""
        made = dict[str, bytes]()
        while not self.entered:
            made = files(self._numbered(document), self.formats)
            with suppress(_RenumberedError):
                appear(made, self._enter)
        return made

    def _numbered(self, document: Document) -> Document:
        """The report with its number, or a blank for one that is not recorded."""
        if self.journal and not self.fields:
            self.fields = {**_fields(document, self.formats, self.state), "by": self.by, "why": self.why}
            try:
                self.number = number_of(self.journal, **self.fields)
            except InputError as error:
                self.refused = error.faults
        if not self.journal:  # an example, as its papers show by a blank
            return document
        told = say("word.record", number=self.number or say("word.blank"))
        first, *sheets = document.sheets
        first = replace(first, texts=(*first.texts, told))
        return replace(document, record=told, preamble=(*document.preamble, told), sheets=(first, *sheets))

    def _enter(self) -> None:
        """Make the entry; an error where the files must be made again, as they carry another number."""
        number = None
        if self.journal and not self.refused:
            try:
                number = append(self.journal, **self.fields).number
            except InputError as error:
                self.refused = error.faults
        if number != self.number:
            self.number = number
            raise _RenumberedError
        self.entered = True


def _fields(document: Document, formats: Sequence[str], state: str) -> dict[str, Any]:
    """What an entry says of a report; the same for the same report made again."""
    made, told = entry_of(document.allocation), document.words.told
    rows = (row for section in document.sections for listing in section.listings for row in listing.rows)
    figures = [[str(each) if isinstance(each, int | float | None) else told(each) for each in row] for row in rows]
    more = {
        "formats": list(formats),
        "language": document.words.language,
        "appendix": document.appendix,
        "said": sha256([[told(text) for section in document.sections for text in section.texts], figures]),
        "office": sha256(document.office.model_dump(mode="json")),
        **({"query": state} if state else {}),
    }
    return {**made, "kind": DOCUMENT, "name": document.name, "content": {**made["content"], **more}}

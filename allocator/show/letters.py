"""What the documents of a report say beside figures: who issues them, and to each unit its letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allocator.errors import Fault, fault
from allocator.finding import Text
from allocator.why.plain import Plain

if TYPE_CHECKING:
    from allocator.show.build import Document

LABELS = ("nation", "motto", "recipients_label")
"""Texts of every document that nothing is filled into."""


class Letters:
    """Texts of a report's documents, as its templates take them.

    Attributes:
        made: the allocation.
        plain: its reasons.
    """

    def __init__(self, document: Document) -> None:
        self.document, self.words, self.office = document, document.words, document.office
        self.made = document.allocation
        self.plain = Plain(self.made, self.office.period)
        self.blank = self.words("word.blank")

    @property
    def facts(self) -> tuple[str, str, str, str]:
        """Title, author, language and locale of a file."""
        words = self.words
        author = self.document.office.body or "allocator"
        return self.document.name, author, words.language, words("word.locale")

    @cached_property
    def task(self) -> Fault:
        """What is given out, with its year."""
        return fault(f"word.task.{self.plain.sort}", in_year=self._in_year)

    @property
    def _in_year(self) -> Fault | str:
        year = self.made.scenario.year
        return fault("word.in_year", year=str(year)) if year else ""

    @property
    def _labour(self) -> bool:
        return self.plain.sort != "other"

    @cached_property
    def giver(self) -> str:
        """Who gives the quotas: a union's standing committee, or the body itself."""
        body, words = self.office.body, self.words
        if not self._labour or body.casefold().startswith(words("word.committee").casefold()):
            return body or self.blank
        return words("word.giver", body=body) if body else words("word.committee")

    @cached_property
    def attached(self) -> str:
        """The decision that the annex goes with."""
        return self.words("word.attached", plan=self.office.plan or self.words("word.plan"), giver=self.giver)

    @property
    def record(self) -> str:
        """Which entry of the journal the report is; a single answer is none."""
        told = self.words.told(self.document.record or fault("word.record", number=self.blank))
        return told if self.document.annex else ""

    @cached_property
    def shared(self) -> dict[str, Any]:
        """What is the same in every document: tags of head and foot may have these names."""
        words, office, blank = self.words, self.office, self.blank
        number = "/".join(filter(None, (office.number or blank, office.series)))
        recipients = [words("word.as_above"), *(words("word.recipient", name=each) for each in office.recipients)]
        department = words("word.at_department", name=office.department) if office.department else ""
        return {
            **{each: words(f"word.{each}") for each in LABELS},
            "upper_body": office.upper_body.upper(),
            "body": (office.body or blank).upper(),
            "province": office.province or blank,
            "number": number,
            "number_line": words("word.number", number=number),
            "date": self._date,
            "place_date": words("word.place_date", place=office.place or blank, date=self._date),
            "year": str(self.made.scenario.year or blank),
            "subject": words("word.subject", task=self.task),
            "basis": office.basis or [blank],
            "recipients": [*recipients, words("word.kept", department=department), self.record],
            "record": self.record,
            "on_behalf": words("word.on_behalf") if self._labour else "",
            "signer_title": (office.signer.title or blank).upper(),
            "signer_name": office.signer.name or blank,
            "department": office.department or blank,
            "what": words.what,
        }

    @property
    def _date(self) -> str:
        """The letters' day, two figures for the days and months that could be lengthened by hand."""
        if self.office.date:
            day = date.fromisoformat(self.office.date)
            month = f"{day:%m}" if day.month < 3 else str(day.month)
            return self.words("word.date", day=f"{day:%d}", month=month, year=str(day.year))
        return self.words(
            "word.date", day=self.blank, month=self.blank, year=str(self.made.scenario.year or self.blank)
        )

    def contexts(self) -> dict[str, dict[str, Any]]:
        """What the letter to each unit is filled with beside `shared`, by unit, in table order."""
        words, units = self.words, len(self.made.table)
        day = words.date(self.document.published_on) if self.document.published_on else ""
        lead = words("word.lead", basis="; ".join(self.office.basis) or self.blank, giver=self.giver,
                     in_year=self._in_year)  # fmt: skip
        made = {}
        for unit, (name, quota) in enumerate(zip(self.made.table.units, self.made.quotas, strict=True)):
            locked = self.made.positions[unit] == "LOCKED"
            made[name] = {
                **self.context_of(name),
                "quota": words.number(quota),
                "lead": lead,
                "tasks": self._tasks(name, quota),
                "reasons_lead": words("word.reasons_locked" if locked else "word.reasons", units=units),
                "reasons": self._reasons(unit, day),
                "enclosed": words("word.enclosed", **self.addressed),
            }
        return made

    @cached_property
    def addressed(self) -> dict[str, Any]:
        """Whom a unit writes to."""
        through = fault("word.through", department=self.office.department) if self.office.department else ""
        return {"body": self.office.body or self.words("word.body"), "through": through}

    def context_of(self, name: str) -> dict[str, str]:
        """What any letter to a unit is filled with."""
        words, full = self.words, self.office.full_name(name)
        days = [words.date(date.fromisoformat(each)) for each in self.office.reporting]
        by_days = fault("word.by_days", days=days) if days else ""
        closing = words("word.closing", body=self.addressed["body"], by_days=by_days)
        return {"unit": full, "to": words("word.to", unit=full), "closing": closing}

    def _tasks(self, name: str, quota: int) -> list[str]:
        """What a unit is to do: its quota and, beside one of members, the unions to found where a register tells."""
        net = self.made.scenario.quota_basis == "net"
        tasks: list[Fault] = [fault(f"word.give.{'net' if net else self.plain.sort}", quota=quota)]
        if not quota:
            tasks = [fault("word.give.none", task=tasks[0])]
        needed = self.document.founded.get(name) if self.plain.sort == "members" else None
        if needed:
            tasks.append(fault("word.give.founded", needed=needed, least=self.made.scenario.unions.least_workers))
        if years := [(each, quotas[name]) for each, quotas in self.document.later if name in quotas]:
            said = [fault("word.give.later_year", name=each, quota=members) for each, members in years]
            whole = quota + sum(members for _, members in years)
            tasks.append(fault("word.give.later", years=said, total=whole))
        return self.points(tasks)

    def points(self, texts: Sequence[Text]) -> list[str]:
        """Texts as points of a list."""
        *first, last = map(self.words.told, texts)
        return [*(f"- {each};" for each in first), f"- {last}."]

    def _reasons(self, unit: int, day: str) -> list[str]:
        """The reasons numbered, the difference from what was published for the same year after the last."""
        *first, last = self.plain.reasons(unit)
        year, published_on = self.made.scenario.year, self.document.published_on
        same = not year or not published_on or published_on.year == year
        texts = map(self.words.told, (*first, (*last, *(self.plain.difference(unit, day) if same else ()))))
        return [f"{number}. {text}" for number, text in enumerate(texts, start=1)]

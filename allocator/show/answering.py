"""Letters that answer what units asked for in a round: what was decided, why, and what the quota is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from allocator.errors import Fault
from allocator.finding import Text, say

if TYPE_CHECKING:
    from allocator.finding import Finding
    from allocator.show.letters import Letters

GRANTED = ("true", "cap", "lock")
"""What an entry is in the joint answer where the unit has what it asked for."""


def answer_letters(letters: Letters, finding: Finding) -> dict[str, dict[str, Any]]:
    """What the letter to each unit that asked for something is filled with, by unit, in the order of the round."""
    words, answers = letters.words, _Answers(finding)
    made = {}
    for unit, of_unit in answers.of_units.items():
        told = [*chain.from_iterable(map(answers.reasons, of_unit)), *answers.moved_by_others(unit)]
        reasons = [words.told(each) for each in told]
        decided = [*map(answers.decision, of_unit), answers.quota(unit, of_unit[0]["quota"])]
        made[unit] = {
            **letters.context_of(unit),
            "subject": words("word.answer.subject", task=letters.task),
            "quota": words.number(answers.quotas[unit]),
            "lead": words("word.answer.lead", giver=letters.giver, task=letters.task),
            "tasks": letters.points(decided),
            "reasons_lead": words("word.answer.reasons") if reasons else "",
            "reasons": [f"{number}. {text}" for number, text in enumerate(reasons, start=1)],
            "enclosed": words("word.answer.enclosed", **letters.addressed),
        }
    return made


class _Answers:
    """A round's finding, entry by entry.

    Attributes:
        of_units: the entries of each unit, each with what it asks for in words as `asked_text`.
        quotas: quota of each unit in the joint answer.
        ranges: of each bid that is not fair, the columns of what would make it so with their texts.
        crowded: why a bid is not kept, by unit.
    """

    def __init__(self, finding: Finding) -> None:
        listings = {each.key: each for each in finding.listings}
        asked = (row[1] for row in listings["bids"].rows)
        self.of_units: dict[str, list[dict[str, Any]]] = {}
        for each, text in zip(finding.records["bids"], asked, strict=True):
            self.of_units.setdefault(each["unit"], []).append({**each, "asked_text": text})
        self.quotas = {each["unit"]: each["quota"] for each in finding.records["joint"]["units"]}
        shown = listings.get("fairness")
        self.ranges = {row[0]: [*zip(shown.columns, row, strict=True)][3:] for row in shown.rows} if shown else {}
        texts = [text for section in finding.sections for text in section.texts]
        left = [text for text in texts if isinstance(text, Fault) and text.key == "round.left"]
        self.crowded = {each.values["unit"]: each.values["why"] for each in left}

    def decision(self, entry: Mapping[str, Any]) -> Text:
        """What was decided of an entry."""
        return say(f"word.answer.{entry['kind']}.{entry['answer']}", asked=entry["asked_text"])

    def quota(self, unit: str, before: int) -> Text:
        """What the unit's quota is now."""
        key = "word.answer.same" if self.quotas[unit] == before else "word.answer.now"
        return say(key, quota=self.quotas[unit], before=before)

    def reasons(self, entry: Mapping[str, Any]) -> Iterator[Text]:
        """Why it was decided so, and what would make a wish fair that is not granted."""
        if reason := entry["decision_reason"].rstrip(". "):
            yield say("word.answer.because", asked=entry["asked_text"], reason=reason)
        if entry["answer"] == "true" and entry["quota_if"] is not None:
            yield say("word.answer.alone", **entry)
            if self.quotas[entry["unit"]] != entry["quota_if"]:
                yield say("word.answer.others")
        if entry["fair"]:
            yield say("word.answer.was_fair" if entry["answer"] == "above" else "word.answer.fair", **entry)
        elif entry["kind"] == "bid" and entry["answer"] not in GRANTED:
            yield from self._refused(entry)

    def moved_by_others(self, unit: str) -> Iterator[Text]:
        """Why the quota of a unit is another though nothing it asked for was granted."""
        entries = self.of_units[unit]
        if self.quotas[unit] != entries[0]["quota"] and not any(each["answer"] in GRANTED for each in entries):
            yield say("word.answer.changed")

    def _refused(self, entry: Mapping[str, Any]) -> Iterator[Text]:
        """Why a bid is not granted, what would make it fair, and what it would cost others."""
        if entry["asked"] == self.quotas[entry["unit"]]:
            yield say("word.answer.met", **entry)
            return
        if why := self.crowded.get(entry["unit"]):
            yield say("word.answer.crowded", why=why)
        known = [say("word.answer.range", name=column.header, range=text)
                 for column, text in self.ranges[entry["unit"]] if text != "–"]  # fmt: skip
        yield say("word.answer.would" if known else "word.answer.never", asked=entry["asked"], ranges=known)
        if moved := entry["moved"]:
            yield say("word.answer.cost", moved=moved, units=len(entry["absorbed_by"]))

"""All documents of the corpus: of every kind met, the bytes of each and what a clerk reads in it."""

from __future__ import annotations

from tests.data.office import figures, files, headers, meanings, oddities, refusals, structure
from tests.data.office.paper import Doc

KINDS = (
    figures.surroundings, figures.places_of_sums, figures.thousands, figures.files_of_text, figures.names,
    figures.negatives_and_blanks, headers.words_of_headers, headers.words_of_history,
    structure.totals, structure.sections, structure.no_sums, structure.sums_across,
    meanings.units_of_measure, meanings.meanings, meanings.other_tables, refusals.broken_rows, refusals.error_cells,
    files.legacy, files.pages, files.word_files, files.other_files, files.plans, oddities.odd_tables,
    files.given,
)  # fmt: skip


def documents() -> dict[str, Doc]:
    """Every document by its id."""
    made = [each for kind in KINDS for each in kind()]
    found = {each.id: each for each in made}
    assert len(found) == len(made)
    return found

"""Some hundreds of damaged inputs a run of the suite; `tests.fuzz.run` tries thousands."""

import pytest

from tests.fuzz.run import KINDS, problems


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_input_ends_in_words_or_in_the_figures_it_holds(kind, monkeypatch):
    monkeypatch.setenv("ALLOCATOR_DEBUG", "1")
    assert list(problems(kind, range(40))) == []

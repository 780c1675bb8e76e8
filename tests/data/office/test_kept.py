"""A table of any office gives a first allocation in one command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.data.office.kept import Kept, kept, shared_out


@pytest.mark.parametrize("each", [pytest.param(each, id=each.doc.id) for each in kept()])
def test_a_table_gives_a_first_allocation_in_one_command(each: Kept, tmp_path: Path) -> None:
    assert shared_out(each, tmp_path) is None

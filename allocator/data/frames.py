"""Columns of figures as a pandas frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def frame_of(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Columns as a frame: whole numbers as `Int64`, others as `float64`, texts as pandas has them; None: not known."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(values, dtype=_dtype(values)) for name, values in columns.items()})


def _dtype(values: Sequence[Any]) -> Any:
    known = [each for each in values if each is not None]
    if not all(isinstance(each, int | float) for each in known):
        return None
    return "Int64" if all(isinstance(each, int) for each in known) else "float64"

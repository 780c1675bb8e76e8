"""How a sheet counts its columns."""

from __future__ import annotations


def sheet_column(number: int) -> str:
    """Letters of a sheet's column.

    Example:
        >>> sheet_column(1), sheet_column(28)
        ('A', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

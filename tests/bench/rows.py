"""One line of the printed figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured figure.

    Args:
        what: What was measured.
        value: How much.
        unit: In what unit.
        against: What it is compared with, in words; empty when it stands alone.
        ratio: This figure divided by the compared one.
        note: How it was measured: repetitions, spread.
    """

    what: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    note: str = ""

    def cells(self) -> list[str]:
        """Return the texts of the table's columns."""
        compared = f"{self.ratio:.2f} x {self.against}" if self.ratio is not None else ""
        return [self.what, f"{self.value:,.3g} {self.unit}", compared, self.note]

"""The tables of docs/costs.md: the sums that `make costs` prints."""

from collections.abc import Sequence

from benchmarks.costs import BEFORE, IMAGES, SUMS, Charge, total

HEAD = "| US $ | item |\n|---|---|\n"


def render_sums() -> str:
    """Returns all sums, except for the costs before decision 57."""
    return HEAD + "\n".join(
        _row(times * total(charges), what) for charges, times, what in SUMS if charges is not BEFORE
    )


def render_parts(charges: Sequence[Charge], times: int = IMAGES) -> str:
    rows = [_row(times * charge.dollars, charge.what) for charge in charges]
    return HEAD + "\n".join([*rows, _row(times * total(charges), "total")])


def _row(dollars: float, what: str) -> str:
    """Returns a row. Amounts below $1 are rounded to a hundredth of a cent."""
    return f"| {dollars:.2f} | {what} |" if dollars >= 1 else f"| {dollars:.4f} | {what} |"

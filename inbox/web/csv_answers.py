"""Tables to download, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, "CSV Injection").
BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for something else


def csv_answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A download of this name. Empty cells for None."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    csv.writer(text).writerows([[_harmless(cell) for cell in row] for row in rows])
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_stream(name: str, slices: Iterable[Sequence[Sequence[object]]]) -> Response:
    """The same of many rows, sent slice by slice as they are made."""
    answer = Response(stream_with_context(_written(slices)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(slices: Iterable[Sequence[Sequence[object]]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    for rows in slices:
        text = io.StringIO()
        csv.writer(text).writerows([[_harmless(cell) for cell in row] for row in rows])
        yield text.getvalue()


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(BEGIN_FORMULAS) else text

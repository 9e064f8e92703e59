"""A day on the command line."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

import typer

from advisor.errors import BadInput


def read_day(text: str) -> date:
    """A day written as 2026-11-24.

    Raises:
        BadInput: It is not one; says whether the form or the calendar is against it.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise BadInput("--date", "", f"{text!r:.40} is no day.", "Write year, month and day: 2026-11-24.")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        rule = f"the calendar has no {text}."
        raise BadInput("--date", "", rule, "Give a day that exists, such as 2026-11-24.") from error


Day = Annotated[
    date | None,
    typer.Option(
        "--date",
        parser=read_day,
        metavar="YYYY-MM-DD",
        help="Day prices and retirements are taken on; today.",
    ),
]

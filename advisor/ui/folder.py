"""What a draft holds: the case and the named copies it is compared with, as one JSON document."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from advisor.case import Case
from advisor.errors import BadCase
from advisor.frozen import Frozen

MAX_SCENARIOS = 8


class Scenario(Frozen):
    """A named copy of a case, kept for comparison."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    case: Case


class Folder(Frozen):
    """One visitor's work."""

    version: Literal[1] = 1
    case: Case = Case()
    scenarios: Annotated[tuple[Scenario, ...], Field(max_length=MAX_SCENARIOS)] = ()


def written(folder: Folder) -> str:
    """The folder as JSON."""
    return folder.model_dump_json()


def read_folder(body: str, source: str) -> Folder:
    """The folder in `body`, fully checked.

    Raises:
        BadCase: Names the field and the rule.
    """
    try:
        return Folder.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadCase(source, field, f"{first['msg']}.", "Start again, or open a downloaded case.") from error

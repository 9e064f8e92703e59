"""Opens what somebody brings along: a case as YAML or JSON, or the JSON of a record."""

from __future__ import annotations

import json
from typing import Any, cast

from advisor.case import Case
from advisor.decide.intake import check_case, read_case
from advisor.errors import BadCase
from advisor.record.record import Record, read_record

MAX_BYTES = 5_000_000


def opened(body: bytes, name: str) -> Case | Record:
    """What a file holds: a case, or a record whose case can be opened.

    Args:
        body: Content of the file.
        name: Its name, for messages.

    Raises:
        BadCase: It is neither, or its case breaks one of our rules.
        BadRecord: It is a record that breaks one of its rules.
    """
    text = _text(body, name)
    if not _is_record(text):
        return read_case(text, name)
    record = read_record(text, name)
    check_case(record.case, name)
    return record


def opened_record(body: bytes, name: str) -> Record:
    """The record in a file.

    Raises:
        BadRecord: It is none, or breaks a rule.
    """
    return read_record(_text(body, name), name)


def _text(body: bytes, name: str) -> str:
    if len(body) > MAX_BYTES:
        raise BadCase(name, "", f"the file is larger than {MAX_BYTES:,} bytes.", "Open a case or a record.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        rule = "the file is not text in UTF-8."
        raise BadCase(name, "", rule, "Open the YAML or JSON of a case, or a record's JSON.") from error


def _is_record(text: str) -> bool:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and {"case", "outcome"} <= cast(dict[str, Any], document).keys()

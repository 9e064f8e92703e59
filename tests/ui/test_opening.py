"""Files people bring along."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.decide.intake import dump_case
from advisor.errors import BadCase, BadInput, BadRecord
from advisor.host.shelf import presets
from advisor.record.record import make_record, record_json
from advisor.ui.folder import Folder, read_folder, written
from advisor.ui.inert import inert
from advisor.ui.opening import MAX_BYTES, opened
from tests.apptest import app_at

CASE = presets()[0]


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_downloaded_case_opens_equal(form: str) -> None:
    """What was downloaded comes back unchanged."""
    text = dump_case(CASE, "yaml" if form == "yaml" else "json")

    assert opened(text.encode(), f"case.{form}") == CASE


def test_a_record_opens_with_its_case() -> None:
    """The JSON of a record re-opens as that record, and its page holds it against today beside its case."""
    catalog, day = load_catalog(), date(2026, 11, 24)
    decision = decide(CASE, catalog, day, draws=10)
    record = make_record(CASE, decision, catalog, app_version="0", created=day)

    assert opened(record_json(record), "record.json") == record
    earlier: dict[str, Any] = {"record:earlier-one": record}
    app = app_at("record", **earlier)
    assert not app.exception
    assert any("The choice stands" in one.value for one in app.success)
    assert any(record.title in one.value for one in app.markdown)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"name: [broken",
        b"- a\n- list",
        b"nonsense: 1",
        b'{"version": 99}',
        b'answers: {access: {place: "the moon"}}',
        b'{"case": {}, "outcome": {}}',
        b"a" * (MAX_BYTES + 1),
    ],
)
def test_a_bad_file_is_refused_by_name(body: bytes) -> None:
    """Whatever is wrong, the message names the file and says what to do, and nothing opens."""
    with pytest.raises(BadInput, match=r"mine\.yaml") as refused:
        opened(body, "mine.yaml")

    assert isinstance(refused.value, BadCase | BadRecord)
    assert refused.value.hint


def test_a_draft_reads_back_equal() -> None:
    """Case and scenarios survive the store; a draft that breaks a rule is refused."""
    folder = Folder(case=CASE)

    assert read_folder(written(folder), "draft") == folder
    with pytest.raises(BadCase, match="draft"):
        read_folder('{"version": 1, "case": {"nonsense": 1}}', "draft")


def test_inert_text_has_no_live_markdown() -> None:
    """Every character that could start markup is escaped, and line breaks become spaces."""
    assert inert("a*b\n[c](d) $e$ :red[f] <g>") == r"a\*b \[c\]\(d\) \$e\$ \:red\[f\] \<g\>"

"""Cases in and out of text: refused with field and remedy, or read back unchanged."""

from __future__ import annotations

from typing import Literal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.case import Case
from advisor.decide.intake import case_schema, dump_case, read_case, read_preset
from advisor.documents import read_document
from advisor.errors import BadCase
from tests.decide.steps.test_plan import any_case

REFUSED = {
    "version: 2": ("version", "1"),
    "colour: red": ("colour", "known here"),
    "workload: {input_tokns: 1}": ("workload.input_tokns", "Did you mean input_tokens?"),
    "workload: {input_tokens: -1}": ("workload.input_tokens", "greater than or equal to 0"),
    "workload: {input_tokens: .inf}": ("workload.input_tokens", "finite"),
    "answers: {acess: {}}": ("answers.acess", "Did you mean access?"),
    "answers: {access: {plase: device}}": ("answers.access.plase", "Did you mean place?"),
    "answers: {access: {place: moon}}": ("answers.access.place", "Choose one of anywhere"),
    "answers: {access: {protections: [no_training, no_training]}}": (
        "answers.access.protections",
        "each once",
    ),
    "answers: {access: {protections: no_training}}": ("answers.access.protections", "Give a list"),
    "answers: {access: {vram_gb: 0}}": ("answers.access.vram_gb", "from 1 to 20,000 GB"),
    "answers: {access: {commercial: maybe}}": ("answers.access.commercial", "yes or no"),
    "answers: {access: {decision: maybe}}": ("answers.access.decision", "Choose one of closed_api"),
    "preferences: {order: [acuracy]}": ("preferences.order.acuracy", "Did you mean accuracy?"),
    "preferences: {order: [cost, cost]}": ("preferences.order", "twice"),
    "preferences: {swings: {context: 50}}": ("preferences.swings.context", "carries weight"),
    "preferences: {minimum_levels: {acuracy: 50}}": ("preferences.minimum_levels.acuracy", "accuracy"),
    "name: a\nname: b": ("line 2", "stands twice"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    """A broken case names its file, the field and what to do."""
    field, part = REFUSED[text]
    with pytest.raises(BadCase) as refusal:
        read_case(text, "mine.yaml")
    assert refusal.value.source == "mine.yaml"
    assert refusal.value.field == field
    assert part in str(refusal.value)
    assert refusal.value.hint


def test_answers_of_every_kind() -> None:
    """One option, several, a number, yes or no, and "I don't know yet" read as themselves."""
    text = """
    answers:
      access: {place: device, functions: [logprobs, freeze], vram_gb: 24, commercial: yes, load: unknown}
    """
    assert read_case(text, "mine").answers["access"] == {
        "place": "device",
        "functions": ("logprobs", "freeze"),
        "vram_gb": 24.0,
        "commercial": True,
        "load": "unknown",
    }


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_special_texts_survive(form: Literal["yaml", "json"]) -> None:
    """Texts that look like something else, other alphabets and line breaks come back unchanged."""
    odd = Case(name="no", purpose="1e3: ünï → 漢字\n  - [x]: {y}\n\ttab", notes="null")
    assert read_case(dump_case(odd, form), "mine") == odd


@given(wanted=any_case)
def test_any_case_reads_back(wanted: Case) -> None:
    """A case written as YAML or JSON reads back to an equal one."""
    assert read_case(dump_case(wanted, "yaml"), "mine") == wanted
    assert read_case(dump_case(wanted, "json"), "mine") == wanted


@settings(max_examples=30)
@given(wanted=any_case)
def test_schema_takes_what_we_take(wanted: Case) -> None:
    """The published schema accepts every case we write."""
    SCHEMA.validate(read_document(dump_case(wanted, "json"), "mine", BadCase))


SCHEMA = jsonschema.Draft202012Validator(case_schema())


@pytest.mark.parametrize(
    "text", [text for text in REFUSED if text.startswith("answers") and ".inf" not in text]
)
def test_schema_refuses_wrong_answers(text: str) -> None:
    """The published schema refuses steps, questions and answers that are not ours."""
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate(read_document(text, "mine", BadCase))


pieces = st.sampled_from(
    [
        "version",
        "answers",
        "access",
        "place",
        "device",
        ": ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "\n",
        "  ",
        "? ",
        "!!",
        "&a",
        "*a",
        "1",
        "2026-99-99",
        "1:99",
        "~",
        "yes",
        "'",
        '"',
        "|",
        ">",
        "#",
        "%",
        "\t",
        "<<",
        "...",
        "---",
        "\\x",
    ]
)


@settings(max_examples=400)
@given(text=st.text() | st.lists(pieces, max_size=30).map("".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text at all is a case or a refusal that names its source, never another error."""
    try:
        found: Case | BadCase = read_case(text, "mine")
    except BadCase as refusal:
        found = refusal
    assert isinstance(found, Case) or found.source == "mine"


def test_unquoted_yes_is_explained() -> None:
    """YAML reads a bare yes as true; where a text is wanted, the remedy is quotes."""
    with pytest.raises(BadCase, match="quotes"):
        read_case("name: yes", "mine")


def test_preset_marks_its_answers() -> None:
    """Every answer of a preset is marked as the preset's until it is changed."""
    case = read_preset("answers: {access: {place: device, load: low}}", "presets/x.yaml", "x")
    assert case.preset == "x"
    assert case.from_preset == ("access.place", "access.load")
    assert case.with_answer("access", "load", "spiky").from_preset == ("access.place",)

"""Forms, languages, styles and encoding damage of single texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.dataset.encoding import damage, repaired
from advisor.dataset.forms import Form, answer_form, input_style, instruction_form, is_refusal, task_type
from advisor.dataset.language import UNKNOWN, guess
from advisor.dataset.tally import estimated_tokens, length_bin
from advisor.dataset.words import words


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ('{"a": [1, 2]}', Form.JSON),
        ("{not json}", Form.LABEL),
        ("```python\nprint(1)\n```", Form.CODE),
        ("| a | b |\n|---|---|\n| 1 | 2 |", Form.TABLE),
        ("- one\n- two", Form.LIST),
        ("refund", Form.LABEL),
        ("It was sent.", Form.SENTENCES),
        ("word " * 130, Form.LONG_TEXT),
        ("  ", Form.EMPTY),
    ],
)
def test_forms_of_answers(answer: str, form: Form) -> None:
    """JSON, code, tables, lists, labels and prose are told apart."""
    assert answer_form(answer) is form


@pytest.mark.parametrize(
    ("prompt", "task"),
    [
        ("Summarise this mail.", "summarise"),
        ("Translate into German: house", "translate"),
        ("Classify the ticket", "classify"),
        ("Extract all dates", "extract"),
        ("Fix this Python bug", "code"),
        ("Draft a letter", "write"),
        ("Explain the bill", "explain"),
        ("Is it open?", "answer a question"),
        ("Go.", "other"),
    ],
)
def test_task_types(prompt: str, task: str) -> None:
    """The task is told from the words of the prompt."""
    assert task_type(prompt) == task


def test_instruction_forms() -> None:
    """Questions, orders, long briefs and conversations are told apart."""
    assert instruction_form("Where is it", 2) == "question"
    assert instruction_form("Send it.", 2) == "instruction"
    assert instruction_form("a " * 500, 2) == "long brief"
    assert instruction_form("Send it.", 6) == "conversation"


@pytest.mark.parametrize(
    ("question", "style"),
    [
        ("Where is the parcel, please?", "clean"),
        ("where is teh parcel please", "with typos or shorthand"),
        ("WHERE IS THE PARCEL?", "all capitals"),
        ("where is the parcel?", "all lower case"),
        ("Where is the parcel I ordered yesterday", "no punctuation"),
    ],
)
def test_input_styles(question: str, style: str) -> None:
    """Careful and careless typing are told apart."""
    assert input_style(question, words(question)) == style


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How can I find the bill of the last month, and what is on it?", "English"),
        ("Wie kann ich die Rechnung für den letzten Monat noch einmal sehen?", "German"),
        ("Comment est-ce que je peux voir la facture du mois dernier dans mon compte ?", "French"),
        ("¿Cómo puedo ver la factura del mes pasado en la cuenta que tengo con ustedes?", "Spanish"),
        ("Как я могу посмотреть счёт за прошлый месяц в моём личном кабинете?", "Russian"),
        (
            "先月の請求書をもう一度確認するにはどうすればよいですか。教えてください。お願いします。急いでいます。",
            "Japanese",
        ),
        ("Write a haiku", UNKNOWN),
    ],
)
def test_languages(text: str, language: str) -> None:
    """Languages are guessed on forty characters and more, short text is not guessed at all."""
    assert guess(text, words(text)) == language


@pytest.mark.parametrize(
    ("answer", "refuses"),
    [
        ("I'm sorry, but I can't help with that.", True),
        ("As an AI language model, I cannot do so.", True),
        ("I can't assist with this request.", True),
        ("Sorry to hear that! The parcel arrives tomorrow.", False),
        ("I can't wait to show you: open the settings.", False),
    ],
)
def test_refusals(answer: str, refuses: bool) -> None:
    """A refusal is told from a regret."""
    assert is_refusal(answer) == refuses


@given(st.text(alphabet=st.characters(min_codepoint=0xA1, max_codepoint=0x24F, categories=["L"]), min_size=1))
def test_damage_done_by_latin1_is_undone(text: str) -> None:
    """UTF-8 that was read as Latin-1 is found and put right."""
    harmed = text.encode().decode("latin-1")

    assert repaired(harmed) == text


def test_damage_is_found_and_whole_text_is_not() -> None:
    """Mojibake, lost characters and control characters are damage; accents, quotes and emoji are not."""
    for harmed in ("caf\u00c3\u00a9", "it\u00e2\u20ac\u2122s", "lost \ufffd here", "a\x00b", "x &amp;lt; y"):
        assert damage(harmed)
    for whole in ("café São Ângelo “quoted” – 😀 naïve", "tabs\tand\nlines", "a && b &amp; c", "Überprüfung"):
        assert damage(whole) is None


def test_token_estimate_and_bins() -> None:
    """Four bytes count as a token, whatever the script; bins have closed upper ends."""
    assert estimated_tokens("a" * 400) == 100
    assert estimated_tokens("") == 1
    assert [length_bin(n) for n in (16, 17, 256, 257, 5_000)] == [
        "up to 16",
        "17-64",
        "65-256",
        "257-1,024",
        "over 4,096",
    ]

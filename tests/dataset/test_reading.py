"""Files of every sort are read row by row; a bad row never hides the next one."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.dataset import reading
from advisor.dataset.findings import BadRow
from advisor.dataset.reading import file_kind, read_examples
from advisor.dataset.rows import Example, Turn
from advisor.errors import BadInput
from tests.dataset.sets import as_jsonl, chat, pieces


def read(body: bytes, name: str = "set.jsonl", size: int = 7) -> list[Example | BadRow]:
    """All rows of a file that arrives in small pieces."""
    return list(read_examples(pieces(body, size), name))


def good(body: bytes, name: str = "set.jsonl") -> list[Example]:
    """The readable rows."""
    return [item for item in read(body, name) if isinstance(item, Example)]


def bad(body: bytes, name: str = "set.jsonl") -> list[BadRow]:
    """The others."""
    return [item for item in read(body, name) if isinstance(item, BadRow)]


def test_layouts_become_the_same_turns() -> None:
    """Chat messages, ShareGPT conversations, Google contents and pairs say the same."""
    rows = (
        chat("Hi", "Hello", None),
        {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]},
        {
            "contents": [
                {"role": "user", "parts": [{"text": "Hi"}]},
                {"role": "model", "parts": [{"text": "Hello"}]},
            ]
        },
        {"prompt": "Hi", "completion": "Hello"},
        {"Question": "Hi", "Answer": "Hello"},
    )
    examples = good(as_jsonl([*rows]))

    assert [one.turns for one in examples] == [(Turn("user", "Hi"), Turn("assistant", "Hello"))] * 5
    assert [one.layout for one in examples] == ["chat", "conversations", "contents", "pairs", "pairs"]
    assert all(one.problems == () for one in examples)


def test_instruction_and_input_join() -> None:
    """An instruction with its input is one prompt; a system column comes first."""
    row = {"instruction": "Translate", "input": "Haus", "output": "house", "system": "Be brief"}
    example = good(as_jsonl([row]))[0]

    assert example.prompt == "Translate\nHaus"
    assert [turn.role for turn in example.turns] == ["system", "user", "assistant"]


def test_bad_rows_are_named_and_the_rest_is_read() -> None:
    """Broken JSON, another type, unknown keys and bytes that are no UTF-8 are each said with their line."""
    body = b'{"prompt": "a", "completion": "b"}\n\n{oops\n[1, 2]\nnull\n{"x": 1}\n"\xff"\n'
    body += b"[" * 100_000 + b"\n" + b'{"prompt": "c", "completion": "d"}'
    items = read(body, size=1000)
    reasons = {(item.row, item.line): item.reason for item in items if isinstance(item, BadRow)}

    assert [item.row for item in items if isinstance(item, Example)] == [1, 8]
    assert "is not JSON" in reasons[2, 3]
    assert "column 2" in reasons[2, 3]
    assert "is a list" in reasons[3, 4]
    assert "is a null" in reasons[4, 5]
    assert "keys x" in reasons[5, 6]
    assert "not valid UTF-8 at byte 2" in reasons[6, 7]
    assert "nested too deeply" in reasons[7, 8]


def test_an_endless_line_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line beyond the limit is reported, and what follows is read."""
    monkeypatch.setattr(reading, "MAX_ROW_BYTES", 1_000)
    body = as_jsonl(["x" * 5_000, chat("Hi", "Hello"), "y" * 5_000])

    assert [one.row for one in good(body)] == [2]
    assert [one.row for one in bad(body)] == [1, 3]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_and_line_ends_do_not_matter(encoding: str, newline: str) -> None:
    """Byte-order marks, UTF-16 and Windows line ends are read like plain UTF-8."""
    line = json.dumps({"prompt": "Grüße?", "completion": "Ja, 你好"}, ensure_ascii=False)
    examples = good((line + newline + line + newline).encode(encoding))

    assert [one.prompt for one in examples] == ["Grüße?", "Grüße?"]
    assert [one.answer for one in examples] == ["Ja, 你好", "Ja, 你好"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_with_its_delimiter(delimiter: str) -> None:
    """CSV with quotes, line breaks inside and any usual delimiter becomes pairs; the header is no row."""
    body = f'prompt{delimiter}completion\r\n"one{delimiter} two\nthree"{delimiter}yes\r\n'.encode()
    examples = good(body, "set.csv")

    assert [(one.row, one.prompt, one.answer) for one in examples] == [
        (1, f"one{delimiter} two\nthree", "yes")
    ]


def test_bad_csv_rows_are_named() -> None:
    """A row with a column too many and one with broken bytes are said; the others are read in order."""
    items = read(b"prompt,completion\na,b\nc,d,e\nf\xff,g\nh,i\n", "set.csv")

    assert [(item.row, isinstance(item, Example)) for item in items] == [
        (1, True),
        (2, False),
        (3, False),
        (4, True),
    ]
    assert "3 columns" in bad(b"prompt,completion\nc,d,e\n", "set.csv")[0].reason


def test_csv_without_known_columns_says_what_is_known() -> None:
    """Columns that name neither a prompt nor an answer are reported with the names that would do."""
    assert "expected messages" in bad(b"colour,size\nred,2\n", "set.csv")[0].reason
    with pytest.raises(BadInput, match="fewer than two columns"):
        read(b"only\nx\n", "set.csv")


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("a.parquet", b"PAR1", "not read"),
        ("a.xlsx", b"PK", "not read"),
        ("a.json", b'[{"a": 1}]', "JSON list"),
    ],
)
def test_other_kinds_of_files_are_refused(name: str, start: bytes, said: str) -> None:
    """A Parquet file, a workbook and one big JSON list are refused with the way out."""
    with pytest.raises(BadInput, match=said) as caught:
        file_kind(name, start)
    assert caught.value.hint


def test_the_kind_is_told_by_content_when_the_name_is_silent() -> None:
    """An upload named `data` is JSONL when it starts with an object, else CSV."""
    assert file_kind("data", b' {"a": 1}') == "jsonl"
    assert file_kind("data", b"prompt,answer\n") == "csv"
    assert file_kind("data.csv", codecs.BOM_UTF8 + b"{") == "csv"


@given(
    st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), min_size=1, max_size=8), st.integers(1, 50)
)
def test_any_text_survives_any_cutting(pairs: list[tuple[str, str]], size: int) -> None:
    """Whatever stands in the rows and however the upload is cut, the rows come back unchanged."""
    rows = [{"prompt": ask, "completion": reply} for ask, reply in pairs]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    examples = [item for item in read(body, size=size) if isinstance(item, Example)]

    assert [(one.turns[0].text, one.turns[1].text) for one in examples] == pairs


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    """Random bytes give rows, bad rows or one refusal, never another failure."""
    for name in ("set.jsonl", "set.csv"):
        try:
            items = read(body, name, size=11)
        except BadInput:
            items = []
        assert [item.row for item in items] == sorted(item.row for item in items)


def test_tool_calls_may_have_no_text() -> None:
    """A message that calls a tool needs no content; a list of text parts is text."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
                {"role": "tool", "content": "sunny", "tool_call_id": "1"},
                {"role": "assistant", "content": "Sunny."},
            ]
        }
    ]
    example = good(as_jsonl([*rows]))[0]

    assert example.question == "Weather?"
    assert [problem for problem in example.problems if problem != "not_alternating"] == []


@pytest.mark.parametrize("name", ["set.jsonl", "set.csv", "set"])
def test_a_picture_is_no_text(name: str) -> None:
    """A file full of control characters is refused as a whole, with the form it should have."""
    picture = bytes(range(256)) * 4
    with pytest.raises(BadInput, match=r"is not text.*UTF-8"):
        read(picture, name, size=512)


def test_one_control_character_is_no_picture() -> None:
    """A stray control character spoils its own row only."""
    rows = [chat("Hi", "Hello", None), chat("Hi", "Hel\x01lo", None)]

    assert len(good(as_jsonl([*rows]))) == 2

"""Evaluation cases from files: what is understood, what is listed, what is refused; and back into files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.case import Attachment, Grader, ProbePrompt, Tool, Turn
from advisor.errors import BadInput
from advisor.probe.assertions import grader_of, short_text
from advisor.probe.evaluation import read_evaluation, spread_sample
from advisor.probe.evaluation_export import cases_csv, cases_jsonl, cases_yaml, table_rows

PROMPTFOO = """
description: our tests
providers: [openai:gpt]
prompts:
  - "Translate to {{language}}: {{input}}"
  - file://other.txt
defaultTest:
  assert:
    - type: latency
      threshold: 2000
tests:
  - description: greeting
    vars: {language: French, input: Hello world}
    assert:
      - {type: icontains, value: bonjour}
      - {type: contains-all, value: [monde, "!"]}
      - {type: not-contains, value: sorry, weight: 2}
      - {type: javascript, value: output.length < 10}
  - vars: {language: German, input: [Hello, Bye]}
    assert:
      - {type: is-json, value: {type: object}}
      - {type: llm-rubric, value: Is polite}
"""


def test_a_table_with_known_columns() -> None:
    """Known columns become fields, the rest values of places; a semicolon is a separator as well."""
    head = "id;prompt;city;expected;type;grader;unused"
    body = f"{head}\nA 1;Capital of {{{{city}}}}?;Peru;Lima;short;contains: Lima;x\n"
    found = read_evaluation("cases.csv", body.encode())
    prompt = found.prompts[0]

    assert (prompt.id, prompt.expected, prompt.answer_type, prompt.vars) == (
        "A-1",
        "Lima",
        "short",
        {"city": "Peru"},
    )
    assert prompt.graders == (Grader(kind="contains", value="Lima"),)
    assert found.notes == ("Column “unused” is used by no {{place}}: left out.",)


def test_turns_tools_and_files_have_columns() -> None:
    """JSON in a cell gives earlier turns and tools; a files column takes images and documents given along."""
    turns = '[{""role"": ""user"", ""text"": ""Hi""}, {""role"": ""assistant"", ""text"": ""Hello""}]'
    tools = '[{""name"": ""look""}]'
    body = f'prompt,turns,tools,files\nWhat is it?,"{turns}","{tools}",a.png | b.pdf\n'
    given = {"a.png": b"\x89PNG", "b.pdf": b"%PDF"}
    found = read_evaluation("cases.csv", body.encode(), files=given.get)
    (prompt,) = found.prompts

    assert found.problems == ()
    assert prompt.turns == (Turn(role="user", text="Hi"), Turn(role="assistant", text="Hello"))
    assert prompt.tools == (Tool(name="look"),)
    assert [(one.name, one.media_type) for one in prompt.attachments] == [
        ("a.png", "image/png"),
        ("b.pdf", "application/pdf"),
    ]
    again = read_evaluation("again.csv", cases_csv(found.prompts).encode()).prompts[0]
    assert (again.turns, again.tools, again.attachments) == (prompt.turns, prompt.tools, ())


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("turns\nWhy?,nonsense", "turns is not JSON: nonsense"),
        ("files\nWhy?,gone.png", "files: gone.png was not given along"),
        ("files\nWhy?,run.exe", "run.exe is none of png"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_column(cells: str, problem: str) -> None:
    """The row is left out with the column and the reason."""
    files = {"run.exe": b"MZ"}
    found = read_evaluation("cases.csv", f"prompt,{cells}\n".encode(), files=files.get)
    assert problem in found.problems[0]


def test_a_column_with_a_usual_but_other_name_gets_a_hint() -> None:
    """`kind` is neither the kind of answer nor a grader by itself: the note says which name each has."""
    (note,) = read_evaluation("cases.csv", b"prompt,kind\nWhy?,contains\n").notes
    assert "name it `type` for the kind of answer, `grader` for a check" in note


def test_a_template_turns_values_into_cases() -> None:
    """With one prompt for all, every column is a value; a place without a column is named."""
    found = read_evaluation(
        "v.csv", b"question,note\nWhy?,a\nHow?,\n", "Answer {{question}} ({{note}}, {{more}})"
    )

    assert [prompt.vars for prompt in found.prompts] == [
        {"question": "Why?", "note": "a"},
        {"question": "How?", "note": ""},
    ]
    assert found.notes == ("{{more}} has no value, first in case-1: such cases cannot be asked.",)


def test_promptfoo_maps_what_maps_and_lists_the_rest() -> None:
    """Prompts, vars and assertions are taken over; nothing that is not used is dropped in silence."""
    found = read_evaluation("promptfooconfig.yaml", PROMPTFOO.encode())
    first, second = found.prompts

    assert first.id == "greeting"
    assert first.vars == {"language": "French", "input": "Hello world"}
    assert [short_text(one) for one in first.graders] == [
        "icontains: bonjour",
        "contains: monde",
        "contains: !",
        "not-contains: sorry",
    ]
    assert [one.kind for one in second.graders] == ["json_schema", "rubric"]
    assert json.loads(second.graders[0].value) == {"type": "object"}
    assert set(found.notes) == {
        "providers is not used.",
        "prompt 2 is kept in another file: not read.",
        "test 1: assertion 'latency' has no grader here.",
        "test 1: weight of not-contains is not used.",
        "test 1: assertion 'javascript' has no grader here.",
        "test 2: assertion 'latency' has no grader here.",
        "test 2: input lists several values: only the first is asked.",
    }


@pytest.mark.parametrize("name", ["text", "prompt"])
def test_a_value_named_like_the_prompt_is_no_prompt(name: str) -> None:
    """The template stays the prompt, whatever its values are called."""
    tests = f"tests: [{{vars: {{lang: French, {name}: dog}}}}]"
    found = read_evaluation("p.yaml", f'prompts: ["Say {{{{{name}}}}} in {{{{lang}}}}"]\n{tests}\n'.encode())

    assert found.prompts[0].text == f"Say {{{{{name}}}}} in {{{{lang}}}}"
    assert found.prompts[0].vars == {"lang": "French", name: "dog"}
    assert found.notes == ()


def test_one_prompt_with_two_expected_answers_is_noticed() -> None:
    """The cases are named; asking the same twice with one answer, or a quote over two lines, is no fault."""
    found = read_evaluation("a.csv", b'prompt,expected\n2+2?,4\n2+2?,5\n"a\nb",1\n"a\nb",1\n')

    assert (len(found.prompts), found.problems) == (4, ())
    assert [note for note in found.notes if "different expected" in note] == [
        "case-1, case-2 ask the same with different expected answers: one of them is marked wrong."
    ]


def test_promptfoos_table_and_bare_list() -> None:
    """Columns named __expected hold assertions, a bare text one of equality; a list of tests may be all."""
    table = read_evaluation("t.csv", b"question,__expected1,__expected2\nWhy?,contains: so,Because\n")
    tests = read_evaluation("t.yaml", b"- vars: {question: Why}\n  assert: [{type: equals, value: So}]\n")

    assert [short_text(one) for one in table.prompts[0].graders] == ["contains: so", "exact: Because"]
    assert [short_text(one) for one in tests.prompts[0].graders] == ["exact: So"]


def test_chat_messages_become_turns() -> None:
    """System, earlier turns, the last question; a closing answer is what is expected."""
    roles = [
        ("system", "Be short."),
        ("user", "Hi"),
        ("assistant", "Hello"),
        ("user", "2+2?"),
        ("assistant", "4"),
    ]
    line = json.dumps({"messages": [{"role": role, "content": text} for role, text in roles]})
    prompt = read_evaluation("a.jsonl", line.encode()).prompts[0]

    assert (prompt.system, prompt.text, prompt.expected) == ("Be short.", "2+2?", "4")
    assert [turn.text for turn in prompt.turns] == ["Hi", "Hello"]


FULL = ProbePrompt(
    id="full",
    text="Read {{what}}",
    system="=1+1",
    expected="-5",
    answer_type="choice",
    options=("-5", "6"),
    vars={"what": "@this\nand that"},
    turns=(Turn(role="user", text="Hi"),),
    attachments=(Attachment(name="a.png", media_type="image/png", data="aGk="),),
    tools=(Tool(name="look", parameters={"type": "object"}),),
    graders=(
        Grader(kind="number", value="-5", tolerance=0.5),
        Grader(kind="grounded", value="{{what}}", minimum=0.5),
    ),
)


@pytest.mark.parametrize(("name", "write"), [("a.yaml", cases_yaml), ("a.jsonl", cases_jsonl)])
def test_what_is_written_is_read_back(name: str, write: Callable[[list[ProbePrompt]], str]) -> None:
    """YAML and JSONL hold all there is to a case."""
    found = read_evaluation(name, write([FULL, FULL.model_copy(update={"id": "b"})]).encode())

    assert found.prompts == (FULL, FULL.model_copy(update={"id": "b"}))
    assert (found.notes, found.problems) == ((), ())


def test_a_spreadsheet_runs_nothing() -> None:
    """Cells that look like formulas are written with an apostrophe, and read back as they were."""
    text = cases_csv([FULL])
    row = next(csv.DictReader(io.StringIO(text)))

    assert (row["system"], row["expected"], row["what"]) == ("'=1+1", "'-5", "'@this\nand that")
    assert table_rows(read_evaluation("a.csv", text.encode()).prompts) == table_rows([FULL])


KINDS = st.sampled_from(["exact", "contains", "regex", "number", "rubric", "grounded"])


@given(KINDS, st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1), st.booleans())
def test_a_grader_survives_its_short_text(kind: str, value: str, negate: bool) -> None:
    """`not-contains: sorry` and its like are read back as the grader they stand for."""
    grader = Grader.model_validate({"kind": kind, "value": value.strip(), "negate": negate})

    assert grader_of(short_text(grader)) == grader


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("a.csv", b"", "no column names"),
        ("a.csv", b"prompt\n", "holds no cases"),
        ("a.csv", b"prompt,prompt\nx,y\n", "stands twice"),
        ("a.csv", b"PK\x03\x04\x00\x00", "is no text file"),
        ("a.yaml", b"a: &x 1\nb: *x\n", "anchors"),
        ("a.yaml", b"name: mine\n", "neither `prompts:` nor promptfoo's `tests:`"),
        ("a.json", b'{"prompts": [', "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(name: str, body: bytes, words: str) -> None:
    """A file that is none is one sentence with what to do."""
    with pytest.raises(BadInput) as caught:
        read_evaluation(name, body)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("a.csv", b"city\nLima\n", "line 2: holds no prompt"),
        ("a.csv", b"prompt\n \nx,y\n", "line 3: has 2 cells for 1 columns"),
        ("a.csv", b'prompt,expected\nx,4\n"y,5\nz,6\n', "line 3: a quote is never closed"),
        ("a.csv", b"prompt,type\nx,poem\n", "answer_type"),
        ("a.csv", b"prompt,grader\nx,regex: (\n", "grader regex is no pattern"),
        ("a.csv", b"prompt,options,expected\nx,A|B,C\n", "expected is none of the options"),
        ("a.jsonl", b"{\n", "line 1: is not JSON"),
        ("a.jsonl", b"7\n", "is no mapping"),
        ("a.jsonl", b'{"messages": [{"role": "assistant", "content": "x"}]}\n', "without a question"),
        ("a.jsonl", b'{"prompt": "x", "graders": [{"kind": "poem"}]}\n', "kind"),
        ("a.jsonl", b'{"prompt": "x", "vars": 7}\n', "line 1"),
        ("a.jsonl", b'{"messages": 7}\n', "line 1"),
        ("a.jsonl", b'{"messages": [{}]}\n', "line 1"),
    ],
)
def test_a_broken_row_is_left_out_and_named(name: str, body: bytes, words: str) -> None:
    """Rows that break a rule are named with their place; the others stay."""
    found = read_evaluation(name, body)

    assert words in found.problems[0]
    assert found.broken == 1


def test_other_encodings_are_read_and_said() -> None:
    """UTF-16 with its mark is read; in a mixed file only the lines that are no UTF-8 are Windows-1252."""
    body = "prompt\nfünf\n"
    mixed = "prompt\nfünf\n".encode() + "sechs ü\n".encode("cp1252")

    assert read_evaluation("a.csv", body.encode("utf-16")).prompts[0].text == "fünf"
    found = read_evaluation("a.csv", mixed)
    assert [one.text for one in found.prompts] == ["fünf", "sechs ü"]
    assert "Line 3 is not UTF-8: it was read as Windows-1252" in found.notes[0]


def test_many_broken_rows_are_counted() -> None:
    """Twenty are named, the rest is a number."""
    found = read_evaluation("a.jsonl", b"{\n" * 1_000)

    assert (len(found.problems), found.broken) == (21, 1_000)
    assert found.problems[-1] == "… and 980 more rows"


def test_a_sample_is_spread_over_the_file() -> None:
    """Three of nine: the first of each third, the same every time."""
    prompts = [ProbePrompt(id=f"p{number}", text="x") for number in range(9)]

    assert [prompt.id for prompt in spread_sample(prompts, 3)] == ["p0", "p3", "p6"]
    assert spread_sample(prompts, 20) == tuple(prompts)


@pytest.mark.parametrize(
    ("name", "body", "form"),
    [
        ("a.yaml", b"# mine\n- prompt: 2 + 2?\n  expected: 4\n- 3 + 3?\n", "YAML list of cases"),
        ("a.json", b'[{"question": "2 + 2?", "ideal": 4}, "3 + 3?"]', "JSON list of cases"),
        ("a.yaml", b"prompts:\n- text: 2 + 2?\n- 3 + 3?\n", "YAML"),
        ("a.yaml", b"- vars: {question: 2 + 2?}\n- vars: {question: 3 + 3?}\n", "promptfoo's tests"),
    ],
)
def test_the_form_of_a_list_is_recognised(name: str, body: bytes, form: str) -> None:
    """A plain list of cases is ours; one of vars without a prompt is promptfoo's; the form is said."""
    found = read_evaluation(name, body)

    assert found.form == form
    assert [one.vars.get("question", one.text) for one in found.prompts] == ["2 + 2?", "3 + 3?"]


def test_a_choice_without_options_names_them() -> None:
    """The problem says which field is missing and shows what to write."""
    found = read_evaluation("a.yaml", b"- prompt: Which colour?\n  answer_type: choice\n")

    assert found.prompts == ()
    assert "needs `options`" in found.problems[0]
    assert "options: red | green | blue" in found.problems[0]

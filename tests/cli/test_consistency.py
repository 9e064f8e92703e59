"""`advisor consistency`: figures of replies produced elsewhere, precise errors, and nothing is obeyed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from advisor.cli.commands import cli
from advisor.cli.documents import SCHEMAS
from advisor.errors import BadInput, NotFound

STEADY, WAVERING = ["The answer is (A)."] * 5, ["A", "B", "A", "(A)", "I think B"]


def _file(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "replies.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def _choice(prompt: str, model: str, replies: list[Any], **more: Any) -> dict[str, Any]:
    fields = {"answer_type": "choice", "options": ["A", "B"], "expected": "A"}
    return {"prompt": prompt, "model": model, "replies": replies} | fields | more


def _document(path: Path) -> Any:
    result = CliRunner().invoke(cli, ["consistency", str(path), "--json"], catch_exceptions=False)
    parsed = json.loads(result.stdout)
    jsonschema.validate(parsed, SCHEMAS["consistency"]())
    return parsed


def _words(path: Path) -> str:
    return CliRunner().invoke(cli, ["consistency", str(path)], catch_exceptions=False).stdout


def _six(tmp_path: Path) -> Path:
    names = [f"p{number}" for number in range(6)]
    return _file(
        tmp_path,
        *[_choice(name, "steady", STEADY) for name in names],
        *[_choice(name, "wavering", WAVERING) for name in names],
    )


def test_the_document_holds_every_figure(tmp_path: Path) -> None:
    """Six prompts, AAAAA against ABAAB: agree@2 1 and 0.4, pass^5 1 and 0, the difference shown."""
    steady, wavering = (one["figures"] for one in _document(_six(tmp_path))["models"])

    assert steady["agree_2"]["value"] == 1.0
    assert steady["agree_2"]["low"] < 0.8
    assert wavering["agree_2"]["value"] == pytest.approx(0.4)
    assert [each["all_of"]["value"] for each in (steady["passes"][-1], wavering["passes"][-1])] == [1.0, 0.0]
    assert (wavering["worst_accuracy"], wavering["best_accuracy"]) == (0.0, 1.0)
    assert wavering["same_answer"]["replies"] == "5"


def test_pairs_are_compared_on_the_same_prompts(tmp_path: Path) -> None:
    """A constant difference over six prompts: sign test 2 x 0.5^6, corrected for the one pair there is."""
    pairs = {pair["figures"]["metric"]: pair["figures"] for pair in _document(_six(tmp_path))["pairs"]}

    assert pairs["agree_2"]["difference"] == pytest.approx(0.6)
    assert pairs["agree_2"]["p"] == pytest.approx(0.03125)
    assert pairs["pass_rate"]["difference"] == pytest.approx(0.4)


def test_every_reply_says_what_decided(tmp_path: Path) -> None:
    """The rule is kept per reply; a reply that names both options stands for itself."""
    path = _file(tmp_path, _choice("p", "m", ["(A)", "both (A) and (B)", None, ""]))
    answers = _document(path)["prompts"][0]["figures"]["answers"]

    assert [one["rule"] for one in answers] == ["choice", "text", "", ""]
    assert [one["category"] for one in answers] == ["valid", "valid", "error", "empty"]
    assert [one["right"] for one in answers] == [True, False, None, False]


def test_words_claim_no_certainty(tmp_path: Path) -> None:
    """Five of five equal answers: no sentence says 100 % or that the model is consistent."""
    told = _words(_six(tmp_path)).split("wavering\n")[0]

    assert "every time so far" in told
    assert "100 % consistent" not in told
    assert "not enough runs to say" in told


def test_one_valid_reply_is_undefined(tmp_path: Path) -> None:
    """One valid reply of three: agreement is null in the document and undefined in words."""
    document = _document(_file(tmp_path, _choice("p", "m", ["A", None, {"error": "timeout"}])))

    assert document["models"][0]["figures"]["agree_2"] is None
    assert document["prompts"][0]["sentences"] == ["1 of 3 replies can be compared: agreement is undefined."]


def test_other_wordings_are_compared(tmp_path: Path) -> None:
    """Three wordings, each perfectly steady, one of them answered otherwise: within 1, between 1/3."""
    lines = [
        _choice(f"w{n}", "m", ["A" if n < 2 else "B"] * 5, rewords="w0" if n else None) for n in range(3)
    ]
    figures = _document(_file(tmp_path, *lines))["models"][0]["figures"]

    assert figures["reworded"][0]["within"] == 1.0
    assert figures["wording_between"] == pytest.approx(1 / 3)
    assert figures["reworded"][0]["p"] < 0.01


def test_free_text_is_kept_apart(tmp_path: Path) -> None:
    """Free text is approximate: it is averaged with exact answers in no figure, TARa and unseen included."""
    free = {"prompt": "f", "model": "m", "replies": ["Cracks in two cables", "It rained all the summer long"]}
    path = _file(tmp_path, free, _choice("p", "m", STEADY))
    figures = _document(path)["models"][0]["figures"]

    assert (figures["agree_2"]["n"], figures["agree_2_approximate"]["n"]) == (1, 1)
    assert (figures["same_answer"]["prompts"], figures["same_answer"]["share"]) == (1, 1.0)
    assert (figures["same_wording"]["prompts"], figures["unseen_share"]) == (2, 0.0)
    assert "same answer on 1 of 1 prompt whose answers are compared exactly" in _words(path)
    # The guard against negations is ours: nobody has measured it, and that is said wherever it shows.
    assert "its accuracy not measured" in _words(path)
    assert "its accuracy not measured" not in _words(_six(tmp_path))


def test_what_counts_as_right_is_said(tmp_path: Path) -> None:
    """Two right, one empty, one failed: 2 of 3 judged, the empty one wrong, the failed one left out."""
    told = _words(_file(tmp_path, _choice("p", "m", ["A", "A", "", None])))

    assert "Right: 2 of 3 judged replies to 1 prompt" in told
    assert "Empty replies count as wrong. Failed calls are left out." in told
    assert "Counted apart, never as answers: 1 empty reply, 1 failed call." in told


@pytest.mark.parametrize(
    ("line", "place", "rule"),
    [
        ("{", "line 2", "is not JSON"),
        ("[1]", "line 2", "must be one JSON object"),
        ('{"prompt": "p", "model": "m"}', "line 2: replies", "is missing"),
        ('{"prompt": "p", "model": "m", "replies": []}', "line 2: replies", "at least one reply"),
        (
            '{"prompt": "p", "model": "m", "replies": [7]}',
            "line 2: replies.0",
            "must be a text, null for a failed call",
        ),
        (
            '{"prompt": "p", "model": "m", "replies": ["a"], "anwser": 1}',
            "line 2: anwser",
            "is no field of a reply line",
        ),
        ('{"prompt": "a", "model": "m", "replies": ["a"], "expected": "B"}', "line 2: expected", "line 1"),
        (
            '{"prompt": "p", "model": "m", "replies": ["a"], "expectd": "B"}',
            "line 2",
            "Did you mean expected?",
        ),
        ('{"prompt": "p", "model": "m", "replies": [{"txt": "a"}]}', "replies.0.txt", "Did you mean text?"),
        (
            '{"prompt": "p", "model": "m", "replies": ["a"], "answer_type": "chioce"}',
            "line 2",
            "mean choice?",
        ),
        (
            '{"prompt": "p", "model": "m", "replies": ["a"], "answer_type": "choice"}',
            "line 2",
            '"options": [',
        ),
        ("[" * 100_000, "line 2", "too deeply nested"),
        (f'{{"prompt": {"9" * 5_000}}}', "line 2", "number too long"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, line: str, place: str, rule: str) -> None:
    """Every broken line is named by number and field."""
    path = _file(tmp_path, _choice("a", "m", ["A"]), line)

    with pytest.raises(BadInput) as caught:
        CliRunner().invoke(cli, ["consistency", str(path)], catch_exceptions=False)

    assert place in str(caught.value)
    assert rule in str(caught.value)


def test_all_mistakes_are_listed_at_once(tmp_path: Path) -> None:
    """Twenty-five broken lines: all counted, the first twenty named with their lines, in no jargon."""
    lines = ["{", *['{"prompt": "p", "model": "m", "replies": ["a"], "anser": 1}'] * 24]

    with pytest.raises(BadInput) as caught:
        CliRunner().invoke(cli, ["consistency", str(_file(tmp_path, *lines))], catch_exceptions=False)

    told = str(caught.value)
    assert "25 mistakes, of which the first 20:" in told
    assert "line 1: is not JSON" in told
    assert "line 20: anser: is no field" in told
    assert "line 21" not in told
    assert "pydantic" not in told
    assert "permitted" not in told


def test_other_encodings_and_missing_files_are_named(tmp_path: Path) -> None:
    """A line that is not UTF-8, an empty file and a missing one are each one sentence."""
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"prompt": "p", "model": "é", "replies": ["a"]}\n'.encode("latin-1"))

    with pytest.raises(BadInput, match="line 1: is not UTF-8 text"):
        CliRunner().invoke(cli, ["consistency", str(path)], catch_exceptions=False)
    with pytest.raises(BadInput, match="holds no replies"):
        CliRunner().invoke(cli, ["consistency", str(_file(tmp_path, ""))], catch_exceptions=False)
    with pytest.raises(NotFound):
        CliRunner().invoke(cli, ["consistency", str(tmp_path / "none")], catch_exceptions=False)


def test_a_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Escape sequences in names and replies are not printed; absurd numbers and markup are inert text."""
    replies = ["\x1b[2J", "1e999999999", "<script>alert(1)</script>", "7"]
    line = {"prompt": "p", "model": "\x1b]0;owned\x07m", "replies": replies, "answer_type": "number"}
    told = _words(_file(tmp_path, line))

    assert "\x1b" not in told
    assert "\x07" not in told
    assert "]0;owned" in told

"""Documents of strangers: read strictly, refused with place and remedy."""

from __future__ import annotations

import pytest

from advisor.documents import MAX_CHARACTERS, line_of, near, read_document
from advisor.errors import BadCase

REFUSED = {
    "too large": ("a: " + "x" * MAX_CHARACTERS, "too large"),
    "list": ("- 1\n- 2\n", "must be a mapping"),
    "empty": ("", "must be a mapping"),
    "duplicate in YAML": ("name: a\nname: b\n", "the key name stands twice"),
    "duplicate deep in YAML": ("a:\n  - b: 1\n    b: 2\n", "the key b stands twice"),
    "duplicate in JSON": ('{"name": 1, "name": 2}', "the key name stands twice"),
    "anchor": ("a: &x [1]\nb: *x\n", "anchors and aliases"),
    "tag that runs code": (
        "a: !!python/object/apply:os.system ['true']\n",
        "could not determine a constructor",
    ),
    "broken YAML": ("a: [1, 2\n", "line"),
    "tab": ("a:\n\tb: 1\n", "line 2"),
    "control character": ("a: \x00\n", "cannot be read"),
    "broken JSON": ('{"a": ', "cannot be read"),
    "not a number": ('{"a": NaN}', "NaN is not a number"),
    "deep YAML": ("[" * 40 + "]" * 40, "nested too deeply"),
    "very deep JSON": ('{"a":' * 100_000, "cannot be read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """Each kind of bad document gives one error that names the source and what to do."""
    text, part = REFUSED[name]
    with pytest.raises(BadCase) as refusal:
        read_document(text, "mine.yaml", BadCase)
    assert "mine.yaml" in str(refusal.value)
    assert part in str(refusal.value)
    assert refusal.value.hint


@pytest.mark.parametrize("text", ["a: 1\nb: [x, y]\n", '{"a": 1, "b": ["x", "y"]}'])
def test_yaml_and_json_mean_the_same(text: str) -> None:
    """A mapping reads alike in both forms."""
    assert read_document(text, "mine", BadCase) == {"a": 1, "b": ["x", "y"]}


def test_near_names() -> None:
    """A name that is nearly right is corrected; another gets the list."""
    assert near("acess", ["access", "tuning"]) == "Did you mean access?"
    assert near("zzz", ["access", "tuning"]) == "Remove it; known here: access, tuning."


def test_a_field_has_a_line() -> None:
    """A dotted field is found in mappings and lists, else the last part of its way that is there."""
    text = "version: 1\nanswers:\n  access:\n    place: moon\nprobe:\n  prompts:\n    - id: a\n    - id: b\n"

    assert line_of(text, "answers.access.place") == 4
    assert line_of(text, "probe.prompts.1.id") == 8
    assert line_of(text, "answers.access.load") == 3
    assert line_of(text, "name") is None
    assert line_of("a: [", "a") is None

"""Prompt sets are checked when they are read, and the shipped ones are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import BadCatalog
from advisor.host.probe_sets import load_probe_sets
from advisor.probe.equality import judge_texts


def test_the_shipped_sets_expect_what_their_rules_can_read() -> None:
    """Every expected answer is found by its own answer type, not only as raw text."""
    prompts = [prompt for each in load_probe_sets() for prompt in each.prompts if prompt.expected]
    rules = {prompt.id: judge_texts([prompt.expected or ""], prompt)[0].rule for prompt in prompts}

    assert rules == {prompt.id: prompt.answer_type for prompt in prompts}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("id: [", "not readable YAML"),
        ("id: a\nname: A\nabout: x\nprompts: []\n", "at least 1"),
        ("id: a\nname: A\nabout: x\nprompts: [{id: p, txt: hi}]\n", "unknown key"),
        (
            "id: a\nname: A\nabout: x\n"
            "prompts: [{id: p, text: q, answer_type: choice, options: [x], expected: y}]",
            "no option",
        ),
    ],
)
def test_a_broken_set_names_its_file(tmp_path: Path, body: str, words: str) -> None:
    """A file that breaks a rule is refused with its name and the rule."""
    (tmp_path / "broken.yaml").write_text(body)

    with pytest.raises(BadCatalog) as error:
        load_probe_sets(tmp_path)

    assert error.value.source == "broken.yaml"
    assert words in error.value.rule

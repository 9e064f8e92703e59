"""Places marked {{name}} in prompts and graders, filled with the values of one case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from advisor.case import ProbePrompt
from advisor.errors import BadCase

_PLACE = re.compile(r"\{\{\s*([\w.-]{1,60})\s*\}\}")


def rendered(prompt: ProbePrompt) -> ProbePrompt:
    """The prompt as it is asked. Values are inserted once and never read as templates themselves.

    Raises:
        BadCase: A place has no value.
    """
    missing = missing_vars(prompt)
    if missing:
        rule = f"has no value for {', '.join(missing)}"
        raise BadCase("case", f"probe.prompts.{prompt.id}", rule, "Fill the column, or remove the place.")
    return prompt if not prompt.vars else _filled(prompt)


def missing_vars(prompt: ProbePrompt) -> tuple[str, ...]:
    """Places without a value; none when the prompt has no values at all: its braces are then plain text."""
    if not prompt.vars:
        return ()
    return tuple(name for name in places(prompt) if name not in prompt.vars)


def places(prompt: ProbePrompt) -> tuple[str, ...]:
    """Names of all places, in their order."""
    texts = [prompt.system or "", *(turn.text for turn in prompt.turns), prompt.text, prompt.expected or ""]
    texts += [grader.value for grader in prompt.graders]
    return places_in(texts)


def places_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Names of all places in some texts, each once, in their order."""
    return tuple(dict.fromkeys(name for text in texts for name in _PLACE.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its places filled; places without a value stay as they are."""
    return _PLACE.sub(lambda place: values.get(place.group(1), place.group()), text)


def _filled(prompt: ProbePrompt) -> ProbePrompt:
    def fill(text: str) -> str:
        return filled(text, prompt.vars)

    graders = tuple(one.model_copy(update={"value": fill(one.value)}) for one in prompt.graders)
    turns = tuple(one.model_copy(update={"text": fill(one.text)}) for one in prompt.turns)
    changes = {
        "text": fill(prompt.text),
        "system": None if prompt.system is None else fill(prompt.system),
        "expected": None if prompt.expected is None else fill(prompt.expected),
        "turns": turns,
        "graders": graders,
        "vars": {},
    }
    # Values may be longer than a template may: the limits are checked again.
    return ProbePrompt.model_validate(prompt.model_dump() | {k: _plain(v) for k, v in changes.items()})


def _plain(value: object) -> object:
    return [one.model_dump() for one in value] if isinstance(value, tuple) else value

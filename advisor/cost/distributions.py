"""Distributions of a next word to turn the sampling knobs on: counted, made up, or a provider's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, log
from typing import Any, cast

from advisor.errors import BadInput

MOST_TOKENS = 40
"""Tokens of one distribution that are kept, likeliest first."""
MOST_POSITIONS = 50
"""Positions of a pasted reply that are kept."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Tokens that may come next and their logits; a constant added to all changes nothing."""

    name: str
    source: str
    tokens: tuple[str, ...]
    logits: tuple[float, ...]
    covers: float | None
    """Share of all that may come which these tokens stand for; None is unknown."""
    simulated: bool = False


LICENCE = "Apache License 2.0, terms without the appendix, words counted in small letters"
NOVEL = (
    "Lewis Carroll, Alice's Adventures in Wonderland (1865), chapter I, Project Gutenberg ebook 11, "
    "Millennium Fulcrum Edition 3.0; 2,161 words in small letters, pairs counted across punctuation on "
    "2026-11-24"
)


_SHORT = {NOVEL: "in a novel", LICENCE: "in a licence"}


def _counted(word: str, total: int, counts: Mapping[str, int], source: str) -> Distribution:
    """What followed a word, as counted; the logarithm of a count is a logit."""
    covered = sum(counts.values()) / total
    logits = tuple(log(count) for count in counts.values())
    return Distribution(f"after “{word}”, {_SHORT[source]}", source, tuple(counts), logits, covered)


COUNTS: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "the": (
        82,
        {
            "work": 25,
            "terms": 5,
            "copyright": 5,
            "derivative": 5,
            "license": 4,
            "licensor": 4,
            "purposes": 3,
            "source": 3,
            "notice": 3,
            "following": 2,
        },
    ),
    "of": (63, {"the": 22, "this": 9, "any": 5, "such": 3, "authorship": 3, "your": 2}),
    "this": (16, {"license": 12, "definition": 2, "document": 1, "section": 1}),
}
"""Word -> how often it was followed by any word, and by the most common ones."""

NOVEL_COUNTS: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "she": (
        79,
        {
            "was": 13,
            "had": 8,
            "could": 5,
            "found": 5,
            "tried": 5,
            "came": 3,
            "went": 3,
            "fell": 2,
            "felt": 2,
            "looked": 2,
            "said": 2,
            "very": 2,
        },
    ),
    "the": (
        91,
        {
            "way": 5,
            "little": 4,
            "rabbit": 4,
            "table": 4,
            "door": 3,
            "right": 3,
            "air": 2,
            "earth": 2,
            "fall": 2,
            "garden": 2,
            "hall": 2,
            "key": 2,
            "top": 2,
            "well": 2,
            "words": 2,
        },
    ),
    "to": (
        75,
        {
            "her": 7,
            "be": 6,
            "get": 5,
            "herself": 5,
            "do": 3,
            "say": 3,
            "see": 3,
            "the": 3,
            "ask": 2,
            "happen": 2,
            "hear": 2,
            "look": 2,
            "think": 2,
        },
    ),
    "of": (43, {"the": 14, "a": 2}),
}
"""The same in a novel in the public domain; followers that occur twice or more."""

COUNTED = tuple(
    _counted(word, total, counts, source)
    for source, table in ((NOVEL, NOVEL_COUNTS), (LICENCE, COUNTS))
    for word, (total, counts) in table.items()
)
"""Real texts counted: what follows a word in a novel, and in a licence, both of which anybody can look up."""

EXAMPLE = Distribution(
    "five tokens", "made up for this page", ("A", "B", "C", "D", "E"), (2.0, 1.0, 0.5, 0.0, -1.0), 1.0, True
)
"""Hand-typed logits."""


def read_logprobs(text: str) -> tuple[Distribution, ...]:
    """Distributions in a reply with log-probabilities, one for each position of the answer.

    Args:
        text: JSON of an OpenAI-style reply, of its `logprobs` part, or a list of `{"token", "logprob"}`.

    Raises:
        BadInput: It is no JSON, or holds no log-probabilities.
    """
    try:
        parsed: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            "log-probabilities", "", "not JSON", "Paste the reply as the provider sent it."
        ) from error
    found = tuple(_positions(parsed))[:MOST_POSITIONS]
    if not found and isinstance(parsed, list):
        # A bare list of tokens is one distribution; below "content" it would be the answer itself.
        bare = _distribution("pasted", cast("list[object]", parsed))
        found = () if bare is None else (bare,)
    if not found:
        hint = "Ask with logprobs true and top_logprobs 20, and paste the whole reply."
        raise BadInput("log-probabilities", "", "no top_logprobs in it", hint)
    return found


def _positions(parsed: object) -> Iterator[Distribution]:
    if isinstance(parsed, list):
        for number, item in enumerate(cast("list[object]", parsed), start=1):
            yield from _position(number, item)
    elif isinstance(parsed, dict):
        for key in ("choices", "logprobs", "content", "message"):
            if key in parsed:
                yield from _positions(cast("dict[str, object]", parsed)[key])


def _position(number: int, item: object) -> Iterator[Distribution]:
    if not isinstance(item, dict):
        return
    entry = cast("dict[str, object]", item)
    top = entry.get("top_logprobs")
    if isinstance(top, list):
        token = entry.get("token")
        made = _distribution(position_name(number, str(token)), cast("list[object]", top))
        if made is not None:
            yield made
    else:
        yield from _positions(entry)


def _distribution(name: str, entries: list[object]) -> Distribution | None:
    pairs = [pair for pair in map(_pair, entries) if pair is not None]
    if len(pairs) < len(entries) or not pairs:
        return None
    return from_logprobs(name, "your paste", pairs)


def from_logprobs(
    name: str, source: str, pairs: Iterable[tuple[str, float]], *, simulated: bool = False
) -> Distribution:
    """A distribution of tokens with the natural logarithm of their probability, the likeliest kept."""
    kept = sorted(pairs, key=lambda pair: -pair[1])[:MOST_TOKENS]
    covers = min(1.0, sum(exp(logprob) for _, logprob in kept))
    tokens, logits = tuple(token for token, _ in kept), tuple(value for _, value in kept)
    return Distribution(name, source, tokens, logits, covers, simulated)


def position_name(number: int, token: str) -> str:
    """Name of a place in an answer, counted from 1, by the token that was drawn there."""
    return f"position {number}, where {json.dumps(token, ensure_ascii=False)} was drawn"


def _pair(entry: object) -> tuple[str, float] | None:
    if not isinstance(entry, dict):
        return None
    token, value = (
        cast("dict[str, object]", entry).get("token"),
        cast("dict[str, object]", entry).get("logprob"),
    )
    if not isinstance(token, str) or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Zero probability comes as minus infinity or as a huge negative number.
    return (token, float(value)) if -1e4 < value <= 0 else None

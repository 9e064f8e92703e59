"""A second opinion on the rule for free text: which pairs of replies are worth another look.

No level of likeness is taken for "the same": none holds over models and topics. The pairs themselves are
the measure: those the rule calls different that are as alike as its equal ones, and the other way round.
Nothing here changes a figure; a person may, by saying of two replies whether they say the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import numpy as np

from advisor.frozen import Frozen
from advisor.probe.agreement import Studied
from advisor.probe.extract import bare
from advisor.probe.freetext import own_words

Vector = Sequence[float]

MEASURED = (
    "Measured on QA-Eval, 1,000 pairs of sentences by chat models that people called equal or different: "
    "the rule tells them apart with 83 % accuracy (AUC 0.907), MiniLM on the text without the prompt's "
    "words with 81 % (AUC 0.895), the mean of both with 86 % (AUC 0.908). English, questions of fact; other "
    "embedding models were not measured."
)
MOST_TEXTS = 300
"""Different replies to one prompt of one model that are compared pair by pair."""


class Doubt(Frozen):
    """Two replies about which rule and embedding see things differently."""

    prompt: str
    model: str
    one: str
    other: str
    same: bool
    """What the rule says."""
    cosine: float
    against: float
    """Middle cosine of the pairs about which the rule says the opposite."""

    @property
    def distance(self) -> float:
        """How far the cosine lies on the other side."""
        return abs(self.cosine - self.against)

    @property
    def words(self) -> str:
        """The reason in a sentence."""
        if self.same:
            return (
                f"The rule calls them equal, though they are less alike (cosine {self.cosine:.2f}) than half "
                f"of the pairs it calls different ({self.against:.2f})."
            )
        return (
            f"The rule calls them different, though they are at least as alike (cosine {self.cosine:.2f}) as "
            f"half of the pairs it calls equal ({self.against:.2f})."
        )


class Looked(Frozen):
    """What was compared at one prompt."""

    prompt: str
    equal: int
    """Pairs of different texts that the rule calls equal."""
    different: int
    missing: int
    """Texts without an embedding."""
    doubts: tuple[Doubt, ...]
    """Farthest from the rule first."""

    @property
    def words(self) -> str:
        """Why there is nothing to compare with; empty when there is."""
        if self.equal and self.different:
            return ""
        lacking = "equal" if not self.equal else "different"
        return f"The rule calls no two different texts {lacking} here: nothing to hold the others against."


@dataclass(frozen=True, slots=True)
class _Pair:
    model: str
    one: str
    other: str
    same: bool


def texts_to_embed(studied: Sequence[Studied]) -> tuple[str, ...]:
    """The distinct texts worth an embedding: replies in free text without the words of their prompt."""
    found = [
        own_words(text, one.prompt.text)
        for one in studied
        for text in _distinct(one)
        if len(_distinct(one)) > 1
    ]
    return tuple(dict.fromkeys(found))


def look_again(studied: Sequence[Studied], vectors: Mapping[str, Vector]) -> tuple[Looked, ...]:
    """For every free-text prompt the pairs to look at again, pairs of all its models held together.

    Args:
        studied: Judged replies.
        vectors: Text as `texts_to_embed` gives it -> its embedding.
    """
    groups: dict[str, list[Studied]] = {}
    for one in studied:
        if len(_distinct(one)) > 1:
            groups.setdefault(one.figures.prompt, []).append(one)
    return tuple(_looked(prompt, members, vectors) for prompt, members in groups.items())


def _distinct(one: Studied) -> dict[str, Hashable]:
    """Reply text -> its key, of free text alone; nothing where there are too many to compare."""
    if not one.figures.approximate:
        return {}
    found = {
        bare(reply.text): key
        for reply, key in zip(one.replies, one.keys, strict=True)
        if not reply.tool_calls
    }
    return found if len(found) <= MOST_TEXTS else {}


def _looked(prompt: str, members: Sequence[Studied], vectors: Mapping[str, Vector]) -> Looked:
    asked = members[0].prompt
    said = {frozenset((one.one, one.other)) for one in asked.verdicts}
    place = {text: own_words(text, asked.text) for one in members for text in _distinct(one)}
    missing = {text for text in place.values() if text not in vectors}
    cosines = {
        pair: _cosine(vectors[place[pair.one]], vectors[place[pair.other]])
        for pair in _pairs(members)
        if not {place[pair.one], place[pair.other]} & missing
    }
    middle = {
        same: _middle([value for pair, value in cosines.items() if pair.same is same])
        for same in (True, False)
    }
    doubts = [
        Doubt(
            prompt=prompt,
            model=pair.model,
            one=pair.one,
            other=pair.other,
            same=pair.same,
            cosine=value,
            against=against,
        )
        for pair, value in cosines.items()
        if frozenset((pair.one, pair.other)) not in said
        and (against := middle[not pair.same]) is not None
        and (value < against if pair.same else value >= against)
    ]
    return Looked(
        prompt=prompt,
        equal=sum(pair.same for pair in cosines),
        different=sum(not pair.same for pair in cosines),
        missing=len(missing),
        doubts=tuple(sorted(doubts, key=lambda one: -one.distance)),
    )


def _pairs(members: Sequence[Studied]) -> Iterator[_Pair]:
    for one in members:
        for (first, key), (second, other) in combinations(_distinct(one).items(), 2):
            yield _Pair(one.figures.model, first, second, key == other)


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _cosine(one: Vector, other: Vector) -> float:
    first, second = np.asarray(one), np.asarray(other)
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length else 0.0

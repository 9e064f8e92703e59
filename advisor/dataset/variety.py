"""How varied answers are: the check for model collapse and for imitation of one manner.

Distinct three-word runs over all three-word runs, the distinct-n of Li et al. (2016, "A Diversity-Promoting
Objective Function for Neural Conversation Models"). A longer text repeats itself more, so the share is taken
in segments of 1,000 runs each and averaged: the mean segmental type-token ratio of Johnson (1944, "Studies
in Language Behavior"), for runs in place of words. Sets and groups of any size then compare.
Limits (four fifths of the people's share, two fifths in all, three answers in ten that begin alike) are
assumptions of ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from advisor.dataset.findings import Finding, Quality, Severity, Variety
from advisor.dataset.words import Hashes, runs_in_order
from advisor.wording import percent

RUN = 3
SEGMENT = 1_000
"""Runs in a segment: about 1,000 words."""
ALL, PEOPLE, MODEL = "all answers", "answers people wrote", "answers a model wrote"
LEAST_OF_PEOPLE = 0.8
LEAST_DISTINCT = 0.4
MOST_ALIKE = 0.3
_MIN_ROWS_ALIKE = 20
_MOST_OPENINGS = 100_000
_YES = frozenset(["true", "yes", "1", "synthetic", "generated", "y"])
_MODELS = ("synthetic", "generated", "model", "llm", "gpt", "claude", "gemini", "assistant", "machine")


def made_up(labels: Mapping[str, str]) -> bool | None:
    """Whether a model wrote the row, as its columns say; None when they do not."""
    for key in ("synthetic", "is_synthetic"):
        if key in labels:
            return labels[key].strip().lower() in _YES
    if labels.get("generated_by", "").strip():
        return True
    author = labels.get("written_by", "").strip().lower()
    return any(word in author for word in _MODELS) if author else None


@dataclass
class _Group:
    """Answers of one kind: full segments are counted and forgotten."""

    rows: int = 0
    segments: int = 0
    openings: Counter[str] = field(default_factory=Counter[str])
    _distinct: float = 0.0
    _waiting: list[Hashes] = field(default_factory=list[Hashes])
    _held: int = 0

    def add(self, run_hashes: Hashes, opening: str) -> None:
        """Takes one answer."""
        self.rows += 1
        if opening in self.openings or len(self.openings) < _MOST_OPENINGS:
            self.openings[opening] += 1
        self._waiting.append(run_hashes)
        self._held += run_hashes.size
        if self._held >= SEGMENT:
            self._close_segments()

    def _close_segments(self) -> None:
        held = np.concatenate(self._waiting)
        whole = held.size // SEGMENT
        for place in range(whole):
            self._distinct += np.unique(held[place * SEGMENT : (place + 1) * SEGMENT]).size / SEGMENT
        self.segments += whole
        self._waiting, self._held = [held[whole * SEGMENT :]], held.size % SEGMENT

    def seen(self, name: str) -> Variety:
        """The group's figures."""
        opening, alike = max(self.openings.items(), key=lambda pair: pair[1], default=("", 0))
        return Variety(
            name,
            self.rows,
            self._distinct / self.segments if self.segments else None,
            self.segments,
            alike / self.rows if self.rows else None,
            opening,
        )


@dataclass
class VarietyCount:
    """Gathers the variety of all answers in sentences, and of people's and models' apart where told."""

    _groups: dict[str, _Group] = field(default_factory=dict[str, _Group])

    def add(self, answer_words: Sequence[str], numbers: Hashes, by_model: bool | None) -> None:
        """Takes one answer in sentences.

        Args:
            answer_words: Its words.
            numbers: One number per word.
            by_model: Whether a model wrote it; None when nobody says.
        """
        if numbers.size < RUN:
            return
        hashed, opening = runs_in_order(numbers, RUN), " ".join(answer_words[:RUN])
        kinds = {True: (ALL, MODEL), False: (ALL, PEOPLE), None: (ALL,)}[by_model]
        for kind in kinds:
            self._groups.setdefault(kind, _Group()).add(hashed, opening)

    def seen(self) -> tuple[Variety, ...]:
        """The groups there are."""
        return tuple(self._groups[name].seen(name) for name in (ALL, PEOPLE, MODEL) if name in self._groups)


def variety_findings(groups: Sequence[Variety]) -> Iterator[Finding]:
    """Answers that vary too little, against those people wrote where the set tells them apart."""
    by_name = {group.group: group for group in groups}
    people, model, everything = (by_name.get(name) for name in (PEOPLE, MODEL, ALL))
    if people and model and people.distinct and model.distinct is not None:
        if model.distinct < LEAST_OF_PEOPLE * people.distinct:
            yield _narrow_model(model.distinct, people.distinct)
    elif everything and everything.distinct is not None and everything.distinct < LEAST_DISTINCT:
        yield _repetitive(everything.distinct)
    for group in (model, everything) if model else (everything,):
        if group and group.rows >= _MIN_ROWS_ALIKE and (group.opening_share or 0) > MOST_ALIKE:
            yield _alike(group)
            return


def _narrow_model(mine: float, people: float) -> Finding:
    what = (
        f"Answers a model wrote vary less: {percent(mine)} of their three-word runs are distinct, "
        f"{percent(people)} of those people wrote (in every 1,000)."
    )
    hint = (
        "Ask the teacher for other situations, tones and lengths, or keep fewer of its rows: a model that "
        "learns from even text loses the rare cases (model collapse)."
    )
    return Finding("narrow_synthetic", Quality.COVERAGE, Severity.WARNING, what, hint)


def _repetitive(share: float) -> Finding:
    what = f"Answers repeat themselves: {percent(share)} of the three-word runs in every 1,000 are distinct."
    hint = "Drop what is said over and over, or move it into the prompt; add answers in other words."
    return Finding("repetitive_answers", Quality.COVERAGE, Severity.WARNING, what, hint)


def _alike(group: Variety) -> Finding:
    share = percent(group.opening_share)
    what = f"{share} of {group.group} begin alike, with “{group.opening} …”."
    hint = (
        "Vary the manner: a student copies how its teacher sounds before it learns what the teacher knows "
        "(superficial imitation). Judge it by results of tasks."
    )
    return Finding("same_opening", Quality.ALIGNMENT, Severity.WARNING, what, hint)

"""One pass over the rows: everything the judgement needs, row by row, in bounded memory."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from advisor.dataset import encoding, forms, personal
from advisor.dataset.contamination import EvaluationIndex
from advisor.dataset.duplicates import DuplicateFinder
from advisor.dataset.expectation import Expectation
from advisor.dataset.language import UNKNOWN, guess
from advisor.dataset.rows import Example
from advisor.dataset.tally import Marks, Spread, TokenCounter, Topics
from advisor.dataset.variety import VarietyCount, made_up
from advisor.dataset.words import Hashes, Vocabulary, digest, words

MAX_LABELS = 2_000
_NON_COMMERCIAL = re.compile(r"(?i)\bnc\b|non-?commercial|research[- ]only|proprietary|all rights reserved")


@dataclass
class Gathered:
    """What is known after the last row."""

    expectation: Expectation
    count_tokens: TokenCounter
    evaluation: EvaluationIndex | None = None
    rows: int = 0
    layouts: Counter[str] = field(default_factory=Counter[str])
    problems: dict[str, Marks] = field(default_factory=lambda: defaultdict[str, Marks](Marks))
    marks: dict[str, Marks] = field(default_factory=lambda: defaultdict[str, Marks](Marks))
    personal: dict[tuple[str, bool], Marks] = field(
        default_factory=lambda: defaultdict[tuple[str, bool], Marks](Marks)
    )
    labels: dict[str, Marks] = field(default_factory=dict[str, Marks])
    answers: dict[int, list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict[int, list[tuple[int, int]]](list)
    )
    """Fingerprint of a prompt -> rows and fingerprints of their answers."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    duplicates: DuplicateFinder = field(default_factory=DuplicateFinder)
    topics: Topics = field(default_factory=Topics)
    spread: Spread = field(default_factory=Spread)
    tokens: array[int] = field(default_factory=lambda: array("Q"))
    variety: VarietyCount = field(default_factory=VarietyCount)
    with_system: int = 0
    _form: forms.Form = forms.Form.EMPTY
    """Of the answer of the row being taken."""

    def add(self, example: Example) -> None:
        """Takes one row."""
        self.rows += 1
        self.layouts[example.layout] += 1
        self._format(example)
        if not example.turns:
            return
        spoken = example.spoken
        spoken_words = words(spoken)
        self.topics.add(example.row, spoken_words)
        numbers = self.vocabulary.numbers(spoken_words)
        self._vary(example, spoken_words, numbers)
        self.duplicates.add(example.row, spoken, numbers)
        if self.evaluation is not None and (leaked := self.evaluation.hit(example, numbers)) is not None:
            self.marks["contamination"].add(example.row, f"like evaluation row {leaked}: {example.question}")
        self._content(example)
        self._compliance(example)

    def _vary(self, example: Example, spoken_words: list[str], numbers: Hashes) -> None:
        """Counts how varied the answer is; it is the end of what was spoken."""
        size = len(words(example.answer)) if self._form in (forms.Form.SENTENCES, forms.Form.LONG_TEXT) else 0
        if size:
            self.variety.add(spoken_words[-size:], numbers[-size:], made_up(example.labels))

    def _format(self, example: Example) -> None:
        for problem in example.problems:
            self.problems[problem].add(example.row, example.text)
        if example.layout not in self.expectation.rules.layouts:
            self.problems["wrong_layout"].add(example.row, example.text)
        if not example.turns:
            return
        prompt, answer = self.count_tokens(example.full_prompt), self.count_tokens(example.answer)
        self.tokens.append(prompt + answer)
        limit = self.expectation.token_limit
        if limit is not None and prompt + answer > limit:
            self.marks["too_long"].add(example.row, example.text)
        form = self._form = self.spread.add(example, prompt, answer)
        if form is forms.Form.LABEL and len(self.labels) < MAX_LABELS:
            self.labels.setdefault(example.answer.strip(), Marks()).add(example.row, example.question)
        self.with_system += example.turns[0].role == "system"

    def _content(self, example: Example) -> None:
        answer, question = example.answer, example.question
        if answer.strip():
            self.answers[digest(example.full_prompt)].append((example.row, digest(answer)))
        if forms.is_refusal(answer):
            self.marks["refusal"].add(example.row, answer)
        elif forms.is_boilerplate(answer):
            self.marks["boilerplate"].add(example.row, answer)
        if (
            len(question) > 20
            and abs(len(answer) - len(question)) < 20
            and digest(answer) == digest(question)
        ):
            self.marks["echo"].add(example.row, answer)
        self._against_wishes(example)

    def _against_wishes(self, example: Example) -> None:
        wish = self.expectation
        if wish.labels and example.answer.strip() not in wish.labels:
            self.marks["label_outside"].add(example.row, example.answer)
        if wish.language is not None:
            found = guess(example.question, words(example.question[:4000]))
            if found not in (UNKNOWN, wish.language):
                self.marks["other_language"].add(example.row, example.question)

    def _compliance(self, example: Example) -> None:
        text = example.text
        damaged = encoding.damage(text)
        if damaged is not None:
            self.marks["encoding"].add(example.row, damaged)
        for hit in personal.find(text):
            self.personal[hit.kind, hit.secret].add(example.row, personal.masked(text, hit))
        licence = example.labels.get("license") or example.labels.get("licence") or ""
        if _NON_COMMERCIAL.search(licence.replace("_", " ")):
            self.marks["licence"].add(example.row, licence)

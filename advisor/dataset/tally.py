"""What is kept of every row while a data set is read: small numbers, never the text itself."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from advisor.dataset import language
from advisor.dataset.findings import MAX_EXAMPLES, Coverage, Quote, quote
from advisor.dataset.forms import Form, answer_form, input_style, instruction_form, task_type
from advisor.dataset.rows import Example
from advisor.dataset.words import words

TokenCounter = Callable[[str], int]
"""Counts the tokens of a text."""


def estimated_tokens(text: str) -> int:
    """Tokens by size: a quarter of the UTF-8 bytes, which holds roughly for all scripts. An estimate."""
    return max(1, len(text.encode("utf-8", "surrogatepass")) // 4)


@dataclass
class Marks:
    """Rows marked by one check, with a few examples."""

    rows: list[int] = field(default_factory=list[int])
    examples: list[Quote] = field(default_factory=list[Quote])

    def add(self, row: int, text: str) -> None:
        """Marks a row; the first ones are quoted."""
        if not self.rows or self.rows[-1] != row:
            self.rows.append(row)
            if len(self.examples) < MAX_EXAMPLES:
                self.examples.append(quote(row, text))


_EVERYWHERE = """about after again also because before being between both could does doing down during each
    from further have having here just more most only other over same should some such than that their
    them then there these they this those through under until very what when where which while will with
    would your yours please thank thanks hello"""
_STOP = frozenset(_EVERYWHERE.split())


@dataclass
class Topics:
    """Content words of every row, to tell which rows share none with the others."""

    _numbers: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    _count: Counter[int] = field(default_factory=Counter[int])
    _per_row: list[tuple[int, array[int]]] = field(default_factory=list[tuple[int, "array[int]"]])

    def add(self, row: int, text_words: list[str]) -> None:
        """Takes one row."""
        content = map(self._number, set(text_words))
        numbers = array("I", [number for number in content if number is not None])
        self._count.update(numbers)
        self._per_row.append((row, numbers))

    def _number(self, word: str) -> int | None:
        """The number of a content word, None for other words."""
        if word in self._numbers:
            return self._numbers[word]
        content = len(word) >= 4 and word not in _STOP and word.isalpha()
        self._numbers[word] = number = len(self._numbers) if content else None
        return number

    def alone(self, share: float, min_words: int) -> list[int]:
        """Rows of which less than `share` of the content words occur in several other rows."""
        enough = max(3, len(self._per_row) // 200)
        common = np.zeros(len(self._numbers) + 1, dtype=bool)
        for number, count in self._count.items():
            common[number] = count > enough
        return [
            row
            for row, numbers in self._per_row
            if len(numbers) >= min_words and common[np.asarray(numbers)].mean() < share
        ]

    def leading(self, some: int) -> list[tuple[str, int]]:
        """Content words in most rows, with their rows; words in over half of the rows tell nothing."""
        names = {number: word for word, number in self._numbers.items()}
        half = max(1, len(self._per_row) // 2)
        rated = [(names[number], count) for number, count in self._count.items() if count <= half]
        return sorted(rated, key=lambda pair: (-pair[1], pair[0]))[:some]


_BINS = ((16, "up to 16"), (64, "17-64"), (256, "65-256"), (1024, "257-1,024"), (4096, "1,025-4,096"))


def length_bin(tokens: int) -> str:
    """Length class of a text in tokens."""
    return next((label for most, label in _BINS if tokens <= most), "over 4,096")


_LABELS = {
    "task": "Task type",
    "topic": "Topic",
    "instruction": "Form of the instruction",
    "output": "Form of the answer",
    "input_length": "Length of the prompt, tokens",
    "output_length": "Length of the answer, tokens",
    "language": "Language",
    "style": "Style of the input",
}


@dataclass
class Spread:
    """Counts for the coverage tables."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict[str, Counter[str]](Counter))
    forms: dict[Form, Marks] = field(default_factory=lambda: defaultdict[Form, Marks](Marks))

    def add(self, example: Example, prompt_tokens: int, answer_tokens: int) -> Form:
        """Takes one row; gives back the form of its answer."""
        question = example.question
        form = answer_form(example.answer)
        self.forms[form].add(example.row, example.answer)
        text_words = words(question[:4000])
        labels = example.labels
        values = {
            "task": labels.get("task") or labels.get("task_type") or task_type(example.prompt),
            "topic": labels.get("topic") or labels.get("category") or "",
            "instruction": instruction_form(question, len(example.turns)),
            "output": form.value,
            "input_length": length_bin(prompt_tokens),
            "output_length": length_bin(answer_tokens),
            "language": labels.get("language") or language.guess(question, text_words),
            "style": input_style(question, text_words),
        }
        for key, value in values.items():
            if value:
                self.counts[key][value] += 1
        return form

    def tables(self, topics: Topics) -> tuple[Coverage, ...]:
        """All coverage tables; without a topic column the leading content words stand in."""
        tables: list[Coverage] = []
        for key, label in _LABELS.items():
            counts = self.counts.get(key)
            if key == "topic" and not counts:
                leading = tuple(topics.leading(15))
                note = "no topic column: rows per leading content word; a row can count several times"
                tables.append(Coverage(key, label, leading, None, note))
            elif counts:
                tables.append(coverage(key, label, counts))
        return tuple(tables)


def coverage(key: str, label: str, counts: Counter[str]) -> Coverage:
    """One table with its evenness."""
    values = np.array(list(counts.values()), dtype=float)
    evenness = None
    if values.size > 1:
        shares = values / values.sum()
        evenness = float(-(shares * np.log(shares)).sum() / np.log(values.size))
    note = "a rough guess by small words and script" if key == "language" else ""
    ordered = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return Coverage(key, label, ordered[:30], evenness, note)

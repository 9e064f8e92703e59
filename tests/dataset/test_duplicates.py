"""Near duplicates and contamination: recall on planted pairs, no alarm on different rows."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.dataset.contamination import EvaluationIndex
from advisor.dataset.duplicates import NEAR, DuplicateFinder, similarity, sketch
from advisor.dataset.reading import read_examples
from advisor.dataset.rows import Example, Turn
from advisor.dataset.words import Vocabulary, digest, runs, words
from tests.dataset.sets import text

VOCABULARY = Vocabulary()


def finder(texts: list[str]) -> DuplicateFinder:
    """A finder that has seen the texts as rows 1, 2, ..."""
    found = DuplicateFinder()
    for row, one in enumerate(texts, 1):
        found.add(row, one, VOCABULARY.numbers(words(one)))
    return found


def exact_jaccard(one: str, two: str) -> float:
    """The index by sets of word triples, written out."""
    first, second = (
        {tuple(part[i : i + 3]) for i in range(len(part) - 2)} for part in (words(one), words(two))
    )
    return len(first & second) / len(first | second)


def planted_pairs(pairs: int, length: int, seed: int = 11) -> tuple[list[str], set[tuple[int, int]]]:
    """Random rows, and for some of them a copy further on in which a few words differ."""
    random = Random(seed)
    texts = [text(random, length) for _ in range(pairs * 9)]
    planted: set[tuple[int, int]] = set()
    for number in range(pairs):
        copy = words(texts[number * 4])
        for place in random.sample(range(length), max(1, length // 26)):
            copy[place] = f"other{random.randrange(10**6)}"
        texts.append(" ".join(copy))
        planted.add((number * 4 + 1, len(texts)))
    return texts, planted


@pytest.mark.parametrize("length", [40, 120, 600])
def test_recall_on_planted_pairs(length: int) -> None:
    """At least 95 % of 200 planted pairs are found, among short, middle and long rows, and no other."""
    texts, planted = planted_pairs(200, length)
    near = {pair for pair in planted if exact_jaccard(texts[pair[0] - 1], texts[pair[1] - 1]) >= NEAR}
    found = {tuple(group.rows) for group in finder(texts).near()}

    assert len(near) >= 150
    assert len(near & found) >= 0.95 * len(near)
    assert found <= planted


def test_exact_copies_are_not_near_copies() -> None:
    """Rows equal but for case and spaces are exact copies, and take part once in the near search."""
    sentence = text(Random(1), 40)
    found = finder([sentence, f"  {sentence.upper()} ", sentence.replace(" ", "\n")])

    assert [group.rows for group in found.exact()] == [(1, 2, 3)]
    assert found.near() == []


def test_a_cluster_stays_one_group() -> None:
    """A hundred variants of one text are one group, although their runs are no longer rare."""
    random = Random(2)
    base = words(text(random, 80))
    variants = [" ".join([*base[:40], f"variant{n}", *base[41:]]) for n in range(100)]
    groups = finder(variants).near()

    assert len(groups) == 1
    assert groups[0].rows == tuple(range(1, 101))


def test_short_questions_are_not_near_copies() -> None:
    """Two short questions that differ in the one word that matters are different rows."""
    assert finder(["What is the capital of France?", "What is the capital of Spain?"]).near() == []


def test_similarity_is_exact_for_short_rows() -> None:
    """Below 256 runs the index equals the one counted by hand: 2 of 6 triples shared."""
    one, two = "a b c d e f", "a b c d x y"
    sketches = [sketch(runs(VOCABULARY.numbers(words(part)), 3)) for part in (one, two)]

    assert similarity(sketches[0], sketches[1]) == pytest.approx(2 / 6)
    assert exact_jaccard(one, two) == pytest.approx(2 / 6)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=60), st.integers(1, 13))
def test_runs_are_the_distinct_word_runs(letters: list[str], length: int) -> None:
    """There are as many run hashes as distinct runs of words."""
    size = min(length, len(letters))
    expected = {tuple(letters[i : i + size]) for i in range(len(letters) - size + 1)}

    assert runs(VOCABULARY.numbers(letters), length).size == len(expected)


def test_fingerprints_are_the_same_everywhere() -> None:
    """Fingerprints do not depend on the process, so that reports can be compared."""
    assert digest("Hello  World") == digest("hello world") == 0x878633AA32A3B150


def _example(row: int, prompt: str, answer: str = "fine") -> Example:
    return Example(row, (Turn("user", prompt), Turn("assistant", answer)), "chat")


def hit(evaluation: list[Example], training: Example) -> int | None:
    """The evaluation row given away."""
    index = EvaluationIndex()
    for one in evaluation:
        index.add(one)
    index.close()
    return index.hit(training, VOCABULARY.numbers(words(training.spoken)))


def test_thirteen_words_give_an_evaluation_row_away() -> None:
    """Thirteen shared words in a row are a hit, twelve are not."""
    sentence = [f"word{n}" for n in range(30)]
    evaluation = [_example(1, " ".join(sentence))]

    assert hit(evaluation, _example(9, f"before {' '.join(sentence[5:18])} after")) == 1
    assert hit(evaluation, _example(9, f"before {' '.join(sentence[5:17])} after")) is None


def test_a_short_question_counts_when_it_is_the_same() -> None:
    """An evaluation row shorter than thirteen words is given away by the same question."""
    assert hit([_example(3, "Where is my parcel?")], _example(9, "where is  my parcel?", "Here")) == 3
    assert hit([_example(3, "Where is my parcel?")], _example(9, "Where is my invoice?")) is None


def test_a_shared_instruction_is_no_contamination() -> None:
    """An instruction that every evaluation row starts with gives nothing away."""
    order = " ".join(f"instruct{n}" for n in range(15))
    evaluation = [_example(n, f"{order} {text(Random(n), 20)}") for n in range(1, 40)]

    assert hit(evaluation, _example(99, f"{order} {text(Random(500), 20)}")) is None


def test_an_empty_evaluation_set_hits_nothing() -> None:
    """Without evaluation rows nothing is contaminated."""
    assert hit([], _example(1, "anything")) is None
    assert np.array(list(read_examples([b'{"prompt": "a", "completion": "b"}'], "x.jsonl"))).size == 1

"""Same answer or not, for free text and without a judge: approximate, and called so wherever shown.

Replies echo the question, so similarity of whole texts measures the echo. Words of the prompt and
words without content are dropped first; what is left must overlap. Agreement found this way is never
ranked together with agreement of exact keys.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from advisor.case import SameAnswer
from advisor.probe.wording_view import likeness

Matrix = npt.NDArray[np.float64]

SAME_FROM = 0.6
"""Overlap of content words from which two replies say the same."""
SHORT_WORDS = 4
SAME_FROM_SHORT = 0.46
"""The same for replies of up to four words, on the token-set ratio."""

MOST_DISTINCT = 1_000
"""Most different replies to one prompt that are compared pair by pair."""

ACCURACY = (
    "Free text is compared by shared words: alone, that agrees with people on 81 to 86 % of 1,000 published "
    "pairs of English answers. That a reply with a negation is never the same as one without, nor one that "
    "differs in nothing but its last word, is our own rule on top, its accuracy not measured."
)
"""What is known of the rules here, wherever their result shows (pairs of QA-Eval, 20 splits)."""

_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_DIGIT = re.compile(r"\d")
_NEGATION = re.compile(r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n['’]t\b", re.IGNORECASE)
"""A reply that says no and one that does not are never one answer, however many words they share (our own
guard beside the measured one for numbers: it may split what is the same, and never joins opposites)."""
SAME_ENDING_FROM = 0.6
"""Likeness of two last words, such as colour and color, from which they are spellings of one."""
_WITHOUT_CONTENT = """
a an the and or but if then so of to in on at by for with from as is are was were be been being it its
this that these those there here he she they we you i his her their our your my me him them us not no
do does did has have had can could will would should may might must also very more most than which who
what when where how why because about into over under up down out just only
"""
_STOP = frozenset(_WITHOUT_CONTENT.split())


def clusters(
    replies: Sequence[str], prompt: str, verdicts: Sequence[SameAnswer] = ()
) -> tuple[int, ...] | None:
    """A cluster number for each reply; replies of one cluster all say the same as each other.

    Complete linkage on the overlap: no chain of near neighbours joins what is far apart. The result
    does not depend on the order of the replies. None above `MOST_DISTINCT` different replies.

    Args:
        replies: Their texts.
        prompt: Its words are left out.
        verdicts: What a person said of pairs. Equal ones are joined first, whatever their words; then no
            group is joined with one that holds a reply called different.
    """
    distinct = _by_frequency(replies)
    if len(distinct) > MOST_DISTINCT:
        return None
    at = {text: index for index, text in enumerate(distinct)}
    said = [(at[one.one], at[one.other], one.same) for one in verdicts if {one.one, one.other} <= at.keys()]
    groups = _linked(_excesses(distinct, _words(prompt)), said)
    place = {distinct[index]: number for number, group in enumerate(groups) for index in group}
    return tuple(place[text] for text in replies)


def _by_frequency(replies: Sequence[str]) -> list[str]:
    counts = Counter(replies)
    return sorted(counts, key=lambda text: (-counts[text], text))


def _linked(near: Matrix, said: Sequence[tuple[int, int, bool]]) -> list[list[int]]:
    """Join the two nearest groups, a group being as near as its farthest members, while any are near."""
    groups = [[index] for index in range(len(near))]
    for one, other, same in said:
        if not same:
            near[one, other] = near[other, one] = -np.inf
    np.fill_diagonal(near, -np.inf)
    for one, other, same in said:
        first, second = sorted(_place(groups, index) for index in (one, other))
        if same and first != second:
            near = _joined(near, groups, first, second, by_hand=True)
    while len(groups) > 1:
        first, second = sorted(divmod(int(near.argmax()), len(groups)))
        if near[first, second] < 0:
            break
        near = _joined(near, groups, first, second)
    return groups


def _place(groups: Sequence[Sequence[int]], index: int) -> int:
    return next(place for place, group in enumerate(groups) if index in group)


def _joined(
    near: Matrix, groups: list[list[int]], first: int, second: int, *, by_hand: bool = False
) -> Matrix:
    """Put the second group into the first, and leave its row and column out."""
    both = np.minimum(near[first], near[second])
    if by_hand:
        # One answer in two wordings: what is near to either is near to both, unless called different.
        both = np.where(np.isneginf(both), both, np.maximum(near[first], near[second]))
    near[first] = near[:, first] = both
    near[first, first] = -np.inf
    groups[first] += groups.pop(second)
    return np.delete(np.delete(near, second, axis=0), second, axis=1)


def _excesses(texts: Sequence[str], echoed: frozenset[str]) -> Matrix:
    """How far the similarity of each pair lies above the level that means the same; negative below it."""
    words = [_words(text) for text in texts]
    content = [each - _STOP - echoed for each in words]
    sizes = np.array([len(each) for each in content])
    smaller = np.minimum.outer(sizes, sizes)
    shared = np.where(smaller > 0, _common(content) / np.maximum(smaller, 1), np.equal.outer(sizes, sizes))
    excess = shared - SAME_FROM
    numbers = [_numbers(each) for each in words]
    numbered = np.array([bool(each) for each in numbers])
    _compare_short(texts, excess)
    excess[np.logical_and.outer(numbered, numbered) & (_common(numbers) == 0)] = -1.0
    denied = np.array([bool(_NEGATION.search(text)) for text in texts])
    excess[np.not_equal.outer(denied, denied)] = -1.0
    for one, other in _other_ending(texts):
        excess[one, other] = excess[other, one] = -1.0
    return excess


def _other_ending(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs that differ in nothing but an unlike last word: "the answer is A", "the answer is C".

    Our own guard, as the one for negations: the last word is then the answer, however much else is shared.
    """
    groups: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for index, text in enumerate(texts):
        *before, last = _WORD.findall(_folded(text)) or [""]
        if before:
            groups.setdefault(tuple(before), []).append((index, last))
    for group in groups.values():
        for (one, ending), (other, its) in combinations(group, 2):
            if ending != its and likeness(ending, its) < SAME_ENDING_FROM:
                yield one, other


def _compare_short(texts: Sequence[str], excess: Matrix) -> None:
    """Short replies have too few words for an overlap: their token-set ratio stands in."""
    short = [index for index, text in enumerate(texts) if len(_WORD.findall(text)) <= SHORT_WORDS]
    for one, other in combinations(short, 2):
        ratio = token_set_ratio(texts[one], texts[other]) - SAME_FROM_SHORT
        excess[one, other] = excess[other, one] = ratio


def _common(sets: Sequence[frozenset[str]]) -> Matrix:
    """Number of words each pair of sets has in common, counted on one integer per set."""
    place = {word: 1 << index for index, word in enumerate(frozenset[str]().union(*sets))}
    masks = [sum(place[word] for word in words) for words in sets]
    return np.array([[(one & other).bit_count() for other in masks] for one in masks], dtype=np.float64)


def overlap(one: str, other: str, echoed: frozenset[str] = frozenset()) -> float:
    """Overlap coefficient of the content words, `echoed` ones left out: common / smaller set."""
    first, second = _words(one) - _STOP - echoed, _words(other) - _STOP - echoed
    if not first or not second:
        return 1.0 if first == second else 0.0
    return len(first & second) / min(len(first), len(second))


def supported_share(reply: str, context: str) -> float:
    """Share of a reply's sentences that a context supports: approximate, and blind to negations.

    A sentence is supported when `SAME_FROM` of its content words and all its numbers occur in the
    context. Sentences without content words do not count; without any other the share is 0.
    """
    known = _words(context)
    told = [_words(sentence) for sentence in _SENTENCE_END.split(reply)]
    counted = [words for words in told if words - _STOP]
    if not counted:
        return 0.0
    return sum(_supported(words, known) for words in counted) / len(counted)


def _supported(words: frozenset[str], known: frozenset[str]) -> bool:
    content = words - _STOP
    return len(content & known) >= SAME_FROM * len(content) and _numbers(words) <= known


def token_set_ratio(one: str, other: str) -> float:
    """Likeness of two short texts as sets of words, 0 to 1: common words first, then what differs."""
    first, second = _words(one), _words(other)
    common = " ".join(sorted(first & second))
    left = f"{common} {' '.join(sorted(first - second))}".strip()
    right = f"{common} {' '.join(sorted(second - first))}".strip()
    pairs = [(left, right)] if not common else [(common, left), (common, right), (left, right)]
    return max(likeness(*pair) for pair in pairs)


def own_words(text: str, prompt: str) -> str:
    """A reply without the words of its prompt; the whole reply when nothing else is left."""
    echoed = _words(prompt)
    kept = _WORD.sub(lambda word: "" if _words(word.group()) <= echoed else word.group(), text)
    return " ".join(kept.split()) if _WORD.search(kept) else text


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(filter(_DIGIT.search, words))

"""Agreement of repeated answers: the worked cases of the method note, and what must hold for any."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.consistency import (
    Accuracy,
    agree_at,
    entropy,
    majority,
    miller_madow,
    unseen_share,
    wording_p_value,
    wordings,
)
from advisor.probe.practice import PRACTICE_MODELS
from tests.bench.consistency import covers

KEYS = st.lists(st.sampled_from("ABCDE"), min_size=2, max_size=30)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("AAAAA", (1.0, 1.0, 0.0, 0.0, 0.0)),
        ("AAAAB", (0.6, 0.4, 0.5004, 0.6004, 0.2)),
        ("AAABB", (0.4, 0.1, 0.6730, 0.7730, 0.0)),
        ("AABBC", (0.2, 0.0, 1.0549, 1.2549, 0.2)),
        ("ABCDE", (0.0, 0.0, math.log(5), math.log(5) + 0.4, 1.0)),
        ("AAAAAAAAAB", (0.8, 0.7, 0.3251, 0.3751, 0.1)),
        ("AAAAAAABBC", (0.4889, 0.2917, 0.8018, 0.9018, 0.1)),
        ("A" * 19 + "B", (0.9, 0.85, 0.1985, 0.2235, 0.05)),
    ],
)
def test_worked_cases(answers: str, expected: tuple[float, ...]) -> None:
    """Worked cases 1 to 8: agree@2, agree@3, entropy, its correction, and the unseen share."""
    found = (
        agree_at(answers),
        agree_at(answers, 3),
        entropy(answers),
        miller_madow(answers),
        unseen_share(answers),
    )

    assert found == pytest.approx(expected, abs=5e-5)


def test_entropy_of_one_answer_is_not_minus_zero() -> None:
    """Worked case 1: five equal answers have entropy +0.0."""
    value = entropy("AAAAA")

    assert value is not None
    assert math.copysign(1.0, value) == 1.0


def test_two_different_answers_do_not_agree() -> None:
    """Worked case 9: agree@2 of two different answers is 0, agree@3 is undefined."""
    assert agree_at("AB") == 0.0
    assert agree_at("AB", 3) is None


def test_one_answer_has_no_agreement() -> None:
    """Worked case 10: with one valid answer agreement is undefined, not 0 and not 1."""
    assert agree_at("A") is None


def test_a_tie_names_all_leaders() -> None:
    """Worked case 4: two answers tie for the majority and both are named."""
    leaders = majority("AABBC")

    assert leaders is not None
    assert leaders.keys == ("A", "B")
    assert leaders.share == 0.4


def test_eleven_answers() -> None:
    """Worked case 25: seven of one, four of the other."""
    answers = "E" + "EAEEAEAEEA"

    assert agree_at(answers) == pytest.approx(0.4909, abs=5e-5)
    assert entropy(answers) == pytest.approx(0.6555, abs=5e-5)


def test_being_right_k_times() -> None:
    """Worked cases 11 and 12: pass^k and pass@k are unbiased, not powers of the share."""
    nine, three = Accuracy(9, 10), Accuracy(3, 4)

    assert nine.all_of(3) == pytest.approx(0.7)
    assert nine.any_of(3) == 1.0
    assert nine.all_of(1) == pytest.approx(0.9)
    assert three.all_of(2) == pytest.approx(0.5)
    assert three.all_of(4) == 0.0
    assert three.all_of(5) is None


def test_wordings_within_and_between() -> None:
    """Worked case 16: three wordings, five answers each."""
    seen = wordings(["AAAAB", "AAAAA", "BBBAA"])

    assert seen is not None
    assert (seen.within, seen.between, seen.gap) == pytest.approx((0.6667, 0.5467, 0.12), abs=5e-5)
    assert agree_at("AAAABAAAAABBBAA") == pytest.approx(0.5810, abs=5e-5)


def test_wording_alone_may_decide() -> None:
    """Worked case 17: every wording perfectly steady, and yet they disagree."""
    seen = wordings(["AAAAA", "AAAAA", "BBBBB"])

    assert seen is not None
    assert (seen.within, seen.between, seen.gap) == pytest.approx((1.0, 0.3333, 0.6667), abs=5e-5)


def test_a_wording_effect_is_told_from_chance() -> None:
    """The permutation test finds the effect of case 17 and none where all groups are alike."""
    strong = wording_p_value(["AAAAA", "AAAAA", "BBBBB"], seed=1)
    none = wording_p_value(["AAAAB", "AAABA", "ABAAA"], seed=1)

    assert strong is not None
    assert none is not None
    assert strong < 0.01
    assert none > 0.5


def test_one_wording_has_no_gap() -> None:
    """A gap needs two wordings with two answers each."""
    assert wordings(["AAAAA"]) is None
    assert wordings(["AA", "A"]) is None
    assert wording_p_value(["AAAAA"], seed=1) is None


@given(KEYS, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(keys: list[str], dice: random.Random) -> None:
    """Shuffling the answers or renaming them changes no figure."""
    other = [key.lower() for key in keys]
    dice.shuffle(other)

    assert [agree_at(keys), entropy(keys), unseen_share(keys)] == pytest.approx(
        [agree_at(other), entropy(other), unseen_share(other)]
    )


@given(KEYS)
def test_agreement_falls_with_more_people(keys: Sequence[str]) -> None:
    """agree@k lies in 0..1, never rises with k, and agree@N says whether all are equal."""
    values = [agree_at(keys, k) for k in range(1, len(keys) + 1)]
    known = [value for value in values if value is not None]

    assert all(0.0 <= value <= 1.0 for value in known)
    assert known == sorted(known, reverse=True)
    assert known[-1] == float(len(set(keys)) == 1)


@given(KEYS)
def test_doubling_leaves_entropy(keys: list[str]) -> None:
    """Seeing every answer twice says nothing new about their shares."""
    assert entropy(keys * 2) == pytest.approx(entropy(keys))


def test_doubling_changes_agreement() -> None:
    """AAAAB doubled has agree@2 0.6444, not 0.6: the estimate is unbiased, not a share."""
    assert agree_at("AAAAB" * 2) == pytest.approx(0.6444, abs=5e-5)


def test_agreement_is_unbiased() -> None:
    """The mean over 20,000 draws of five answers is the sum of squared shares, 0.54."""
    dice = random.Random(3)
    draws = [agree_at(dice.choices("ABC", weights=(0.7, 0.2, 0.1), k=5)) for _ in range(20_000)]

    assert sum(value for value in draws if value is not None) / len(draws) == pytest.approx(0.54, abs=0.005)


@pytest.mark.parametrize("name", ["quick", "wavering"])
def test_intervals_cover_the_truth_of_simulated_models(name: str) -> None:
    """Of 200 simulated probes of 10 prompts x 3, at least 93 % of the intervals hold the true agreement."""
    covered = sum(covers(PRACTICE_MODELS[name], 10, 3, seed) for seed in range(200))

    assert covered / 200 >= 0.93

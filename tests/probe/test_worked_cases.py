"""The 25 worked cases of the method, each one figure by figure (natural logarithms; letters are answers)."""

from __future__ import annotations

import math
from statistics import fmean

import pytest

from advisor.case import ProbePrompt
from advisor.probe.consistency import (
    Accuracy,
    agree_at,
    entropy,
    majority,
    miller_madow,
    possible_accuracy,
    total_agreement,
    unseen_share,
    wordings,
)
from advisor.probe.diversity import chao1, chao_shen, effective_answers, negentropy
from advisor.probe.equality import judge_texts
from advisor.probe.label_agreement import krippendorff_alpha
from advisor.probe.statistics import differs_at_most, paired_difference, paired_interval, prompts_interval

HALF_A_DIGIT = 5e-5


def near(value: float | tuple[float, ...]) -> object:
    """The published value has four digits."""
    return pytest.approx(value, abs=HALF_A_DIGIT)


def test_case_1_five_equal_answers() -> None:
    """Five equal answers: agreement 1, entropy +0.0, and still the next one may differ in 45 of 100."""
    leaders = majority("AAAAA")

    assert agree_at("AAAAA") == 1.0
    assert leaders is not None
    assert (leaders.share, leaders.bounds) == (1.0, near((0.5655, 1.0)))
    assert math.copysign(1.0, entropy("AAAAA") or 0.0) == 1.0
    assert math.copysign(1.0, chao_shen("AAAAA") or 0.0) == 1.0
    assert negentropy("AAAAA") == 1.0
    assert differs_at_most(5) == near(0.4507)


def test_case_2_four_of_five() -> None:
    """Four of five: unbiased agreement 0.6 where the plug-in reads 0.68."""
    leaders = majority("AAAAB")

    assert (agree_at("AAAAB"), agree_at("AAAAB", 3), unseen_share("AAAAB")) == near((0.6, 0.4, 0.2))
    assert leaders is not None
    assert leaders.bounds == near((0.3755, 0.9638))
    assert (entropy("AAAAB"), miller_madow("AAAAB"), chao_shen("AAAAB"), negentropy("AAAAB")) == near(
        (0.5004, 0.6004, 0.7913, 0.6891)
    )


@pytest.mark.parametrize(
    ("case", "answers", "agree", "plain", "corrected", "by_coverage"),
    [
        (3, "AAABB", 0.4, 0.6730, 0.7730, 0.7071),
        (4, "AABBC", 0.2, 1.0549, 1.2549, 1.3573),
        (5, "ABCDE", 0.0, 1.6094, 2.0094, 3.4869),
        (7, "AAAAAAABBC", 0.4889, 0.8018, 0.9018, 1.0039),
    ],
)
def test_cases_3_4_5_7_entropies(
    case: int, answers: str, agree: float, plain: float, corrected: float, by_coverage: float
) -> None:
    """Agreement, plug-in entropy, Miller-Madow and Chao-Shen of cases 3, 4, 5 and 7."""
    found = (agree_at(answers), entropy(answers), miller_madow(answers), chao_shen(answers))

    assert found == near((agree, plain, corrected, by_coverage)), case


def test_cases_3_4_5_7_the_rest() -> None:
    """agree@3, unseen shares, ties, numbers of answers and exp(H) of cases 3, 4, 5 and 7."""
    tie = majority("AABBC")

    assert (agree_at("AAABB", 3), unseen_share("AAABB")) == near((0.1, 0.0))
    assert tie is not None
    assert set(tie.keys) == {"A", "B"}
    assert (chao1("AABBC"), chao1("ABCDE")) == (3.0, 15.0)
    assert (unseen_share("ABCDE"), negentropy("ABCDE")) == (1.0, near(0.0))
    assert agree_at("AAAAAAABBC", 3) == near(0.2917)
    assert effective_answers("AAAAAAABBC") == pytest.approx(2.230, abs=5e-4)


def test_case_6_nine_of_ten() -> None:
    """Nine of ten."""
    answers = "AAAAAAAAAB"
    leaders = majority(answers)

    assert (agree_at(answers), agree_at(answers, 3)) == near((0.8, 0.7))
    assert leaders is not None
    assert leaders.bounds == near((0.5958, 0.9821))
    assert (entropy(answers), miller_madow(answers), negentropy(answers)) == near((0.3251, 0.3751, 0.8588))


def test_case_8_nineteen_of_twenty() -> None:
    """Nineteen of twenty: 0.9, not the 0.905 of the plug-in."""
    answers = "A" * 19 + "B"
    leaders = majority(answers)

    assert (agree_at(answers), entropy(answers)) == near((0.9, 0.1985))
    assert leaders is not None
    assert leaders.bounds == near((0.7639, 0.9911))


def test_cases_9_and_10_too_few_answers() -> None:
    """Two different answers agree 0 times, not 0.5; one answer has no agreement, no negentropy, no TAR."""
    assert (agree_at("AB"), agree_at("AB", 3)) == (0.0, None)
    assert (agree_at("A"), negentropy("A"), total_agreement(["A"])) == (None, None, None)


def test_cases_11_and_12_right_again_and_again() -> None:
    """pass^k, pass@k and G-Pass@k are unbiased, not powers of the share."""
    nine, three, seven = Accuracy(9, 10), Accuracy(3, 4), Accuracy(7, 10)

    assert (nine.all_of(3), nine.any_of(3), nine.all_of(1)) == near((0.7, 1.0, 0.9))
    assert (three.all_of(2), three.all_of(4)) == near((0.5, 0.0))
    assert seven.most_of(4, 0.5) == near(0.9667)


def test_cases_13_and_14_models_over_prompts() -> None:
    """Two pseudo-prompts keep the interval honest, and never of zero width."""
    values = [1.0] * 8 + [0.6, 0.4]

    assert fmean(values) == near(0.9)
    assert prompts_interval(values) == near((0.6246, 1.0))
    for n, low in ((10, 0.7333), (20, 0.8600), (30, 0.9050), (50, 0.9422)):
        assert prompts_interval([1.0] * n) == near((low, 1.0))


def test_case_15_two_models_on_the_same_prompts() -> None:
    """The difference is taken prompt by prompt."""
    first = [1, 1, 0.6, 1, 0.8, 1, 0.4, 1, 1, 0.6]
    second = [1, 0.6, 0.4, 1, 0.6, 0.8, 0.4, 1, 0.6, 0.4]

    assert paired_difference(first, second)[0] == near(0.16)
    assert paired_interval(first, second) == near((0.0471, 0.2729))


def test_cases_16_and_17_other_words() -> None:
    """Within one wording, between wordings, and the gap that wording makes."""
    mixed, split = wordings(["AAAAB", "AAAAA", "BBBAA"]), wordings(["AAAAA", "AAAAA", "BBBBB"])

    assert mixed is not None
    assert (mixed.within, mixed.between, mixed.gap) == near((0.6667, 0.5467, 0.12))
    assert agree_at("AAAABAAAAABBBAA") == near(0.5810)
    assert split is not None
    assert (split.within, split.between, split.gap) == near((1.0, 0.3333, 0.6667))


def test_cases_18_and_19_beyond_chance() -> None:
    """Nearly always "yes" agrees at 0.96 and yet no better than chance; two labels used well do."""
    yes = [["yes"] * 5] * 9 + [["yes"] * 4 + ["no"]]
    both = [["yes"] * 5] * 5 + [["no"] * 5] * 4 + [["yes"] * 4 + ["no"]]

    assert fmean(agree_at(keys) or 0.0 for keys in yes) == near(0.96)
    assert krippendorff_alpha(yes) == near(0.0)
    assert krippendorff_alpha(both) == near(0.9195)


def _pattern(texts: list[str], **fields: object) -> list[int]:
    keys = [
        one.key for one in judge_texts(texts, ProbePrompt.model_validate({"id": "p", "text": ""} | fields))
    ]
    return [keys.index(key) for key in keys]


def test_cases_20_to_24_answers_in_replies() -> None:
    """JSON, numbers, choices, empty replies and code: which replies are one answer."""
    assert _pattern(['{"Answer":"A"}', '{ "Answer": "A" }', '{"answer":"A"}'], answer_type="json") == [
        0,
        0,
        2,
    ]
    assert _pattern(["1,000", "1000", "1000.", "1e3", "32", "32.5"], answer_type="number") == [
        0,
        0,
        0,
        0,
        4,
        5,
    ]
    assert _pattern(["5", "5 miles", "50%", "0.5"], answer_type="number") == [0, 0, 2, 3]
    choices = ["The answer is (A).", "(A) is the answer", "Both (A) and (B)"]
    assert agree_at(_pattern(choices, answer_type="choice", options=("A", "B"))) == near(0.3333)
    assert _pattern(["x = 1  # one", "x=1"], answer_type="code") == [0, 0]


def test_case_25_eleven_answers() -> None:
    """Seven of one and four of the other: the first reply counts like every other."""
    answers = "E" + "EAEEAEAEEA"

    assert (agree_at(answers), entropy(answers), negentropy(answers)) == near((0.4909, 0.6555, 0.7266))


def test_total_agreement_carries_its_n() -> None:
    """TAR@N is the share of prompts with one answer, with N beside it; one answer alone is left out."""
    seen = total_agreement(["AAAAA", "AAAAB", "AAAA", "A"])

    assert seen is not None
    assert (seen.share, seen.prompts, seen.n) == (near(0.6667), 3, "4 to 5")
    assert seen.bounds.low < seen.share < seen.bounds.high


def test_possible_accuracy_spans_luck() -> None:
    """Right in all tries, right in any try: two of four tasks and three of four."""
    tasks = [Accuracy(5, 5), Accuracy(5, 5), Accuracy(1, 5), Accuracy(0, 5), Accuracy(0, 0)]

    assert possible_accuracy(tasks) == (0.5, 0.75)
    assert possible_accuracy([]) is None


def test_equal_differences_claim_no_certainty() -> None:
    """Ten pairs without any difference leave an interval as wide as ten pairs do, around zero."""
    bounds = paired_interval([1.0] * 10, [1.0] * 10)

    assert bounds is not None
    assert bounds.low < -0.2
    assert bounds.high > 0.2

"""The second opinion on free text: no threshold, no figure changed, a person's word obeyed."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.case import ProbePrompt, SameAnswer
from advisor.errors import BadInput
from advisor.probe.agreement import Studied, study
from advisor.probe.embedding import embedding_plan, practice_embedder, read, vectors_of, written
from advisor.probe.equality import BY_HAND, BY_WORDS
from advisor.probe.freetext import clusters, own_words
from advisor.probe.plan import wanted
from advisor.probe.rescore import declared
from advisor.probe.samples import Attempt, Reply, Sample, Timeline
from advisor.probe.second_look import look_again, texts_to_embed
from tests.probe.plans import case_of, plan_of_case

PROMPT = ProbePrompt(id="sky", text="Why is the sky blue?")
ALIKE = ("molecules scatter short waves", "molecules scatter short waves strongly")
OTHER, ODD = "sunlight bends", "photons bounce around"


def _studied(*texts: str, verdicts: tuple[SameAnswer, ...] = ()) -> Studied:
    prompt = PROMPT.model_copy(update={"verdicts": verdicts})
    return study("sky", "m", prompt, [Reply(text=text, finish_reason="stop") for text in texts])


def test_the_prompts_own_words_are_left_out() -> None:
    """Echo of the question is removed, whatever its case; a reply that is all echo stays whole."""
    assert own_words("The sky is blue: short waves scatter.", PROMPT.text) == ": short waves scatter."
    assert own_words("Why is the sky blue?", PROMPT.text) == "Why is the sky blue?"


def test_pairs_are_held_against_the_middle_of_the_other_side() -> None:
    """Equal pairs have cosine 0.8; a different one at 0.96 is doubted, at 0.6 not; no figure moves."""
    studied = _studied(*ALIKE, OTHER, ODD)
    vectors = {ALIKE[0]: [1.0, 0.0], ALIKE[1]: [0.8, 0.6], OTHER: [0.6, 0.8], ODD: [-1.0, 0.0]}
    (looked,) = look_again([studied], vectors)

    assert (looked.equal, looked.different, looked.missing, looked.words) == (1, 5, 0, "")
    assert [(one.one, one.other, one.same) for one in looked.doubts] == [(ALIKE[1], OTHER, False)]
    assert (looked.doubts[0].cosine, looked.doubts[0].against) == pytest.approx((0.96, 0.8))
    assert studied.figures.distinct == 3


def test_an_equal_pair_less_alike_than_half_of_the_different_ones_is_doubted() -> None:
    """The equal pair at 0 lies below the middle of the different ones, 0.71."""
    studied = _studied(*ALIKE, OTHER)
    (looked,) = look_again([studied], {ALIKE[0]: [1.0, 0.0], ALIKE[1]: [0.0, 1.0], OTHER: [1.0, 1.0]})
    doubted = [one for one in looked.doubts if one.same]

    assert [(one.one, one.other) for one in doubted] == [ALIKE]
    assert "less alike (cosine 0.00) than half of the pairs it calls different (0.71)" in doubted[0].words


def test_without_pairs_on_both_sides_nothing_is_doubted() -> None:
    """Where the rule calls all different, or an embedding is missing, it is said and nothing is flagged."""
    (looked,) = look_again([_studied(OTHER, ODD)], {OTHER: [1.0, 0.0]})
    assert (looked.doubts, looked.missing, looked.different) == ((), 1, 0)
    assert "no two different texts equal" in looked.words
    assert look_again([_studied(OTHER, OTHER)], {}) == ()
    assert texts_to_embed([_studied(OTHER, OTHER)]) == ()


def test_a_persons_word_overrules_the_rule_and_is_recorded() -> None:
    """Equal joins what the rule parts, different parts what it joins, and the rule says whose word it was."""
    joined = _studied(OTHER, ODD, verdicts=(SameAnswer(one=OTHER, other=ODD, same=True),)).figures
    assert (joined.distinct, {one.rule for one in joined.answers}) == (1, {BY_HAND})
    parted = _studied(*ALIKE, OTHER, verdicts=(SameAnswer(one=ALIKE[0], other=ALIKE[1], same=False),)).figures
    assert parted.distinct == 3
    assert parted.answers[2].rule == BY_WORDS


def test_what_was_called_different_never_ends_in_one_group() -> None:
    """A third reply joins one of the two, never both, whatever the order of the replies."""
    said = (SameAnswer(one=ALIKE[0], other=ALIKE[1], same=False),)
    texts = [*ALIKE, "molecules scatter short waves strongly indeed"]
    for order in (texts, texts[::-1]):
        found = clusters(order, PROMPT.text, said)
        assert found is not None
        assert found[order.index(ALIKE[0])] != found[order.index(ALIKE[1])]


def test_the_newest_word_about_a_pair_counts_and_can_be_taken_back() -> None:
    """One verdict per pair, in either order of its texts; only free text of the run can be judged by hand."""
    plan = plan_of_case(case_of()).model_copy(update={"prompts": (PROMPT,)})
    once = declared(plan, "sky", SameAnswer(one="a", other="b", same=True))
    twice = declared(once, "sky", SameAnswer(one="b", other="a", same=False))

    assert [one.same for one in twice.prompts[0].verdicts] == [False]
    assert declared(twice, "sky", SameAnswer(one="a", other="b", same=True), kept=False) == plan
    with pytest.raises(BadInput, match="no free-text prompt"):
        declared(plan, "sea", SameAnswer(one="a", other="b", same=True))


def test_texts_are_embedded_once_in_few_calls() -> None:
    """130 distinct texts, given twice, are three calls; vectors come back by text through stored replies."""
    texts = [f"text {number}" for number in range(130)]
    plan = embedding_plan(plan_of_case(case_of()), "run-1", [*texts, *texts], practice_embedder(), 0.5)
    samples = [
        _sample(one.prompt.id, written([[float(len(one.prompt.id)), 1.0]] * 64)) for one in wanted(plan)
    ]

    assert (plan.calls, plan.embeds, plan.cap_microusd) == (3, "run-1", 500_000)
    assert plan.worst_case_total_usd is not None
    # The last batch holds two texts and got 64 vectors: it is left out.
    assert sorted(vectors_of(plan, samples, texts)) == sorted(texts[:128])


def _sample(prompt: str, text: str) -> Sample:
    outcome = Reply(text=text, finish_reason="stop")
    attempt = Attempt(number=1, started_at="", timeline=Timeline(started_ns=0), outcome=outcome)
    return Sample(
        key=prompt, run="r", offer="practice:embedder", prompt=prompt, repeat=0, attempts=(attempt,)
    )


def test_vectors_survive_being_written() -> None:
    """Thirty-two-bit numbers come back as they went in."""
    vectors = [[0.5, -1.25, 3.0], [0.0, 1e-3, 7.0]]
    assert np.allclose(read(written(vectors)), vectors, rtol=1e-7)

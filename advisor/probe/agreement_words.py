"""The figures of repeated replies as sentences for people who are no statisticians. None claims certainty."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.probe.agreement import PromptAgreement
from advisor.probe.model_agreement import Figure, ModelAgreement, PairDifference
from advisor.wording import count, joined, percent

STEADY_FROM = 0.90
"""Lower bound of agree@2 from which answers are called steady."""
UNSTEADY_BELOW = 0.70
"""Upper bound of agree@2 below which they are called unsteady."""
FORMAT_WARNING_ABOVE = 0.10
"""Share of replies without an answer of the declared type from which the score describes format."""
_MEASURES = {
    "agree_2": "agreement",
    "agree_2_approximate": "agreement of free text (approximate)",
    "pass_rate": "pass rate",
}


def band(figure: Figure | None) -> str:
    """Steady, unsteady, or not enough runs to say; read from the interval, never from the point."""
    if figure is None or figure.low is None or figure.high is None:
        return "not enough runs to say"
    if figure.low >= STEADY_FROM:
        return "steady"
    return "unsteady" if figure.high < UNSTEADY_BELOW else "not enough runs to say"


def ask_twice(share: float) -> str:
    """agree@2 in words."""
    return f"Ask twice: {in_ten(share)} you get the same answer."


def in_ten(share: float) -> str:
    """A share as "8 times in 10", or in 100 where ten are too coarse; the ends say "so far"."""
    if share in (0.0, 1.0):
        return "every time so far" if share else "never so far"
    tenths = round(10 * share)
    if abs(10 * share - tenths) < 0.05:
        return f"{tenths} times in 10"
    return f"{min(99, max(1, round(100 * share)))} times in 100"


def all_equal(n: int, differs_at_most: float) -> str:
    """All n answers were equal."""
    return (
        f"No difference seen in {n} tries. That does not prove there is none: "
        f"up to {round(100 * differs_at_most)} in 100 answers could still differ."
    )


def prompt_sentences(one: PromptAgreement) -> tuple[str, ...]:
    """What the replies to one prompt show."""
    if one.agree_2 is None:
        return (f"{one.valid} of {one.asked} replies can be compared: agreement is undefined.",)
    if one.differs_at_most is not None:
        return (all_equal(one.valid, one.differs_at_most),)
    return tuple(
        filter(
            None,
            (
                ask_twice(one.agree_2),
                majority_sentence(one),
                _unseen(one.unseen_share, count(one.valid, "reply", "replies")),
            ),
        )
    )


def majority_sentence(one: PromptAgreement) -> str:
    """The most common answer's share with its interval; empty where there is none to give."""
    if one.majority_share is None or one.majority_exact_low is None or one.majority_exact_high is None:
        return ""
    if len(one.majority) > 1:
        return f"{count(len(one.majority), 'answer')} tie for the most common."
    bounds = f"95 % interval {percent(one.majority_exact_low)} to {percent(one.majority_exact_high)}"
    return f"The most common answer came in {percent(one.majority_share)} of {one.valid} replies ({bounds})."


def _unseen(share: float | None, basis: str) -> str:
    if not share:
        return ""
    if share >= 1:
        return f"Every answer was different (n = {basis}): the next one will most likely be new as well."
    about = in_ten(share).replace(" times", "")
    return f"About {about} of the next answers would be one not seen yet (n = {basis})."


def model_sentences(one: ModelAgreement) -> tuple[str, ...]:
    """What the replies of one model show, over its prompts."""
    lines = [
        *_agreement(one.agree_2, ""),
        *_agreement(one.agree_2_approximate, "Free text, compared without a judge (approximate): "),
        _five(one.agree_5),
        _totals(one),
        _unseen(one.unseen_share, count(one.agree_2.n, "prompt") if one.agree_2 else ""),
        _right(one),
        _wordings(one),
        _apart(one),
        _format(one.unparsed_share),
    ]
    return tuple(line for line in lines if line) or ("No prompt has two valid replies to compare.",)


def _agreement(figure: Figure | None, lead: str) -> list[str]:
    if figure is None:
        return []
    if figure.low is None or figure.high is None:
        few = f"Only {count(figure.n, 'prompt')}: too few to say anything about others."
        return [f"{lead}{ask_twice(figure.value)} {few}"]
    bounds = f"95 % interval {percent(figure.low)} to {percent(figure.high)}, {count(figure.n, 'prompt')}"
    return [f"{lead}{ask_twice(figure.value)} ({bounds}: {band(figure)}.)"]


def _five(figure: Figure | None) -> str:
    return (
        "" if figure is None else f"Ask five colleagues: all five get the same answer {in_ten(figure.value)}."
    )


def _totals(one: ModelAgreement) -> str:
    wording, answer = one.same_wording, one.same_answer
    if wording is None:
        return ""
    told = f"All {wording.replies} replies equal: same wording on {_of(wording.share, wording.prompts)}"
    if answer is None:
        return f"{told}."
    kind = "" if answer.prompts == wording.prompts else " whose answers are compared exactly"
    number = "" if answer.replies == wording.replies else f" ({answer.replies} replies)"
    return f"{told}, same answer on {_of(answer.share, answer.prompts)}{kind}{number}."


def _of(share: float, n: int) -> str:
    return f"{round(share * n)} of {count(n, 'prompt')}"


def _right(one: ModelAgreement) -> str:
    if one.pass_rate is None or one.worst_accuracy is None or one.best_accuracy is None:
        return ""
    n = one.pass_rate.n
    luck = f"{_of(one.worst_accuracy, n)} right every time so far, {_of(one.best_accuracy, n)} at least once"
    judged = f"{count(one.graded, 'judged reply', 'judged replies')} to {count(n, 'prompt')}"
    told = f"Right: {one.right} of {judged}"
    # Unequal numbers of replies weigh prompts, not replies, so the share is said beside the count.
    mean = (
        "" if one.right in (0, one.graded) else f", {percent(one.pass_rate.value)} as the mean over prompts"
    )
    return f"{told}{mean if n > 1 else ''}{_bounds(one.pass_rate)}; {luck}.{_not_judged(one)}"


def _bounds(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    what = "prompts" if figure.n > 1 else "the replies to this one"
    return f" (95 % interval over {what}: {percent(figure.low)} to {percent(figure.high)})"


def _not_judged(one: ModelAgreement) -> str:
    """How replies that are no answer count towards being right; empty when there are none."""
    wrong = [words for kind, words in _WRONG.items() if one.categories.get(kind)]
    out = [words for kind, words in _LEFT_OUT.items() if one.categories.get(kind)]
    told = f" {joined(wrong).capitalize()} replies count as wrong." if wrong else ""
    return f"{told} {joined(out).capitalize()} are left out." if out else told


_WRONG = {
    "empty": "empty",
    "truncated": "cut off",
    "refused": "refused (unless a refusal is expected)",
}
_LEFT_OUT = {"error": "failed calls", "pending": "calls still to come"}
_APART = {
    "error": ("failed call", "failed calls"),
    "empty": ("empty reply", "empty replies"),
    "truncated": ("reply cut off", "replies cut off"),
    "refused": ("refused reply", "refused replies"),
    "pending": ("call still to come", "calls still to come"),
}
"""What is no answer -> how it is called, one and many."""


def _wordings(one: ModelAgreement) -> str:
    if one.wording_between is None or one.wording_gap is None:
        return ""
    rough = " (free text: approximate)" if any(each.approximate for each in one.reworded) else ""
    same = f"Different people word it differently: same answer {percent(one.wording_between)}{rough}."
    clear = any(question.p < 0.05 for question in one.reworded)
    if one.wording_gap <= 0 or not clear:
        return f"{same} No effect of the wording is shown."
    return f"{same} Rewording the question changes the answer more than asking again."


def _apart(one: ModelAgreement) -> str:
    told = [
        count(number, *_APART[kind]) for kind, number in one.categories.items() if number and kind in _APART
    ]
    return f"Counted apart, never as answers: {', '.join(told)}." if told else ""


def _format(share: float | None) -> str:
    if share is None or share <= FORMAT_WARNING_ABOVE:
        return ""
    return (
        f"{percent(share)} of the replies hold no answer of the declared kind, such as a number where it is "
        "due. They are compared as texts, so agreement here says more about form than about the answer."
    )


def pair_sentence(pair: PairDifference) -> str:
    """What the same prompts show about two models."""
    what = _MEASURES[pair.metric]
    # The better one stands first, so that the figures read as its lead.
    turned = pair.shown and pair.difference < 0
    figures = (-pair.difference, -pair.high, -pair.low) if turned else (pair.difference, pair.low, pair.high)
    lead, low, high = (f"{100 * figure:+.0f}" for figure in figures)
    bounds = f"{lead} points, 95 % interval {low} to {high}"
    told = f"{count(pair.prompts, 'prompt')}, p = {pair.p_holm:.3g} after correction for all pairs"
    if not pair.shown:
        return f"{pair.first} and {pair.second}: no difference in {what} shown ({bounds}; {told})."
    better, worse = (pair.first, pair.second) if pair.difference > 0 else (pair.second, pair.first)
    return f"{better} has the higher {what} than {worse} ({bounds}; {told})."


def warnings_of(models: Sequence[ModelAgreement]) -> tuple[str, ...]:
    """What keeps figures of several models from being compared."""
    sizes = {one.same_answer.replies for one in models if one.same_answer is not None}
    found: list[str] = []
    if len(sizes) > 1:
        found.append(
            "Models were asked differently often: “all replies equal” cannot be compared between them."
        )
    if any(one.alpha is not None and one.agree_2 and one.alpha < one.agree_2.value - 0.3 for one in models):
        found.append(
            "Agreement is high but alpha low: always giving the commonest label would agree as much."
        )
    return tuple(found)

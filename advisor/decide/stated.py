"""What a case says, and what it leaves open: a recommendation needs something to rest on."""

from __future__ import annotations

from advisor import wording
from advisor.case import UNKNOWN, Case, Preferences

_FIGURES = {
    "input_tokens": "the tokens of a typical prompt",
    "output_tokens": "the tokens of a typical answer",
    "requests_per_month": "the requests per month",
}
"""Field of the workload that every bill needs -> its name in a sentence."""
_DECISIONS = {
    "access": "where the model may run",
    "reasoning": "what it has to do",
    "attributes": "what matters most",
    "knowledge": "whether answers rest on your own documents",
    "tuning": "what tuning should achieve",
    "autonomy": "how a request is handled",
}
"""Decision -> what its first questions ask, in a sentence."""


def is_stated(case: Case) -> bool:
    """Whether a case names any need, any figure or any preference; "I don't know yet" names none."""
    work = case.workload
    figures = any(getattr(work, name) is not None for name in type(work).model_fields)
    measured = bool(case.measurements)
    return bool(_answered(case)) or figures or measured or case.preferences != Preferences()


def missing(case: Case) -> tuple[str, ...]:
    """What a recommendation would rest on and the case does not say, figures first, each in a few words."""
    gone = [words for name, words in _FIGURES.items() if getattr(case.workload, name) is None]
    return (*gone, *(words for key, words in _DECISIONS.items() if key not in _answered(case)))


def missing_words(case: Case) -> str:
    """What is missing as one sentence; empty when nothing is."""
    gone = missing(case)
    return f"Not said yet: {wording.joined(gone)}." if gone else ""


def _answered(case: Case) -> set[str]:
    return {step for step, given in case.answers.items() if any(one != UNKNOWN for one in given.values())}

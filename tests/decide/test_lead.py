"""Title and headline are as sure as the odds, and say so in the same words everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from advisor.decide.lead import headline, title
from tests.decide.worlds import ranked

TRIALS = "of 10,000 trials that vary the weights and every uncertain fact"


def told(names: str, firsts: Sequence[float], groups: Sequence[int]) -> tuple[str, str]:
    """Title and headline of a ranking."""
    rows = ranked(*names.split(), firsts=firsts, groups=groups)
    return title(rows), headline(rows, (), (), 10_000)


def test_a_clear_leader_fits_best() -> None:
    """Seven draws in ten and no rival too close to call: the title may be sure."""
    assert told("a b", (0.7, 0.3), (1, 2)) == (
        "A (Shop) fits best",
        f"A (Shop) comes first in 70 % {TRIALS}; the likeliest other, B (Shop), in 30 %.",
    )


def test_a_rival_as_likely_makes_the_lead_a_hair() -> None:
    """32 % against 33 % is no best fit, and the headline names whom else it may be."""
    assert told("a b c", (0.32, 0.33, 0.2), (1, 1, 2)) == (
        "A (Shop) leads by a hair",
        f"B (Shop) is even likelier to be best: A (Shop) comes first in 32 % {TRIALS}, B (Shop) in 33 %.",
    )
    assert told("a b", (0.52, 0.48), (1, 1))[1].startswith("B (Shop) is about as likely to be best: ")
    assert told("a b", (0.58, 0.4), (1, 1))[1].startswith("B (Shop) is too close to call: ")


def test_a_model_likelier_over_all_its_hosts_is_a_rival_in_any_group() -> None:
    """Coming first is exclusive: 15 % at each of two hosts are 30 % for the model, more than 20 %."""
    words = told("a b b2", (0.2, 0.15, 0.15), (1, 2, 2))
    assert words[0] == "A (Shop) leads by a hair"
    assert words[1].startswith("B (2 hosts) is even likelier to be best: A (Shop) comes first in 20 %")


def test_a_leader_without_a_majority_is_not_safe() -> None:
    """24 % against 11 % is ahead, yet some other model is best in most trials."""
    assert told("a b c", (0.24, 0.11, 0.1), (1, 2, 2)) == (
        "A (Shop) leads, but not safely",
        f"A (Shop) comes first in 24 % {TRIALS}; the likeliest other, B (Shop), in 11 %. "
        "In most trials some other model is best.",
    )


def test_hosts_of_the_leading_model_are_no_rivals_of_it() -> None:
    """Which host to take is no doubt about the model: the title names the model, the headline the hosts."""
    assert told("a a2 b", (0.32, 0.33, 0.28), (1, 1, 2)) == (
        "A fits best",
        f"A (2 hosts) comes first in 65 % {TRIALS}; the likeliest other, B (Shop), in 28 %. "
        "Between its hosts it is too close to call: Shop (32 %) and Host 2 (33 %).",
    )
    assert told("a a2", (0.5, 0.5), (1, 1))[1].startswith(
        f"A (2 hosts) comes first in 100 % {TRIALS}; no other model is left."
    )


def test_many_rivals_are_counted_and_the_likeliest_is_named() -> None:
    """Two by name, the rest as a number, and the odds of the likeliest."""
    words = told("a b b2 c d e", (0.3, 0.1, 0.1, 0.2, 0.15, 0.15), (1,) * 6)
    assert words[1].startswith("B (2 hosts), C (Shop) and 2 other models are too close to call: A (Shop)")
    assert words[1].endswith("every uncertain fact, B (2 hosts) in 20 %.")


@pytest.mark.parametrize("names", ["a", "a b", "a a2 b", "a b c d"])
def test_nothing_stated_recommends_nothing(names: str) -> None:
    """A case that says nothing has candidates and a list of what is missing."""
    rows = ranked(*names.split())
    assert title(rows, stated=False) == "Nothing stated yet: these lead on the catalog's middle"
    words = headline(rows, (), (), 100, missing=("the requests per month", "what matters most"))
    assert words.startswith("This is no recommendation: no need, no volume and no preference is stated.")
    assert words.endswith("Not said yet: the requests per month and what matters most.")

"""Sampling: the published table of temperature, top-k and top-p."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.cost.sampling import Knobs, entropy_bits, from_logprobs, kept, probabilities

LOGITS = (2.0, 1.0, 0.5, 0.0, -1.0)


@pytest.mark.parametrize(
    ("knobs", "expected"),
    [
        (Knobs(0.2), (0.992717, 0.006689, 0.000549, 0.000045, 0.000000)),
        (Knobs(0.5), (0.829245, 0.112226, 0.041286, 0.015188, 0.002055)),
        (Knobs(1), (0.563021, 0.207124, 0.125627, 0.076197, 0.028031)),
        (Knobs(1.5), (0.438552, 0.225160, 0.161334, 0.115601, 0.059352)),
        (Knobs(2), (0.374545, 0.227173, 0.176922, 0.137787, 0.083572)),
        (Knobs(1, top_k=2), (0.731059, 0.268941, 0, 0, 0)),
        (Knobs(1, top_k=3), (0.628532, 0.231224, 0.140244, 0, 0)),
        (Knobs(1, top_p=0.9), (0.579259, 0.213097, 0.129250, 0.078394, 0)),
        (Knobs(0.5, top_p=0.8), (1, 0, 0, 0, 0)),
        (Knobs(0.7, top_k=4, top_p=0.9), (0.736936, 0.176607, 0.086457, 0, 0)),
        (Knobs(0), (1, 0, 0, 0, 0)),
    ],
)
def test_published_table(knobs: Knobs, expected: tuple[float, ...]) -> None:
    """Case 28: probabilities to six digits."""
    assert probabilities(LOGITS, knobs) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("temperature", "bits"), [(0.2, 0.0654), (0.5, 0.8781), (1, 1.7406), (1.5, 2.0321), (2, 2.1517)]
)
def test_entropy(temperature: float, bits: float) -> None:
    """Case 28: entropy in bits grows with the temperature."""
    assert entropy_bits(probabilities(LOGITS, Knobs(temperature))) == pytest.approx(bits, abs=1e-4)


@pytest.mark.parametrize(("top_p", "count"), [(0.5, 1), (0.8, 3), (0.9, 4), (0.95, 4), (1, 5)])
def test_kept_tokens(top_p: float, count: int) -> None:
    """Case 28: top-p 0.5, 0.8, 0.9 and 0.95 keep 1, 3, 4 and 4 tokens."""
    assert kept(probabilities(LOGITS, Knobs(top_p=top_p))) == count


def test_two_logits() -> None:
    """Logits 1 and 2: temperature 1 gives 0.268941 and 0.731059, temperature 0.5 0.119203 and 0.880797."""
    assert probabilities((1, 2), Knobs(1)) == pytest.approx((0.268941, 0.731059), abs=1e-6)
    assert probabilities((1, 2), Knobs(0.5)) == pytest.approx((0.119203, 0.880797), abs=1e-6)


def test_log_probabilities_serve_as_logits() -> None:
    """A provider's top log-probabilities come back as they were at temperature 1."""
    assert from_logprobs([log(0.7), log(0.2), log(0.1)], Knobs()) == pytest.approx((0.7, 0.2, 0.1))


@pytest.mark.parametrize("knobs", [{"temperature": -0.1}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.1}])
def test_absurd_knobs_are_refused(knobs: dict[str, float]) -> None:
    """A negative temperature, a top-k of none and a top-p outside 0 to 1 are refused."""
    with pytest.raises(ValueError, match=r"temperature|top-k|top-p"):
        Knobs(**knobs)  # type: ignore[arg-type]  # one knob at a time
    with pytest.raises(ValueError, match="one logit"):
        probabilities((), Knobs())


@given(
    # Thousandths: logits closer than floating point can tell apart are one and the same likelihood.
    st.lists(st.integers(-30_000, 30_000).map(lambda n: n / 1000), min_size=1, max_size=30),
    st.floats(0, 3),
    st.none() | st.integers(1, 30),
    st.none() | st.floats(0.01, 1),
)
def test_shares_stay_shares(
    logits: list[float], temperature: float, top_k: int | None, top_p: float | None
) -> None:
    """Whatever the knobs, shares add up to one and a likelier token is never cut before another."""
    shares = probabilities(logits, Knobs(temperature, top_k, top_p))

    assert sum(shares) == pytest.approx(1)
    assert 1 <= kept(shares) <= (top_k or len(logits))
    cut = [logit for logit, share in zip(logits, shares, strict=True) if share == 0]
    left = [logit for logit, share in zip(logits, shares, strict=True) if share > 0]
    assert not cut or max(left) >= max(cut)

"""Two offers on the same prompts: a ratio with its interval, settled or too close to call."""

from __future__ import annotations

import pytest

from advisor.probe.paired import pairs_needed, ratios
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Purpose, Reply, Sample, Timeline, Usage
from advisor.probe.timing import paces, timeline
from tests.probe.plans import case_of, plan_of_case

QUICK, STEADY = "practice:quick", "practice:steady"
MS = 1_000_000


def _sample(offer: str, prompt: str, first_ms: float, repeat: int = 0, chunks: int = 4) -> Sample:
    """An answer of 40 tokens in `chunks` chunks 10 ms apart, in a call for times."""
    stamps = tuple(round((first_ms + 10 * step) * MS) for step in range(chunks))
    attempt = Attempt(
        number=1,
        started_at=f"2026-11-24T12:00:0{repeat}.000+00:00",
        timeline=Timeline(started_ns=0, sent_ns=2 * MS, connect_ns=MS, tokens_ns=stamps, ended_ns=stamps[-1]),
        outcome=Reply(text="Paris", finish_reason="stop"),
        usage=Usage(prompt_tokens=10, completion_tokens=40),
        cost_usd=0.001,
    )
    return Sample(
        key=f"{offer}{prompt}{repeat}",
        run="r",
        offer=offer,
        prompt=prompt,
        repeat=repeat,
        purpose=Purpose.LATENCY,
        attempts=(attempt,),
    )


def _plan(prompts: int = 1) -> RunPlan:
    return plan_of_case(case_of(offers=(QUICK, STEADY), prompts=prompts))


def test_twice_as_slow_is_a_ratio_of_one_half() -> None:
    """First tokens 98 and 198 ms after sending on each of ten prompts: 0.495, settled, prompt by prompt."""
    prompts = [f"p{place}" for place in range(10)]
    found = ratios(
        _plan(10),
        [_sample(ref, prompt, ms) for ref, ms in ((QUICK, 100), (STEADY, 200)) for prompt in prompts],
    )
    ttft = next(one for one in found if one.metric == "ttft")

    assert ttft.value == pytest.approx(98 / 198)
    assert (ttft.first, ttft.second, ttft.pairs, ttft.over_prompts) == (QUICK, STEADY, 10, True)
    assert ttft.settled
    assert ttft.more_needed is None


def test_few_prompts_are_paired_call_by_call() -> None:
    """One prompt asked three times: three pairs; values that cross leave it open and say what would do."""
    times = {QUICK: (102, 132, 202), STEADY: (132, 102, 192)}
    found = ratios(
        _plan(),
        [_sample(ref, "p0", ms, repeat) for ref, each in times.items() for repeat, ms in enumerate(each)],
    )
    ttft = next(one for one in found if one.metric == "ttft")

    assert (ttft.pairs, ttft.over_prompts, ttft.settled) == (3, False, False)
    assert ttft.more_needed is not None
    assert ttft.more_needed > 100


def test_two_pairs_have_no_interval() -> None:
    """With two pairs the ratio stands alone."""
    found = ratios(
        _plan(), [_sample(ref, "p0", 100, repeat) for ref in (QUICK, STEADY) for repeat in range(2)]
    )

    assert all((one.low, one.high, one.settled) == (None, None, False) for one in found)


def test_pairs_needed_follow_from_spread_and_size() -> None:
    """A mean of 0.1 with a spread of 0.2 needs (1.96 x 0.2 / 0.1)^2 = 16 pairs; no difference needs none."""
    assert pairs_needed([-0.1, 0.1, 0.3]) == 16
    assert pairs_needed([-0.1, 0.0, 0.1]) is None


def test_several_tokens_in_a_chunk_are_noticed() -> None:
    """Forty tokens in ten chunks are four a chunk; the open connection and the wait stand apart."""
    slow = _sample(QUICK, "p0", 100, chunks=10)
    pace = paces(_plan(), [slow])[0]

    assert slow.tokens_per_chunk == 4.0
    assert pace.chunky
    assert pace.connect_s == (0.001,)
    assert pace.queue_s == pytest.approx(0.002)
    assert not paces(_plan(), [])[1].chunky


def test_hidden_reasoning_is_in_no_chunk() -> None:
    """Of forty tokens 36 were hidden reasoning: four visible ones in four chunks are one a chunk."""
    sample = _sample(QUICK, "p0", 100)
    usage = Usage(prompt_tokens=10, completion_tokens=40, reasoning_tokens=36)
    hidden = sample.attempts[0].model_copy(update={"usage": usage})

    assert sample.model_copy(update={"attempts": (hidden,)}).tokens_per_chunk == 1.0


def test_the_timeline_of_a_run() -> None:
    """Two calls one second apart: each starts, waits 2 ms on our side, and says its first and last token."""
    bars = timeline(_plan(), [_sample(QUICK, "p0", 100, repeat) for repeat in (1, 0)])

    assert [bar.start_s for bar in bars] == [0.0, 1.0]
    assert (bars[0].queue_s, bars[0].first_s) == (0.002, 0.098)
    assert bars[1].end_s == pytest.approx(1.13)
    assert bars[0].failure is None

"""Probe runs as a record keeps them."""

from __future__ import annotations

from hashlib import sha256

from advisor.case import ProbePrompt
from advisor.errors import FailureKind
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Failure, Parameters, Reply, Sample, SampleState, Timeline
from advisor.probe.targets import Target
from advisor.record.evidence import evidence_of, prompt_hash
from tests.record.conftest import DAY

S = 1_000_000_000


def a_plan() -> RunPlan:
    """Three offers of each kind, one prompt asked twice."""
    targets = ("alpha@host", "own:ours", "practice:steady")
    return RunPlan(
        day=DAY,
        targets=tuple(
            Target(
                ref=ref, label=ref, model="m", base_url="http://u:p@h", simulated=ref.startswith("practice")
            )
            for ref in targets
        ),
        prompts=(ProbePrompt(id="p1", text="Say hello", system="Be short"),),
        samples_per_prompt=2,
        temperature=0.0,
        effort="low",
        max_output_tokens=100,
        cap_microusd=1,
        concurrency=1,
        timeout_s=10,
    )


def a_sample(offer: str, repeat: int, outcome: Reply | Failure) -> Sample:
    """One call: first token after half a second, last after a whole one."""
    times = Timeline(started_ns=0, sent_ns=0, tokens_ns=(S // 2, S), first_answer_ns=S // 2, ended_ns=S)
    attempt = Attempt(
        number=1,
        started_at="2026-11-24T00:00:00Z",
        timeline=times,
        outcome=outcome,
        parameters=Parameters(dropped=("temperature",)),
    )
    state = SampleState.DONE if isinstance(outcome, Reply) else SampleState.FAILED
    return Sample(
        key=f"{offer}-{repeat}",
        run="1",
        offer=offer,
        prompt="p1",
        repeat=repeat,
        state=state,
        simulated=offer.startswith("practice"),
        attempts=(attempt,),
    )


def test_a_run_becomes_one_summary_per_offer() -> None:
    """Model ids as returned, failures counted, parameters and dropped ones, figures with n."""
    hello = Reply(text="Hello", finish_reason="stop", model="alpha-2026-11")
    failed = Failure(kind=FailureKind.RATE_LIMIT, detail="slow down")
    samples = (a_sample("alpha@host", 0, hello), a_sample("alpha@host", 1, failed))
    first = evidence_of(a_plan(), samples, "run 1")[0]
    assert (first.offer, first.model_returned, first.provider) == ("alpha@host", "alpha-2026-11", "host")
    assert (first.samples, first.failures, first.not_sent) == (2, 1, ("temperature",))
    assert (first.temperature, first.max_output_tokens, first.effort) == (0.0, 100, "low")
    times = {figure.metric: (figure.value, figure.n) for figure in first.figures}
    assert times["ttft"] == (0.5, 1)


def test_a_model_that_changed_under_the_run_shows_both_names() -> None:
    """Two ids returned by one offer are both kept."""
    samples = tuple(
        a_sample("alpha@host", i, Reply(text="Hello", finish_reason="stop", model=f"alpha-{i}"))
        for i in (1, 0)
    )
    assert evidence_of(a_plan(), samples, "run 1")[0].model_returned == "alpha-0, alpha-1"


def test_own_and_practice_endpoints_are_told_apart() -> None:
    """An own endpoint shows its name, never its address; practice is simulated, even without a reply."""
    _, own, practice = evidence_of(a_plan(), (), "run 1")
    assert own.provider == "own endpoint ours"
    assert not own.simulated
    assert (practice.provider, practice.simulated) == ("practice endpoint", True)
    assert practice.model_returned is None


def test_prompts_are_named_by_hash() -> None:
    """The hash covers system text and prompt text, and tells them apart."""
    prompt = ProbePrompt(id="p", text="b", system="a")
    assert prompt_hash(prompt) == sha256(b"a\0b").hexdigest()
    assert prompt_hash(prompt) != prompt_hash(ProbePrompt(id="p", text="ab"))

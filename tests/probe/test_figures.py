"""Figures of a run: every metric from raw samples, unknown where the raw parts are missing."""

from __future__ import annotations

import pytest

from advisor.case import ProbePrompt
from advisor.errors import FailureKind
from advisor.probe.document import probe_document
from advisor.probe.metrics import FREE_TEXT, METRICS, Estimate, basis, span
from advisor.probe.pass_marks import Mark, missed_marks, pass_marks
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Attempt, Failure, Purpose, Reply, Sample, Timeline, Usage, UsageSource
from advisor.probe.summary import EVIDENCE, measurements, summaries
from tests.catalog.tiny import TODAY
from tests.probe.plans import case_of, plan_of_case

OFFER = "practice:quick"


def _sample(repeat: int, text: str | None = "Paris", prompt: str = "p0", first_ms: int = 200) -> Sample:
    """An answer whose first of four chunks comes after `first_ms`, the others 100 ms apart; or a failure."""
    line = Timeline(
        started_ns=0,
        sent_ns=5_000_000,
        first_answer_ns=5_000_000 + first_ms * 1_000_000,
        tokens_ns=tuple(5_000_000 + (first_ms + 100 * step) * 1_000_000 for step in range(4)),
    )
    outcome = Reply(text=text, finish_reason="stop") if text else Failure(kind=FailureKind.TIMEOUT, detail="")
    attempt = Attempt(
        number=1,
        started_at="",
        timeline=line,
        outcome=outcome,
        usage=Usage(prompt_tokens=10, completion_tokens=40),
        usage_source=UsageSource.WIRE,
        cost_usd=0.001 if text else None,
    )
    return Sample(
        key=f"{prompt}{repeat}",
        run="r",
        offer=OFFER,
        prompt=prompt,
        repeat=repeat,
        simulated=True,
        attempts=(attempt,),
    )


def _plan(**changes: object) -> RunPlan:
    return plan_of_case(case_of(prompts=2, samples_per_prompt=5)).model_copy(update=changes)


def _figure(key: str, samples: list[Sample], prompt: ProbePrompt | None = None) -> Estimate | None:
    prompts = {"p0": prompt or _plan().prompts[0], "p1": _plan().prompts[1]}
    return next(metric for metric in METRICS if metric.key == key).compute(samples, prompts)


def test_times_of_one_answer() -> None:
    """First token after 0.2 s, last after 0.5 s, 30 tokens after the first chunk in 0.3 s; queueing apart."""
    sample = _sample(0)

    assert sample.queue_s == pytest.approx(0.005)
    assert sample.ttft_s == sample.first_answer_s == pytest.approx(0.2)
    assert sample.total_s == pytest.approx(0.5)
    assert sample.output_tps == pytest.approx(100.0)
    assert sample.gaps_s == pytest.approx((0.1, 0.1, 0.1))


def _read_at(*ms: int) -> Sample:
    """An answer of 40 tokens whose chunks arrived at these milliseconds."""
    sample = _sample(0)
    line = sample.attempts[0].timeline.model_copy(
        update={"tokens_ns": tuple(5_000_000 + at * 1_000_000 for at in ms)}
    )
    return sample.model_copy(update={"attempts": (sample.attempts[0].model_copy(update={"timeline": line}),)})


def test_one_read_tells_no_speed() -> None:
    """All chunks in one read: the speed is unknown, and the figure of the others says how many it misses."""
    at_once = _read_at(200, 200, 200, 200)
    assert at_once.output_tps is None

    assert _figure("output_tps", [at_once]) is None
    figure = _figure("output_tps", [at_once, _sample(1)])
    assert figure is not None
    assert (figure.n, figure.note) == (
        1,
        "equal prompts: a prompt cache may have shortened it; unknown for 1 more",
    )
    assert figure.value == pytest.approx(100.0)


def test_a_bunched_first_read_is_left_out_of_the_speed() -> None:
    """Three of four chunks in the first read, the last 0.1 s later: 10 tokens in 0.1 s."""
    assert _read_at(200, 200, 200, 300).output_tps == pytest.approx(100.0)


def test_a_failed_call_has_no_times() -> None:
    """A timeout has stamps, but they describe no answer: every figure is None, never zero."""
    sample = _sample(0, text=None)

    assert (sample.ttft_s, sample.total_s, sample.output_tps, sample.gaps_s) == (None,) * 4
    assert sample.cost_usd is None
    assert sample.failure is not None


@pytest.mark.parametrize("key", [metric.key for metric in METRICS if metric.key != "failures"])
def test_nothing_shows_nothing(key: str) -> None:
    """Without answers every figure is None; only the share of failures is known."""
    assert _figure(key, [_sample(0, text=None)]) is None


def test_failures_are_a_share() -> None:
    """One of four calls failed: 25 %, with Wilson's interval."""
    figure = _figure("failures", [_sample(0, None), _sample(1), _sample(2), _sample(3)])

    assert figure is not None
    assert (figure.value, figure.n) == (0.25, 4)
    assert figure.bounds == pytest.approx((0.0456, 0.6994), abs=5e-5)


def test_small_samples_get_no_percentile() -> None:
    """Nineteen times have median, smallest and largest but no 95th percentile; twenty have one."""
    nineteen = _figure("ttft", [_sample(i, first_ms=100 + i) for i in range(19)])
    twenty = _figure("ttft", [_sample(i, first_ms=100 + i) for i in range(20)])

    assert nineteen is not None
    assert twenty is not None
    assert (nineteen.value, nineteen.smallest, nineteen.largest) == pytest.approx((0.109, 0.1, 0.118))
    assert nineteen.p95 is None
    assert twenty.p95 == pytest.approx(0.11805)


def test_few_times_get_no_interval() -> None:
    """Five times have no interval of the median; ten have the 2nd to the 9th."""
    five = _figure("ttft", [_sample(i, first_ms=100 + i) for i in range(5)])
    ten = _figure("ttft", [_sample(i, first_ms=100 + i) for i in range(10)])

    assert five is not None
    assert ten is not None
    assert five.bounds is None
    assert ten.bounds == pytest.approx((0.101, 0.108))


def _made_for(sample: Sample, purpose: Purpose) -> Sample:
    return sample.model_copy(update={"purpose": purpose})


def test_each_figure_rests_on_its_own_calls() -> None:
    """Times come from unique calls, answers from identical ones, cost from both, nothing from warm-ups."""
    samples = [
        _made_for(_sample(0, "Rome", first_ms=900), Purpose.WARM_UP),
        _made_for(_sample(0, "Lyon", first_ms=300), Purpose.LATENCY),
        _sample(0, "Paris", first_ms=100),
        _sample(1, "Paris", first_ms=100),
    ]
    ttft, passed, agreed, cost = (
        _figure(key, samples) for key in ("ttft", "pass_rate", "consistency", "cost")
    )
    told = summaries(_plan(), samples)[0]

    assert ttft is not None
    assert passed is not None
    assert agreed is not None
    assert cost is not None
    assert (ttft.value, ttft.n, ttft.note) == (pytest.approx(0.3), 1, "")
    assert (passed.value, passed.n) == (1.0, 2)
    assert agreed.value == 1.0
    assert cost.n == 3
    assert (told.wanted, told.answered) == (3, 3)


def test_agreement_is_the_mean_over_prompts() -> None:
    """Five equal answers and AAAAB: the mean of 1 and 0.6."""
    texts = {"p0": ["Paris"] * 5, "p1": ["Paris"] * 4 + ["Lyon"]}
    samples = [_sample(i, text, prompt) for prompt, said in texts.items() for i, text in enumerate(said)]
    agreed, passed = _figure("consistency", samples), _figure("pass_rate", samples)

    assert agreed is not None
    assert passed is not None
    assert (agreed.value, agreed.n) == (pytest.approx(0.8), 2)
    assert agreed.low is not None
    assert agreed.low < 0.8
    assert (passed.value, passed.n) == (pytest.approx(0.9), 10)


def test_equal_answers_are_never_certain() -> None:
    """All answers equal and right: the intervals still reach down."""
    samples = [_sample(i, "Paris", prompt) for prompt in ("p0", "p1") for i in range(5)]
    figures = [_figure(key, samples) for key in ("consistency", "pass_rate")]

    assert all(figure is not None and figure.value == 1.0 for figure in figures)
    assert all(figure is not None and figure.low is not None and figure.low < 0.9 for figure in figures)


def test_free_text_agreement_stands_apart_and_is_called_approximate() -> None:
    """p0 in free text, p1 with Lyon and Rome: agree@2 is 0 over p1 alone, free text 1 over p0, labelled."""
    prompt = ProbePrompt(id="p0", text="Why?")
    told = [
        *[_sample(i, "Because of rain") for i in (0, 1)],
        _sample(0, "Lyon", "p1"),
        _sample(1, "Rome", "p1"),
    ]
    exact, free = (_figure(key, told, prompt) for key in ("consistency", FREE_TEXT))

    assert exact is not None
    assert free is not None
    assert (exact.value, exact.n, exact.answers, exact.note) == (0.0, 1, 2, "")
    assert (free.value, free.n, free.answers) == (1.0, 1, 2)
    assert free.note.startswith("approximate")
    assert _figure("consistency", told[:2], prompt) is None


def test_a_share_over_prompts_says_both_counts() -> None:
    """Ten answers to two prompts: both numbers are said, and that the interval is over prompts."""
    samples = [_sample(i, "Paris", prompt) for prompt in ("p0", "p1") for i in range(5)]
    rows = {metric.key: metric for metric in METRICS}
    told = [
        basis(figure, rows[key]) for key in ("pass_rate", "consistency") if (figure := _figure(key, samples))
    ]
    one = _figure("pass_rate", samples[:5])

    assert told == ["10 answers to 2 prompts, interval over prompts"] * 2
    assert one is not None
    assert basis(one, rows["pass_rate"]) == "5 answers to 1 prompt, interval over these answers"


def test_an_unknown_cost_is_said() -> None:
    """A mean cost over fewer calls than were answered says how many are missing."""
    lost = _sample(1)
    unpriced = lost.attempts[0].model_copy(update={"cost_usd": None})
    figure = _figure("cost", [_sample(0), lost.model_copy(update={"attempts": (unpriced,)})])

    assert figure is not None
    assert (figure.value, figure.n) == (0.001, 1)
    assert "1 more" in figure.note


def _judged_and_not() -> tuple[RunPlan, list[Sample]]:
    """Four judged answers at 0.1 cents, three right; dear ones for speed and to an unjudged prompt."""
    plan = _plan()
    unjudged = plan.prompts[1].model_copy(update={"expected": None, "answer_type": "free"})
    right = [_sample(i, "Lyon" if i == 3 else "Paris") for i in range(4)]
    dear = [_sample(i, prompt="p1") for i in range(5)]
    dear += [_sample(9).model_copy(update={"key": "speed", "purpose": Purpose.LATENCY})]
    attempts = [one.attempts[0].model_copy(update={"cost_usd": 0.5}) for one in dear]
    dear = [one.model_copy(update={"attempts": (each,)}) for one, each in zip(dear, attempts, strict=True)]
    return plan.model_copy(update={"prompts": (plan.prompts[0], unjudged)}), [*right, *dear]


def test_only_judged_calls_are_paid_for_by_passes() -> None:
    """Cost per passed answer: 4 x 0.001 dollars over 3 right answers, from 4 calls; the dear ones are out."""
    plan, samples = _judged_and_not()
    figure = summaries(plan, samples)[0].figures["cost_per_success"]

    assert figure is not None
    assert figure.value == pytest.approx(0.004 / 3)
    assert basis(figure, next(one for one in METRICS if one.key == "cost_per_success")) == "4 judged calls"
    taken = next(
        one for one in measurements(plan, samples, "run-1", TODAY) if one.metric == "cost_per_success"
    )
    assert (taken.value, taken.n, taken.prompts) == (pytest.approx(0.004 / 3), 4, 1)


def test_evidence_keeps_the_mark_simulated() -> None:
    """Every measurement of a practice model is marked, dated and tied to its run."""
    evidence = measurements(_plan(), [_sample(i) for i in range(5)], "run-1", TODAY)

    assert [one.metric for one in evidence] == list(EVIDENCE)
    assert all(one.simulated and one.run == "run-1" and one.as_of == TODAY for one in evidence)
    assert all(one.low is None or one.low <= one.value for one in evidence)


def test_a_summary_counts_every_sample() -> None:
    """Categories, errors and usage sources add up to what was asked."""
    summary = summaries(_plan(), [_sample(0), _sample(1, None), _sample(2, "  ")])[0]

    assert (summary.wanted, summary.answered) == (3, 2)
    assert summary.categories == {"valid": 1, "error": 1, "empty": 1}
    assert summary.errors == {"timeout": 1}
    assert summary.usage_sources == {"wire": 3}


def test_pass_marks() -> None:
    """A mark that is reached passes; one that is missed, or cannot be measured, is named."""
    good = [_sample(i) for i in range(5)]

    assert missed_marks(_plan(minimum_agreement=1.0, minimum_pass_rate=1.0), good) == ()
    missed = missed_marks(_plan(minimum_pass_rate=0.5), [_sample(0, "Lyon"), _sample(1, "Rome")])
    unknown = missed_marks(_plan(minimum_agreement=0.5), [_sample(0)])
    assert [(one.metric, one.reached) for one in (*missed, *unknown)] == [
        ("pass_rate", 0.0),
        ("consistency", None),
    ]


def _mark_of(right: int, wanted: float) -> Mark:
    """Of twenty answers to one prompt so many are right; Wilson's interval is over them."""
    samples = [_sample(i, "Paris" if i < right else "Lyon") for i in range(20)]
    (mark,) = pass_marks(_plan(minimum_pass_rate=wanted), samples)
    return mark


@pytest.mark.parametrize(
    ("right", "wanted", "met", "settled", "words"),
    [
        # Wilson of 18 of 20 is 0.699 to 0.972, of 4 of 20 it is 0.081 to 0.416.
        (18, 0.6, True, True, "90 % meets the mark of 60 % (95 % interval 70 % to 97 %)."),
        (18, 0.8, True, False, "meets the mark of 80 % in this sample, but the sample does not settle it"),
        (18, 0.95, False, False, "misses the mark of 95 % in this sample, but the sample does not settle it"),
        (4, 0.6, False, True, "20 % misses the mark of 60 % (95 % interval 8.1 % to 42 %)."),
    ],
)
def test_a_mark_inside_the_interval_is_not_settled(
    right: int, wanted: float, met: bool, settled: bool, words: str
) -> None:
    """The figure alone decides met or missed; the words say when the interval holds the mark."""
    mark = _mark_of(right, wanted)

    assert (mark.met, mark.settled) == (met, settled)
    assert words in mark.words


def test_no_mark_is_missed_before_the_end_nor_settled_by_one_reply() -> None:
    """While a run goes on a mark is not yet known; 0 of 1 settles nothing."""
    plan, wrong = _plan(minimum_pass_rate=0.8), [_sample(i, "Lyon") for i in range(8)]

    (going,) = pass_marks(plan, wrong, over=False)
    (one,) = pass_marks(plan, wrong[:1])
    (none,) = pass_marks(plan, [])

    assert [mark.settled for mark in (going, one, none)] == [False, False, False]
    assert pass_marks(plan, wrong)[0].settled
    assert going.words.endswith("0 % so far. Whether it meets the mark of 80 % is not yet known.")
    assert one.words.endswith("misses the mark of 80 % in this sample, but 1 value cannot settle it.")
    assert none.words.endswith("was not measured: nothing shows it meets the mark of 80 %.")
    told = probe_document(plan, wrong, run="r", state="running", reason="", spent_usd=0, over=False)
    assert (told["passed"], told["missed_marks"]) == (False, [])


def test_the_span_says_a_percentile_only_from_twenty_values_on() -> None:
    """First tokens 10 ms apart: 19 values show their ends, 20 the 95th percentile too; equal ones nothing."""
    metric = next(one for one in METRICS if one.key == "ttft")

    def said(count: int, apart_ms: int) -> str:
        figure = _figure("ttft", [_sample(i, first_ms=200 + apart_ms * i) for i in range(count)])
        assert figure is not None
        return span(figure, metric)

    assert said(19, 10) == "0.2 to 0.38 s"
    assert said(20, 10).startswith("0.2 to 0.39 s, 95th percentile 0.3")
    assert said(5, 0) == ""


def test_calls_never_sent_are_no_failures_of_the_provider() -> None:
    """One call refused, two not sent for it: one failed call of one, and the two are named beside it."""
    refusal = Failure(kind=FailureKind.AUTHENTICATION, detail="")
    unsent = {"attempts": (), "not_asked": refusal}
    calls = [_sample(0, None), *(_sample(n, None).model_copy(update=unsent) for n in (1, 2))]
    plan = plan_of_case(case_of())
    found = summaries(plan, [one.model_copy(update={"offer": OFFER}) for one in calls])[0]
    share = found.figures["failures"]

    assert share is not None
    assert (share.value, share.n) == (1.0, 1)
    assert found.warnings[0] == "2 calls not sent after the first refusal"

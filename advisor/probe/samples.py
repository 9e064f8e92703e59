"""What one call brought: raw timestamps and usage as returned, or the failure. Never both, never zeros.

Every figure is derived from the raw parts, and is None when they are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from advisor.errors import FailureKind
from advisor.frozen import Frozen

NS_PER_S = 1_000_000_000
MICROUSD_PER_USD = 1_000_000

Nanoseconds = Annotated[int, Field(ge=0)]
"""Reading of a monotonic clock: only differences mean anything."""
Tokens = Annotated[int, Field(ge=0)]


class UsageSource(StrEnum):
    """Where token counts come from."""

    WIRE = "wire"
    """The provider's own bytes."""
    ESTIMATED = "estimated"
    NONE = "none"


class Purpose(StrEnum):
    """What a call is made for, and so what it may be used for."""

    WARM_UP = "warm_up"
    """Opens the way: paid for, and part of no figure."""
    LATENCY = "latency"
    """Made unique, so that no prompt cache shortens it: times only."""
    CONSISTENCY = "consistency"
    """Byte for byte the prompt as written: answers and agreement; a cache may have shortened its times."""
    LOAD = "load"
    """Made unique, with a number of others at once: throughput under load, and no other time."""

    @property
    def word(self) -> str:
        """What such a call is called wherever people read it."""
        return _WORDS[self]


_WORDS = {
    Purpose.WARM_UP: "warm-up",
    Purpose.LATENCY: "speed",
    Purpose.CONSISTENCY: "answer",
    Purpose.LOAD: "load",
}


class Usage(Frozen):
    """Tokens as the provider counted them; None is not stated."""

    prompt_tokens: Tokens | None = None
    """Whole prompt, cached part included."""
    completion_tokens: Tokens | None = None
    """Everything generated, hidden reasoning included."""
    cached_tokens: Tokens | None = None
    """Part of the prompt read from the provider's cache."""
    cache_write_tokens: Tokens | None = None
    """Part of the prompt written to the provider's cache."""
    reasoning_tokens: Tokens | None = None
    """Part of the completion that is reasoning."""
    audio_prompt_tokens: Tokens | None = None
    """Part of the prompt that is sound."""
    audio_completion_tokens: Tokens | None = None
    """Part of the completion that is sound."""


class Timeline(Frozen):
    """When bytes moved, on one monotonic clock."""

    started_ns: Nanoseconds
    """The call was due; queueing on our side lies between this and `sent_ns`."""
    sent_ns: Nanoseconds | None = None
    """The request went out on an open connection."""
    connect_ns: Nanoseconds | None = None
    """Nanoseconds spent opening the connection; None when one was re-used."""
    headers_ns: Nanoseconds | None = None
    first_byte_ns: Nanoseconds | None = None
    first_reasoning_ns: Nanoseconds | None = None
    first_answer_ns: Nanoseconds | None = None
    tokens_ns: tuple[Nanoseconds, ...] = ()
    """Arrival of every chunk that carried tokens, reasoning or answer."""
    ended_ns: Nanoseconds | None = None
    """Last byte, or the moment the call failed."""


class TokenOdds(Frozen):
    """One token of an answer with what might have stood in its place."""

    token: str
    top: tuple[tuple[str, float], ...]
    """Likeliest tokens there with the natural logarithm of their probability."""


class ToolCall(Frozen):
    """A function the model asked to have called; nothing here ever runs one."""

    name: str
    arguments: str
    """As the model wrote them: JSON, unless it went wrong."""


class Reply(Frozen):
    """A complete answer, as the provider gave it."""

    text: str
    reasoning: str = ""
    finish_reason: str
    """The provider's word, in the common vocabulary: stop, length, tool_calls, content_filter."""
    model: str | None = None
    """Model id as returned."""
    fingerprint: str | None = None
    refused: bool = False
    """Whether the provider itself marked the text as a refusal."""
    tool_calls: tuple[ToolCall, ...] = ()
    """In the order given."""
    odds: tuple[TokenOdds, ...] = ()
    """Token by token, where log-probabilities were asked for and given."""
    judged: Mapping[int, bool] = {}
    """What a judge model said of it: place of the rubric among the graders -> met. Added when it is read."""
    warnings: tuple[str, ...] = ()
    """What a reader should know: a stall, a usage that does not add up, a disagreement of two readers."""

    @property
    def truncated(self) -> bool:
        """Whether the token limit cut the answer."""
        return self.finish_reason == "length"


class Failure(Frozen):
    """Why there is no usable answer."""

    kind: FailureKind
    detail: str
    """What happened, with keys and prompts removed."""
    retry_after_s: float | None = None
    """Seconds the provider asked to wait."""
    received: str = ""
    """Text that had arrived before it failed; never counted as an answer."""


class Parameters(Frozen):
    """What was really asked for."""

    sent: Mapping[str, float | int | str | bool | None] = {}
    dropped: tuple[str, ...] = ()
    """Parameters wanted but not sent, because the model does not take them."""


class Attempt(Frozen):
    """One call really sent."""

    number: Annotated[int, Field(ge=1)]
    started_at: str
    """UTC time, ISO 8601, for people; durations come from `timeline`."""
    timeline: Timeline
    outcome: Reply | Failure
    usage: Usage | None = None
    usage_source: UsageSource = UsageSource.NONE
    cost_usd: Annotated[float, Field(ge=0)] | None = None
    """Cost by our price function; None when price or usage is unknown."""
    litellm_usd: Annotated[float, Field(ge=0)] | None = None
    """LiteLLM's own figure for the same call, for comparison."""
    parameters: Parameters = Parameters()
    instrument: Literal["stamped", "plain"] = "stamped"
    """`stamped`: bytes stamped before anything parsed them; `plain`: read through LiteLLM, a wider error."""
    request_id: str | None = None
    """The provider's id of this call."""


class SampleState(StrEnum):
    """How far one wanted call is."""

    TODO = "todo"
    CALLING = "calling"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """In flight when the run was interrupted, and not asked again."""


class Sample(Frozen):
    """One answer wanted from one offer to one prompt, and what came of it."""

    key: str
    """Stable key, sent as header `x-probe-id`."""
    run: str
    offer: str
    """`model@provider`, `own:NAME` or `practice:NAME`."""
    prompt: str
    repeat: Annotated[int, Field(ge=0)]
    """Counts the calls of one purpose."""
    purpose: Purpose = Purpose.CONSISTENCY
    rung: Annotated[int, Field(ge=1)] | None = None
    """Calls at once on its step of a load ladder; None outside of one."""
    state: SampleState = SampleState.TODO
    simulated: bool = False
    attempts: tuple[Attempt, ...] = ()
    not_asked: Failure | None = None
    """Why it was never asked, such as a key the provider had already refused."""

    @property
    def name(self) -> str:
        """Its name among the calls of one offer to one prompt: `answer 1`, `speed 1`, `load 1`."""
        return f"{self.purpose.word} {self.repeat + 1}"

    @property
    def last(self) -> Attempt | None:
        """The newest attempt, None before the first one ended."""
        return self.attempts[-1] if self.attempts else None

    @property
    def reply(self) -> Reply | None:
        """The answer, None when there is none."""
        outcome = self.last.outcome if self.last else None
        return outcome if isinstance(outcome, Reply) else None

    @property
    def failure(self) -> Failure | None:
        """Why there is no answer, None when there is one or none was tried."""
        outcome = self.last.outcome if self.last else self.not_asked
        return outcome if isinstance(outcome, Failure) else None

    @property
    def usage(self) -> Usage | None:
        """Usage of the answer, None when it is unknown."""
        return self.last.usage if self.last else None

    @property
    def queue_s(self) -> float | None:
        """Seconds the call waited on our side before it went out."""
        time = self._timeline
        return None if time is None else _seconds(time.started_ns, time.sent_ns)

    @property
    def connect_s(self) -> float | None:
        """Seconds to open the connection; None when one was re-used."""
        time = self._timeline
        return None if time is None or time.connect_ns is None else time.connect_ns / NS_PER_S

    @property
    def ttft_s(self) -> float | None:
        """Seconds from sending to the first token of any kind."""
        time = self._answered
        return _seconds(time.sent_ns, time.tokens_ns[0]) if time and time.tokens_ns else None

    @property
    def first_answer_s(self) -> float | None:
        """Seconds from sending to the first token of the answer, after any reasoning."""
        time = self._answered
        return _seconds(time.sent_ns, time.first_answer_ns) if time else None

    @property
    def total_s(self) -> float | None:
        """Seconds from sending to the last token."""
        time = self._answered
        return _seconds(time.sent_ns, time.tokens_ns[-1]) if time and time.tokens_ns else None

    @property
    def gaps_s(self) -> tuple[float, ...] | None:
        """Seconds between chunks that carried tokens; a chunk may carry several tokens."""
        time = self._answered
        if time is None or len(time.tokens_ns) < 2:
            return None
        return tuple((after - before) / NS_PER_S for before, after in pairwise(time.tokens_ns))

    @property
    def output_tps(self) -> float | None:
        """Output tokens per second after the first read; None when all came at once or are uncounted."""
        time, usage = self._answered, self.usage
        if time is None or usage is None or not usage.completion_tokens or not time.tokens_ns:
            return None
        first_ns, last_ns = time.tokens_ns[0], time.tokens_ns[-1]
        if last_ns <= first_ns:
            return None
        # Chunks of one read share its moment: nothing is known about the pace inside the first read.
        later = sum(at_ns > first_ns for at_ns in time.tokens_ns) / len(time.tokens_ns)
        return usage.completion_tokens * later / ((last_ns - first_ns) / NS_PER_S)

    @property
    def tokens_per_chunk(self) -> float | None:
        """Tokens one chunk carried on average; None when hidden reasoning or missing counts leave it open."""
        time, usage, reply = self._answered, self.usage, self.reply
        if (
            time is None
            or usage is None
            or reply is None
            or not usage.completion_tokens
            or not time.tokens_ns
        ):
            return None
        hidden = 0 if reply.reasoning else usage.reasoning_tokens or 0
        return (usage.completion_tokens - hidden) / len(time.tokens_ns)

    @property
    def cost_usd(self) -> float | None:
        """Dollars of all attempts together; None when any of them is unknown."""
        costs = [attempt.cost_usd for attempt in self.attempts]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if costs and len(known) == len(costs) else None

    @property
    def _timeline(self) -> Timeline | None:
        return self.last.timeline if self.last else None

    @property
    def _answered(self) -> Timeline | None:
        # Times of a failed call describe the failure, not the model.
        return self._timeline if self.reply is not None else None


def _seconds(start_ns: int | None, end_ns: int | None) -> float | None:
    return None if start_ns is None or end_ns is None else (end_ns - start_ns) / NS_PER_S

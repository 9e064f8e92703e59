"""What one finished task makes a model do, in tokens and calls, each between bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

from advisor.interval import Interval

ONE = Interval.exact(1.0)
ZERO = Interval.exact(0.0)


@dataclass(frozen=True, slots=True)
class TokenProfile:
    """Tokens and calls per task. A chat task is one call; an agent's task is many.

    Input counts the whole prompt, cached part included. Reasoning tokens come on top of `output`.
    `None` means the user does not know yet.
    """

    input_tokens: Interval | None
    """Prompt tokens per task, summed over its calls."""
    output_tokens: Interval | None
    """Visible answer tokens per task."""
    reasoning_per_output: Interval = ZERO
    """Hidden reasoning tokens per visible one, for models that reason at the chosen effort."""
    cached_share: Interval = ZERO
    """Share of the input read from the prompt cache, where the offer has one."""
    cache_written_share: Interval = ZERO
    """Share of the input written to the prompt cache, where the offer charges for writing."""
    largest_input_tokens: Interval | None = None
    """Prompt tokens of the largest single call: decides price tier and context need."""
    calls: Interval = ONE
    """Model calls per task."""
    batch_share: Interval = ZERO
    searches: Interval = ZERO
    """Live web searches per task."""
    extra_usd: Interval = ZERO
    """Costs per task that are not model tokens, such as retrieval and re-ranking."""
    success_rate: Interval = field(default=ONE)
    """Share of tasks that end well, when the plan itself limits it (chained steps)."""
    extra_s: Interval = ZERO
    """Seconds per task that are not the model's, such as re-ranking."""
    regional: bool = False
    """Whether requests must be processed in a named region, which some providers charge more for."""
    at: time | None = None
    """Time of day in UTC at which every request runs; off-peak prices hold only when it is given."""

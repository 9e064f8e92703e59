"""The limits an architecture needs, as numbers: steps, tokens, money, time, retries, approvals.

Limits are checked between steps, so a run can overshoot by one step (rule `autonomy.overshoot`). The
starting values are our own, inside the ranges of rule `autonomy.budgets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from advisor.cost.agents import loop_input_tokens
from advisor.decide.advice import Guardrail

START_USD = 2.0
START_S = 300.0
RETRIES = 2
SAME_CALL = 3
FAILURES = 3


def step_limit(typical_steps: float) -> int:
    """Steps after which a task is stopped: half as many again as expected, at least five."""
    return max(5, ceil(1.5 * typical_steps))


@dataclass(frozen=True, slots=True)
class Limits:
    """What is known about one task; None takes the starting value."""

    steps: float
    """Model calls of a typical task."""
    max_usd: float | None
    max_s: float | None
    irreversible: bool
    """Whether it may do what cannot be undone."""
    first_prompt_tokens: float | None
    growth_tokens: float
    """Tokens each step adds to an agent's transcript."""

    @property
    def of_workflow(self) -> tuple[Guardrail, ...]:
        """Limits of calls along a written path."""
        return (self._money(), self._time(), self._retries(), *self._approvals())

    @property
    def of_agent(self) -> tuple[Guardrail, ...]:
        """Limits of a model that directs itself."""
        return (
            self._steps(),
            *self._tokens(),
            self._money(),
            self._time(),
            Guardrail(
                "no_progress",
                "Same call or no progress, then stop",
                SAME_CALL,
                "times",
                "one agent repeated the same call 140 times",
            ),
            self._retries(),
            Guardrail(
                "failures",
                "Failed steps before a person takes over",
                FAILURES,
                "failures",
                "past a failure threshold a person decides",
            ),
            *self._approvals(),
        )

    def _steps(self) -> Guardrail:
        because = f"half as many again as the {self.steps:g} steps of a typical task"
        return Guardrail("steps", "Steps per task", step_limit(self.steps), "steps", because)

    def _tokens(self) -> tuple[Guardrail, ...]:
        if self.first_prompt_tokens is None:
            return ()
        most = loop_input_tokens(self.first_prompt_tokens, self.growth_tokens, step_limit(self.steps))
        because = "the growing transcript, sent again with every step up to the step limit"
        return (Guardrail("tokens", "Prompt tokens per task", most, "tokens", because),)

    def _money(self) -> Guardrail:
        mine = "the most you said a task may cost"
        because = "a starting value between $1 and $5" if self.max_usd is None else mine
        overshoot = "limits are checked between steps, so configure it less the dearest step"
        value = START_USD if self.max_usd is None else self.max_usd
        return Guardrail("usd", "Money per task", value, "USD", f"{because}; {overshoot}")

    def _time(self) -> Guardrail:
        because = "a starting value" if self.max_s is None else "the longest you said a task may take"
        value = START_S if self.max_s is None else self.max_s
        return Guardrail("wall_clock", "Time per task", value, "s", because)

    def _retries(self) -> Guardrail:
        return Guardrail(
            "retries", "Retries of one step", RETRIES, "retries", "a third failure is not bad luck"
        )

    def _approvals(self) -> tuple[Guardrail, ...]:
        if not self.irreversible:
            return ()
        because = "payments, messages and deletions cannot be taken back"
        label = "Human approvals before each action that cannot be undone"
        return (Guardrail("approvals", label, 1, "approvals", because),)

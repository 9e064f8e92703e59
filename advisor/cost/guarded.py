"""An agent's cost and success by simulation, with its guards in force: where the cap cuts the tail.

Every figure is simulated: draws from a seed, repeatable, as good as the assumptions about one step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from advisor.cost.agents import loop_input_tokens
from advisor.wording import number, usd

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
"""Which tasks, by their place among the draws."""

DRAWS = 20_000
HARD_STOP = 2_000
"""Steps after which a simulated task ends in any case."""


@dataclass(frozen=True, slots=True)
class AgentTask:
    """One task as the agent goes about it."""

    steps: float
    """Steps a task needs on average when all goes right."""
    spread: float
    """Standard deviation of that number as a share of it: 0 is always the same, 1 is wild."""
    step_success: float
    """Share of steps that go right."""
    noticed: float
    """Share of wrong steps the agent notices and repeats; the others spoil the task."""
    first_prompt_tokens: float
    growth_tokens: float
    """Tokens each step adds to the transcript."""
    output_tokens: float
    """Tokens written per step."""
    input_usd_per_mtok: float
    cached_usd_per_mtok: float
    """Of transcript tokens read from the cache; the input price where there is none."""
    output_usd_per_mtok: float
    step_s: float = 0.0
    """Seconds per step."""
    first_cached_tokens: float = 0.0
    """Part of the first prompt that other tasks left in the cache."""

    @property
    def steps_with_repeats(self) -> float:
        """Steps a task takes on average when noticed failures are repeated; infinite when none goes right."""
        done = 1 - (1 - self.step_success) * self.noticed
        return self.steps / done if done else float("inf")

    def __post_init__(self) -> None:
        shares = (self.step_success, self.noticed)
        if self.steps < 1 or self.spread < 0 or not all(0 <= share <= 1 for share in shares):
            raise ValueError("needs one step at least, and shares between 0 and 1")
        if not 0 <= self.first_cached_tokens <= self.first_prompt_tokens:
            raise ValueError("no more of the first prompt can be cached than it has")


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits, checked between steps: a run can overshoot by one step. None is no limit."""

    max_steps: int | None = None
    max_usd: float | None = None
    max_s: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Simulated cost and success per task."""

    usd_mean: float
    usd_median: float
    usd_p95: float
    usd_p99: float
    usd_max: float
    steps_mean: float
    seconds_p95: float
    success: float
    """Share of tasks that end well."""
    cut_by: dict[str, float]
    """Guard -> share of tasks it ended; `end` is that of the simulation itself, after `HARD_STOP` steps."""
    draws: int
    usd_percentiles: tuple[float, ...]
    """Cost at 0, 1, ... 100 % of the tasks in order of cost: the whole distribution for a chart."""

    @property
    def usd_per_success(self) -> float | None:
        """US dollars per task that ends well, failed ones paid too; None when none does."""
        return self.usd_mean / self.success if self.success else None


def simulate(task: AgentTask, guards: Guards | None = None, *, draws: int = DRAWS, seed: int = 1) -> Outcome:
    """Plays the task many times.

    Args:
        task: How one task goes.
        guards: Limits in force.
        draws: How often; two runs with one seed are equal.
        seed: Of the draws.
    """
    limits = guards or Guards()
    generator = np.random.default_rng(seed)
    needed = _needed_steps(task, draws, generator)
    state = _State(np.zeros(draws), np.zeros(draws, dtype=np.int64), np.zeros(draws, dtype=np.int64))
    spoiled, running = np.zeros(draws, dtype=bool), np.arange(draws)
    cut: dict[str, int] = {}
    while running.size:
        _step(task, state, running, spoiled, generator)
        running = running[state.right[running] < needed[running]]
        past = np.zeros(running.size, dtype=bool)
        for name, over in _over(task, limits, state, running):
            cut[name] = cut.get(name, 0) + int((over & ~past).sum())
            past |= over
        running = running[~past]
    return _outcome(task, state, (state.right >= needed) & ~spoiled, cut)


@dataclass
class _State:
    usd: Floats
    steps: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    """Steps done that need not be repeated."""


def _needed_steps(task: AgentTask, draws: int, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """Log-normal with the task's mean and spread, one step at least."""
    width = np.sqrt(np.log1p(task.spread**2))
    drawn = generator.lognormal(np.log(task.steps) - width**2 / 2, width, draws)
    return np.maximum(1, np.rint(drawn)).astype(np.int64)


def _step(
    task: AgentTask, state: _State, running: Places, spoiled: Flags, generator: np.random.Generator
) -> None:
    """One more step for every task still running."""
    state.usd[running] += step_usd(task, state.steps[running])
    state.steps[running] += 1
    right = generator.random(running.size) < task.step_success
    noticed = generator.random(running.size) < task.noticed
    spoiled[running] |= ~right & ~noticed
    state.right[running] += right | ~noticed


def step_usd(task: AgentTask, done: npt.NDArray[np.int64]) -> Floats:
    """US dollars of the next step: the old transcript read from the cache, the new part and the answer."""
    first, shared = task.first_prompt_tokens, task.first_cached_tokens
    fresh = np.where(done == 0, first - shared, task.growth_tokens)
    cached = np.where(done == 0, shared, first + task.growth_tokens * (done - 1))
    spent = fresh * task.input_usd_per_mtok + cached * task.cached_usd_per_mtok
    return (spent + task.output_tokens * task.output_usd_per_mtok) / 1e6


def usual_task_formulas(task: AgentTask) -> tuple[str, ...]:
    """What a task of the usual number of steps costs when nothing varies and nothing is repeated."""
    steps = round(task.steps)
    first, growth, later = task.first_prompt_tokens, task.growth_tokens, steps - 1
    fresh, written = first + growth * later - task.first_cached_tokens, steps * task.output_tokens
    shared = f" - {number(task.first_cached_tokens, 6)} shared" if task.first_cached_tokens else ""
    cached = loop_input_tokens(first, growth, steps) - fresh
    spent = float(step_usd(task, np.arange(steps)).sum())
    rates = (task.input_usd_per_mtok, task.cached_usd_per_mtok, task.output_usd_per_mtok)
    new, read, out = (f"${number(rate)} per million" for rate in rates)
    whole = (
        f"{number(steps)} x {number(first, 6)} + {number(growth, 6)} x {number(steps)} x {number(later)} / 2"
    )
    return (
        f"Prompt tokens: {whole} = {number(fresh + cached, 9)}",
        f"Sent for the first time: {number(first, 6)} + {number(later)} x {number(growth, 6)}{shared} = "
        f"{number(fresh, 9)} x {new} = {usd(fresh * rates[0] / 1e6)}",
        f"Read from the cache or sent again: {number(cached, 9)} x {read} = {usd(cached * rates[1] / 1e6)}",
        f"Written: {number(steps)} x {number(task.output_tokens, 6)} = {number(written, 9)} x {out} = "
        f"{usd(written * rates[2] / 1e6)}",
        f"Together {usd(spent)}; the simulation adds what varies, is repeated and is cut off",
    )


def _over(task: AgentTask, limits: Guards, state: _State, running: Places) -> list[tuple[str, Flags]]:
    """Guards in the order they are checked, each with whether the running tasks are past it."""
    steps = state.steps[running]
    named = "end" if limits.max_steps is None else "steps"
    over: list[tuple[str, Flags]] = [(named, steps >= (limits.max_steps or HARD_STOP))]
    if limits.max_usd is not None:
        over.append(("money", state.usd[running] >= limits.max_usd))
    if limits.max_s is not None:
        over.append(("time", steps * task.step_s >= limits.max_s))
    return over


def _outcome(task: AgentTask, state: _State, success: Flags, cut: dict[str, int]) -> Outcome:
    median, p95, p99 = np.quantile(state.usd, (0.5, 0.95, 0.99)).tolist()
    return Outcome(
        usd_mean=float(state.usd.mean()),
        usd_median=median,
        usd_p95=p95,
        usd_p99=p99,
        usd_max=float(state.usd.max()),
        steps_mean=float(state.steps.mean()),
        seconds_p95=float(np.quantile(state.steps * task.step_s, 0.95)),
        success=float(success.mean()),
        cut_by={name: ended / state.usd.size for name, ended in cut.items() if ended},
        draws=state.usd.size,
        usd_percentiles=tuple(np.quantile(state.usd, np.linspace(0, 1, 101)).tolist()),
    )

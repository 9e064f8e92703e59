"""Stored replies judged by other rules: new expected answers and graders, no new call."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.case import ProbePrompt, SameAnswer
from advisor.errors import BadInput
from advisor.probe.plan import RunPlan
from advisor.probe.templates import missing_vars, rendered

JUDGING = ("expected", "answer_type", "options", "tolerance", "arrays_are_sets", "graders")
"""Fields of a prompt that say how replies are read, not what is asked."""


def rescored(plan: RunPlan, prompts: Sequence[ProbePrompt]) -> RunPlan:
    """The plan with these prompts' ways to judge, wherever they ask what the run asked.

    A prompt that now asks something else keeps the rules it was asked under.
    """
    new = {prompt.id: rendered(prompt) for prompt in prompts if not missing_vars(prompt)}
    judged = tuple(_judged_by(old, new.get(old.id)) for old in plan.prompts)
    return plan if judged == plan.prompts else plan.model_copy(update={"prompts": judged})


def _judged_by(old: ProbePrompt, new: ProbePrompt | None) -> ProbePrompt:
    if new is None or _asked(old) != _asked(new):
        return old
    return old.model_copy(update={name: getattr(new, name) for name in JUDGING})


def declared(plan: RunPlan, prompt: str, verdict: SameAnswer, *, kept: bool = True) -> RunPlan:
    """The plan with a person's word about two replies to a prompt, in place of an earlier one about them.

    Args:
        plan: What was agreed to.
        prompt: Id of the prompt.
        verdict: The two replies, and whether they say the same.
        kept: Whether it is to hold; False takes what was said about them back.

    Raises:
        BadInput: The plan has no such prompt of free text.
    """
    if not any(one.id == prompt and one.answer_type == "free" for one in plan.prompts):
        raise BadInput("probe", "prompt", f"{prompt} is no free-text prompt of this run", "Choose another.")
    prompts = tuple(_with(one, verdict, kept) if one.id == prompt else one for one in plan.prompts)
    return plan.model_copy(update={"prompts": prompts})


def _with(prompt: ProbePrompt, verdict: SameAnswer, kept: bool) -> ProbePrompt:
    pair = {verdict.one, verdict.other}
    others = tuple(one for one in prompt.verdicts if {one.one, one.other} != pair)
    return prompt.model_copy(update={"verdicts": (*others, verdict) if kept else others})


def _asked(prompt: ProbePrompt) -> tuple[object, ...]:
    return (prompt.text, prompt.system, prompt.turns, prompt.attachments, prompt.tools)

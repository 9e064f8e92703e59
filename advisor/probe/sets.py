"""Prompt sets that ship with the product, so that a first probe needs no writing."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from advisor.case import ProbePrompt
from advisor.catalog.entries import Slug
from advisor.frozen import Frozen


class ProbeSet(Frozen):
    """A few prompts that belong together."""

    id: Slug
    name: str
    about: str
    """What it shows and what it cannot show, one or two sentences."""
    prompts: Annotated[tuple[ProbePrompt, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        ids = [prompt.id for prompt in self.prompts]
        if len(ids) != len(set(ids)):
            raise ValueError("two prompts share an id: give each its own")
        for prompt in self.prompts:
            if prompt.answer_type == "choice" and prompt.expected not in (None, *prompt.options):
                raise ValueError(f"{prompt.id} expects what is no option: add it to the options")
        return self

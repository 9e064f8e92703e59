"""Settings a call is made under, where a design goes through several of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from advisor.frozen import Frozen
from advisor.wording import number

_NAMES = {"temperature": "temperature", "top_p": "top-p", "top_k": "top-k", "effort": "effort"}


class Variant(Frozen):
    """Settings of one lane; None leaves one to the plan, and then to the provider."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=1, le=1000)] | None = None
    effort: str | None = None

    @classmethod
    def at(cls, setting: str, value: float) -> Variant:
        """One numeric setting at a value.

        Raises:
            ValueError: The value is out of its range.
        """
        if setting == "top_k":
            if value != int(value) or value < 1:
                raise ValueError("top-k is a whole number from 1 on")
            return cls(top_k=int(value))
        if setting == "temperature":
            if value > 2:
                raise ValueError("temperature lies between 0 and 2")
            return cls(temperature=value)
        if not 0 < value <= 1:
            raise ValueError("top-p lies above 0 and at most at 1")
        return cls(top_p=value)

    @property
    def id(self) -> str:
        """Stable name, such as `temperature=0.7`."""
        return ",".join(f"{name}={_plain(value)}" for name, value in self._set())

    @property
    def label(self) -> str:
        """Name on screen, such as "temperature 0.7"."""
        return ", ".join(f"{_NAMES[name]} {_plain(value)}" for name, value in self._set())

    def over(self, other: Variant) -> Variant:
        """These settings, and the other's where these leave one open."""
        return Variant.model_validate(other.model_dump() | dict(self._set()))

    def _set(self) -> list[tuple[str, float | int | str]]:
        return [(name, value) for name, value in self.model_dump().items() if value is not None]


def _plain(value: float | int | str) -> str:
    return value if isinstance(value, str) else number(float(value))

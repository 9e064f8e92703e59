"""One fact and where it comes from. Catalog claims and probe measurements share these types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field

from advisor.frozen import Frozen


class Origin(StrEnum):
    """How a value came about."""

    PUBLISHED = "published"
    MEASURED = "measured"
    DERIVED = "derived"
    ASSUMED = "assumed"


class Sourced(Frozen):
    """A block of facts read together from one place on one day."""

    source: str
    """Key of a source in `catalog/sources.yaml`."""
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    """Page the facts were read from, when it is more exact than the source's own address."""
    as_of: date
    """Day the facts were read or published."""
    origin: Origin = Origin.PUBLISHED
    note: str | None = None
    """A caveat for people, one line."""


class SourceEntry(Frozen):
    """One place facts come from, listed in `catalog/sources.yaml`."""

    name: str
    url: Annotated[str, Field(pattern=r"^https?://")]
    licence: str
    """Licence of the data, or the terms under which single values may be cited."""
    reporter: Literal["owner", "third-party", "crowd", "vendor", "aggregator"] = "owner"
    """Who reports: the benchmark's owner, a third party, a crowd, the model's vendor, a collection."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one number on screen comes from."""

    source: str
    as_of: date | None
    origin: Origin
    url: str | None = None

    def __str__(self) -> str:
        day = f", {self.as_of.isoformat()}" if self.as_of else ""
        return f"{self.source}{day} ({self.origin.value})"


def provenance(block: Sourced) -> Provenance:
    """The provenance of any fact inside `block`."""
    return _provenance(block.source, block.as_of, block.origin, block.url)


@lru_cache(maxsize=4096)
def _provenance(source: str, as_of: date | None, origin: Origin, url: str | None) -> Provenance:
    # One for all readings of a fact: they are many, and kept as long as the decisions they are part of.
    return Provenance(source, as_of, origin, url)


Tri = bool | None
"""Yes, no, or unknown. Unknown is never no."""

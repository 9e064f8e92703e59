"""What other people's catalogs say, in one type: filled by the sources, compared by the gates."""

from __future__ import annotations

from datetime import date

from advisor.catalog.entries import Speed
from advisor.catalog.prices import OffPeak, Rates, Tier
from advisor.frozen import Frozen


class UpstreamOffer(Frozen):
    """One callable id as an upstream lists it; None is not stated, which is never zero or no."""

    litellm_id: str
    provider: str = ""
    """The upstream's own name of the seller."""
    rates: Rates | None = None
    batch: Rates | None = None
    tiers: tuple[Tier, ...] = ()
    off_peak: OffPeak | None = None
    context_in: int | None = None
    max_out: int | None = None
    last_day: date | None = None
    """Announced retirement."""
    released: date | None = None
    """Release day of the checkpoint the id serves; tells when a name was re-pointed."""
    url: str | None = None


class Upstream(Frozen):
    """One upstream catalog, read on one day."""

    source: str
    """Key for `catalog/sources.yaml`."""
    as_of: date
    offers: dict[str, UpstreamOffer] = {}
    """By LiteLLM id."""
    speeds: dict[str, tuple[Speed, ...]] = {}
    """By model id of our catalog."""
    complete: bool = False
    """True when an id that is absent does not exist there: the installed LiteLLM map."""
    complaints: tuple[str, ...] = ()
    """Records that could not be read; nothing is taken from them."""


class Unreadable(Frozen):
    """An upstream that gave nothing to work with."""

    source: str
    reason: str
    """What happened, in one sentence."""


Reading = Upstream | Unreadable

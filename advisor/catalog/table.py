"""The catalog as one Markdown table, for the README."""

from __future__ import annotations

from datetime import date

from advisor.catalog.entries import Attribute, Catalog, CatalogOffer, Model
from advisor.catalog.estimate import estimate

_HEAD = (
    "Model",
    "Weights",
    "Offers",
    "Context",
    "In / out, USD per million tokens, where cheapest",
    "Accuracy",
    "Code",
    "Released",
)


def markdown_table(catalog: Catalog, today: date) -> str:
    """One row per model: its cheapest priced offer today, and two estimates (0-100, about 80 % interval)."""
    rows = [_row(catalog, model, today) for model in sorted(catalog.models, key=_order)]
    lines = [_line(_HEAD), _line(tuple("---" for _ in _HEAD)), *(_line(row) for row in rows)]
    foot = f"{len(catalog.models)} models, {len(catalog.offers)} offers, catalog {catalog.version}."
    return "\n".join([*lines, "", f"{foot} A dash is unknown, never zero."]) + "\n"


def _order(model: Model) -> tuple[str, int, str]:
    return model.vendor, -model.identity.released.toordinal(), model.id


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _row(catalog: Catalog, model: Model, today: date) -> tuple[str, ...]:
    offers = [row for row in catalog.offers if row.model.id == model.id]
    return (
        model.name,
        _weights(model),
        ", ".join(row.provider.id for row in offers),
        _context(offers),
        _price(offers, today),
        _place(catalog, model, Attribute.ACCURACY),
        _place(catalog, model, Attribute.CODE),
        model.identity.released.isoformat(),
    )


def _weights(model: Model) -> str:
    if model.weights.open is None:
        return "–"
    if not model.weights.open:
        return "closed"
    return f"open ({model.weights.licence})" if model.weights.licence else "open (licence not checked)"


def _context(offers: list[CatalogOffer]) -> str:
    known = [row.offer.limits.context_in for row in offers if row.offer.limits.context_in is not None]
    return f"{max(known):,}" if known else "–"


def _price(offers: list[CatalogOffer], today: date) -> str:
    """Rates of the offer that is cheapest at three tokens in for one out, and whose they are."""
    priced = [(price.rates, row.provider.id) for row in offers if (price := row.price(today))]
    if not priced:
        return "–"
    rates, host = min(priced, key=lambda pair: 3 * pair[0].input + pair[0].output)
    return f"{rates.input:g} / {rates.output:g} ({host})"


def _place(catalog: Catalog, model: Model, attribute: Attribute) -> str:
    found = estimate(catalog, model.id, attribute)
    return "–" if found is None else f"{found.mid:.0f} ({found.low:.0f}–{found.high:.0f})"

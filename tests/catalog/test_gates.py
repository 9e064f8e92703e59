"""Every gate catches its own planted error, and nothing else in a clean catalog."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from advisor.catalog.entries import CatalogOffer
from advisor.catalog.gates import Finding, Gate, ages, check
from advisor.catalog.prices import Rates
from advisor.catalog.upstream import Upstream, UpstreamOffer
from tests.catalog.tiny import TODAY, tiny

PLANTED = [
    ("rates: {input: 0.5, output: 2}", "rates: {input: 0, output: 2}", Gate.PRICE_ZERO, "error"),
    ("rates: {input: 0.5, output: 2}", "rates: {input: 3, output: 2}", Gate.INPUT_ABOVE_OUTPUT, "warning"),
    ("above_input_tokens: 100000", "above_input_tokens: 200000", Gate.TIER_ABOVE_WINDOW, "error"),
    ("max_out: 8000", "max_out: 300000", Gate.OUTPUT_ABOVE_INPUT, "warning"),
    (
        "      features: {json_schema: true",
        "      retirement: {last_day: 2026-11-23, source: map, as_of: 2026-11-01}\n"
        "      features: {json_schema: true",
        Gate.RETIRED,
        "error",
    ),
    (
        "      features: {json_schema: true",
        "      retirement: {last_day: 2027-01-23, source: map, as_of: 2026-11-01}\n"
        "      features: {json_schema: true",
        Gate.RETIRING,
        "warning",
    ),
    (
        "prices: [{rates: {input: 0.5, output: 2}, source: map, as_of: 2026-11-01}]",
        "prices: [{rates: {input: 0.3, output: 2}, source: map, as_of: 2026-10-01, valid_to: 2026-10-31},"
        " {rates: {input: 0.5, output: 2}, source: map, as_of: 2026-11-01, valid_from: 2026-11-01}]",
        Gate.PRICE_JUMP,
        "warning",
    ),
]

TOLD = UpstreamOffer(
    litellm_id="host/alpha-1", rates=Rates(input=0.5, output=2), context_in=100000, released=date(2026, 9, 1)
)
HEARD = [
    ({}, None),
    ({"rates": Rates(input=0.502, output=2)}, None),
    ({"rates": Rates(input=0.51, output=2)}, Gate.DISAGREEMENT),
    ({"rates": Rates(input=0.66, output=2)}, Gate.PRICE_JUMP),
    ({"rates": Rates(input=5.0, output=20.0)}, Gate.PRICE_UNIT),
    ({"rates": Rates(input=0, output=2)}, Gate.PRICE_ZERO),
    ({"rates": None}, None),
    ({"context_in": 131072}, Gate.DISAGREEMENT),
    ({"last_day": date(2027, 6, 1)}, Gate.DISAGREEMENT),
    ({"released": date(2026, 9, 15)}, None),
    ({"released": date(2026, 9, 16)}, Gate.ALIAS_MOVED),
]


def test_a_clean_catalog_has_one_honest_warning(tmp_path: Path) -> None:
    """Beta's price is unknown, which is said; nothing else is found."""
    found = check(tiny(tmp_path), TODAY)

    assert [(item.gate, item.severity, item.offer) for item in found] == [
        (Gate.PRICE_MISSING, "warning", "beta@maker")
    ]


@pytest.mark.parametrize(("old", "new", "gate", "severity"), PLANTED)
def test_a_planted_error_is_found(tmp_path: Path, old: str, new: str, gate: Gate, severity: str) -> None:
    """Each kind of error is found once, at its offer, with a place and something to do."""
    found = [item for item in check(tiny(tmp_path, old, new), TODAY) if item.gate is not Gate.PRICE_MISSING]

    assert {(item.gate, item.severity) for item in found} == {(gate, severity)}
    assert all(item.offer.startswith("alpha-1@") and item.field and item.to_do for item in found)


@pytest.mark.parametrize(("days", "gate"), [(-1, Gate.RETIRED), (0, Gate.RETIRING), (60, Gate.RETIRING)])
def test_the_last_day_still_works(tmp_path: Path, days: int, gate: Gate) -> None:
    """An offer is usable on its last day and warned of for 60 days."""
    line = f"retirement: {{last_day: {TODAY + timedelta(days)}, source: map, as_of: 2026-11-01}}"
    catalog = tiny(tmp_path, "      modalities_in: [text]", f"      modalities_in: [text]\n      {line}")

    assert gate in {item.gate for item in check(catalog, TODAY)}


def test_a_far_last_day_is_quiet(tmp_path: Path) -> None:
    """61 days ahead is no warning yet."""
    line = f"retirement: {{last_day: {TODAY + timedelta(61)}, source: map, as_of: 2026-11-01}}"
    catalog = tiny(tmp_path, "      modalities_in: [text]", f"      modalities_in: [text]\n      {line}")

    assert {item.gate for item in check(catalog, TODAY)} == {Gate.PRICE_MISSING}


def heard(folder: Path, told: UpstreamOffer, complete: bool = False) -> list[Finding]:
    """What the gates say when one upstream tells this about Alpha 1 at the host."""
    upstream = Upstream(source="map", as_of=TODAY, offers={told.litellm_id: told}, complete=complete)
    return [item for item in check(tiny(folder), TODAY, (upstream,)) if item.gate is not Gate.PRICE_MISSING]


@pytest.mark.parametrize(("change", "gate"), HEARD)
def test_a_difference_is_named(tmp_path: Path, change: dict[str, object], gate: Gate | None) -> None:
    """Small, large and absurd differences are different findings; what is not stated is none."""
    found = heard(tmp_path, TOLD.model_copy(update=change))

    assert {item.gate for item in found} == ({gate} if gate else set[Gate]())


def test_an_id_that_is_gone_is_an_error_only_where_the_list_is_complete(tmp_path: Path) -> None:
    """LiteLLM's own map not knowing an id breaks calls; a community list not knowing it means nothing."""
    other = TOLD.model_copy(update={"litellm_id": "other"})

    assert {item.gate for item in heard(tmp_path / "a", other, complete=True)} == {Gate.ID_GONE}
    assert heard(tmp_path / "b", other) == []


def row(folder: Path) -> CatalogOffer:
    """Alpha 1 at its maker: price read 2026-11-01, newest score 2026-10-01, no policy."""
    return tiny(folder).by_id["alpha-1@maker"]


@pytest.mark.parametrize(
    ("today", "kinds"),
    [
        (date(2026, 12, 31), []),
        (date(2027, 1, 1), ["price"]),
        (date(2027, 3, 30), ["price"]),
        (date(2027, 3, 31), ["price", "score"]),
    ],
)
def test_old_facts_get_a_badge(tmp_path: Path, today: date, kinds: list[str]) -> None:
    """Prices after 60 days, scores after 180: the day itself is still fresh."""
    assert [age.kind for age in ages(row(tmp_path), today)] == kinds

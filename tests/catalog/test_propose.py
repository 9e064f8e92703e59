"""The proposal is a diff to read: it edits nothing and takes nothing from a broken upstream."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from advisor.catalog.entries import Catalog, Speed
from advisor.catalog.prices import Rates
from advisor.catalog.propose import propose
from advisor.catalog.upstream import Unreadable, Upstream, UpstreamOffer
from tests.catalog.tiny import TODAY, tiny


def told(name: str, price_in: float, price_out: float, **more: object) -> UpstreamOffer:
    """An upstream's record with a price."""
    return UpstreamOffer.model_validate(
        {"litellm_id": name, "rates": Rates(input=price_in, output=price_out), **more}
    )


def upstream(*offers: UpstreamOffer, complete: bool = False) -> Upstream:
    """An upstream of these records, read today."""
    return Upstream(
        source="map", as_of=TODAY, offers={offer.litellm_id: offer for offer in offers}, complete=complete
    )


def clean(catalog: Catalog) -> tuple[UpstreamOffer, UpstreamOffer]:
    """Records that say what the catalog says."""
    assert "alpha-1@maker" in catalog.by_id
    return told("maker/alpha-1", 1, 4, context_in=200000), told("host/alpha-1", 0.5, 2, context_in=100000)


def test_agreement_proposes_nothing(tmp_path: Path) -> None:
    """No difference, no change, and the text says so."""
    catalog = tiny(tmp_path)
    proposal = propose(catalog, (upstream(*clean(catalog)),), TODAY)

    assert proposal.changes == ()
    assert "No change is proposed" in proposal.text


def test_a_change_is_shown_with_its_source(tmp_path: Path) -> None:
    """Old value, new value, source and date stand in the text, and a jump is flagged beside it."""
    catalog = tiny(tmp_path)
    maker, _ = clean(catalog)
    proposal = propose(catalog, (upstream(maker, told("host/alpha-1", 0.8, 2)),), TODAY)

    assert [(change.offer, change.field, change.old, change.new) for change in proposal.changes] == [
        ("alpha-1@host", "prices.rates.input", 0.5, 0.8)
    ]
    assert "-   0.5\n+   0.8  # map 2026-11-24" in proposal.text
    assert "! price jump: prices.rates.input" in proposal.text


def test_nothing_is_edited(tmp_path: Path) -> None:
    """The catalog's files are the same after a proposal."""
    catalog = tiny(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")}
    propose(catalog, (upstream(told("host/alpha-1", 0.8, 2)),), TODAY)

    assert {path: path.read_bytes() for path in tmp_path.rglob("*.yaml")} == before


def test_one_field_off_by_ten_is_withheld(tmp_path: Path) -> None:
    """A single price ten times off is a finding, not a proposal; the limits beside it still are proposed."""
    catalog = tiny(tmp_path)
    others = [told(f"other/{index}", 1, 2) for index in range(3)]
    maker, _ = clean(catalog)
    gaps = upstream(maker, told("host/alpha-1", 0.5, 20, context_in=131072), *others)
    proposal = propose(catalog, (gaps,), TODAY)

    assert [change.field for change in proposal.changes] == ["limits.context_in"]
    assert "price off by a factor: prices.rates.output" in proposal.text


def test_an_upstream_off_by_ten_is_not_believed(tmp_path: Path) -> None:
    """When a third of the prices are a factor off, the unit is wrong and nothing is taken."""
    catalog = tiny(tmp_path)
    proposal = propose(
        catalog, (upstream(told("maker/alpha-1", 10, 40), told("host/alpha-1", 5, 20)),), TODAY
    )

    assert proposal.changes == ()
    assert "2 of 2 prices are off by a factor of 10" in proposal.text


def test_a_truncated_map_is_not_believed(tmp_path: Path) -> None:
    """A map that lacks most of our ids is broken, not a sign that the models are gone."""
    catalog = tiny(tmp_path)
    proposal = propose(catalog, (upstream(told("maker/alpha-1", 1.2, 4), complete=True),), TODAY)

    assert (proposal.changes, proposal.findings) == ((), ())
    assert "it lacks 2 of our 3 ids" in proposal.text


def test_an_unreadable_upstream_says_why(tmp_path: Path) -> None:
    """Down is said as down, and the other upstream still counts."""
    catalog = tiny(tmp_path)
    down = Unreadable(source="far", reason="it could not be reached.")
    proposal = propose(catalog, (down, upstream(told("host/alpha-1", 0.55, 2))), TODAY)

    assert "far: it could not be reached. Nothing is proposed from it." in proposal.text
    assert len(proposal.changes) == 1


def test_a_moved_name_takes_nothing(tmp_path: Path) -> None:
    """If the id serves another checkpoint, its price belongs to that one."""
    moved = told("host/alpha-1", 0.55, 2, released=date(2026, 11, 1))
    proposal = propose(tiny(tmp_path), (upstream(moved),), TODAY)

    assert proposal.changes == ()
    assert "alias re-pointed" in proposal.text


def test_an_unknown_price_can_be_proposed(tmp_path: Path) -> None:
    """Beta has no price: the upstream's is shown as a change from unknown."""
    proposal = propose(tiny(tmp_path), (upstream(told("maker/beta", 3, 9)),), TODAY)

    assert "-   unknown\n+   3  # map" in proposal.text


def test_fresh_speeds_are_shown_beside_the_cited_one(tmp_path: Path) -> None:
    """A speed belongs to the model, and names who measured it."""
    speed = Speed(output_tps=90, source="aa", as_of=TODAY, url="https://example.org/aa")
    heard = Upstream(source="aa", as_of=TODAY, speeds={"alpha-1": (speed,)})
    proposal = propose(tiny(tmp_path), (heard,), TODAY)

    assert [(change.offer, change.new) for change in proposal.changes] == [("alpha-1", 90)]

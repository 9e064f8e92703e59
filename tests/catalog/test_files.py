"""Reading the catalog's files: what is refused, what the message says, how overlays lie on top."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from advisor.catalog.files import load_catalog
from advisor.errors import BadCatalog, NotFound
from tests.catalog.tiny import MODELS, SOURCES, TODAY, tiny, write

BROKEN = [
    ("rates: {input: 1,", "rates: {inptu: 1,", "alpha-1: offers.0.prices.0.rates", "Did you mean input?"),
    ("released: 2026-05-01", "released: 2026-12-01", "beta: identity.released", "in the future"),
    ("input: 0.5,", "input: -0.5,", "alpha-1: offers.1.prices.0.rates.input", "greater than or equal to 0"),
    ("input: 0.5, output: 2", "input: 0, output: 0", "alpha-1: offers.1.prices.0", "set free: true"),
    ("- provider: host", "- provider: nowhere", "alpha-1: offers.nowhere.provider", "unknown provider"),
    ("{benchmark: coding", "{benchmark: cooking", "alpha-1: scores.2.benchmark", "unknown benchmark"),
    ("id: beta", "id: alpha-1", "alpha-1", "duplicate id"),
    ("maker/beta", "maker/alpha-1", "beta: offers.maker.litellm_id", "also points at alpha-1"),
    ("  name: Beta\n", "", "beta: name", "is missing"),
    (
        "{source: map, as_of: 2026-11-01}\n  reas",
        "{source: nap, as_of: 2026-11-01}\n  reas",
        "beta",
        "unknown source",
    ),
    ("- provider: host", "- provider: maker", "alpha-1", "two offers name the same provider"),
    ("mode: null, source: map", "mode: sometimes, source: map", "beta: reasoning.mode", "Correct the value"),
]


def test_a_good_catalog_is_read_whole(tmp_path: Path) -> None:
    """Models, offers and their ids come out as written, with the version and a digest of the files."""
    catalog = tiny(tmp_path)

    assert [row.id for row in catalog.offers] == ["alpha-1@host", "alpha-1@maker", "beta@maker"]
    assert catalog.version == "2026.11.24"
    assert len(catalog.digest) == 16


@pytest.mark.parametrize(("old", "new", "place", "said"), BROKEN)
def test_a_broken_entry_is_refused_by_name(tmp_path: Path, old: str, new: str, place: str, said: str) -> None:
    """The message names file, entry, field, the rule and what to do."""
    with pytest.raises(BadCatalog) as caught:
        tiny(tmp_path, old, new)

    assert "models/maker.yaml" in str(caught.value)
    assert place in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.hint


def test_unreadable_yaml_says_where(tmp_path: Path) -> None:
    """A syntax error names the file and the line."""
    write(tmp_path, models="- id: [unclosed\n")

    with pytest.raises(BadCatalog, match=r"models/maker.yaml: not valid YAML at line 2"):
        load_catalog(tmp_path, today=TODAY)


def test_a_key_written_twice_is_refused(tmp_path: Path) -> None:
    """YAML would let the second one win in silence."""
    write(tmp_path, models=MODELS.replace("  name: Beta\n", "  name: Beta\n  name: Gamma\n"))

    with pytest.raises(BadCatalog, match="the key name stands twice"):
        load_catalog(tmp_path, today=TODAY)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("models/maker.yaml", "alpha: 1\n", "must be a list"),
        ("models/maker.yaml", "- name: Nobody\n", "entry 1: has no id"),
        ("catalog.yaml", "version: 1\ncolour: red\n", "colour: unknown key"),
        ("catalog.yaml", "[]\n", "must be a mapping"),
        ("catalog.yaml", "{}\n", "version: is missing"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    """Nothing is half-loaded from a file that is not what its name says."""
    write(tmp_path)
    (tmp_path / name).write_text(text)

    with pytest.raises(BadCatalog, match=said):
        load_catalog(tmp_path, today=TODAY)


def test_an_address_must_be_one(tmp_path: Path) -> None:
    """A source whose link is not a web address is refused."""
    write(tmp_path, sources=SOURCES.replace("https://example.org/map", "somewhere"))

    with pytest.raises(BadCatalog, match=r"sources.yaml: map: url"):
        load_catalog(tmp_path, today=TODAY)


def test_a_missing_directory_is_not_found(tmp_path: Path) -> None:
    """A mistyped catalog path is said to be missing."""
    with pytest.raises(NotFound, match="nowhere"):
        load_catalog(tmp_path / "nowhere", today=TODAY)


def test_a_moving_name_alone_carries_no_scores(tmp_path: Path) -> None:
    """Scores belong to a checkpoint; a name that moves is none."""
    only = MODELS.replace("litellm_id: maker/alpha-1", "litellm_id: maker/alpha-1\n      moving_alias: true")
    only = only.replace("litellm_id: host/alpha-1", "litellm_id: host/alpha-1\n      moving_alias: true")
    write(tmp_path, models=only)

    with pytest.raises(BadCatalog, match="a moving alias carries scores"):
        load_catalog(tmp_path, today=TODAY)


def overlay(folder: Path, text: str, hide: str = "") -> Path:
    """Write an overlay folder with one models file."""
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "own.yaml").write_text(text)
    if hide:
        (folder / "overlay.yaml").write_text(f"hide: {hide}\n")
    return folder


def test_an_overlay_corrects_one_price_and_says_so(tmp_path: Path) -> None:
    """A corrected offer keeps its other facts and carries the overlay's name; other offers do not."""
    own = overlay(
        tmp_path / "ours",
        "- id: alpha-1\n  offers:\n    - provider: host\n"
        "      prices: [{rates: {input: 0.3, output: 1}, source: map, as_of: 2026-11-20}]\n",
    )
    catalog = load_catalog(write(tmp_path / "base"), [own], today=TODAY)

    corrected, untouched = catalog.by_id["alpha-1@host"], catalog.by_id["alpha-1@maker"]
    price = corrected.price(TODAY)
    assert price is not None
    assert price.rates.input == 0.3
    assert corrected.offer.limits.context_in == 100000
    assert (corrected.offer.overlay, untouched.offer.overlay) == ("ours", None)


def test_an_overlay_hides_offers_and_models(tmp_path: Path) -> None:
    """A hidden offer or model is gone; hiding the last offer hides the model."""
    base = write(tmp_path / "base")
    own = overlay(tmp_path / "ours", "[]\n", "[alpha-1@host, beta@maker]")

    assert [row.id for row in load_catalog(base, [own], today=TODAY).offers] == ["alpha-1@maker"]


def test_hiding_nothing_is_an_error(tmp_path: Path) -> None:
    """A mistyped name must not look as if it had worked."""
    own = overlay(tmp_path / "ours", "[]\n", "[alpha-1@nobody]")

    with pytest.raises(BadCatalog, match="no alpha-1@nobody to hide"):
        load_catalog(write(tmp_path / "base"), [own], today=TODAY)


def test_an_overlay_is_checked_like_the_rest(tmp_path: Path) -> None:
    """A broken overlay names its own file."""
    own = overlay(tmp_path / "ours", "- id: gamma\n  name: Gamma\n")

    with pytest.raises(BadCatalog, match=r"ours/models/own.yaml: gamma"):
        load_catalog(write(tmp_path / "base"), [own], today=TODAY)


class Memory:
    """A cache in memory that counts what it was asked."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}
        self.hits = 0

    def get(self, key: str) -> bytes | None:
        """What is stored."""
        found = self.rows.get(key)
        self.hits += found is not None
        return found

    def put(self, key: str, value: bytes) -> None:
        """Store it."""
        self.rows[key] = value


def test_a_warm_start_gives_the_same_catalog(tmp_path: Path) -> None:
    """The parsed form comes from the cache and equals the one read from the files."""
    folder, cache = write(tmp_path), Memory()
    cold = load_catalog(folder, today=TODAY, cache=cache)
    warm = load_catalog(folder, today=TODAY, cache=cache)

    assert cache.hits == 1
    assert warm == cold


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """The cache is keyed by content, so an edit shows at once."""
    folder, cache = write(tmp_path), Memory()
    load_catalog(folder, today=TODAY, cache=cache)
    write(folder, models=MODELS.replace("input: 0.5", "input: 0.6"))
    price = load_catalog(folder, today=TODAY, cache=cache).by_id["alpha-1@host"].price(TODAY)

    assert price is not None
    assert price.rates.input == 0.6


def test_a_damaged_cache_row_costs_only_time(tmp_path: Path) -> None:
    """Rubbish in the cache is ignored and replaced."""
    folder, cache = write(tmp_path), Memory()
    cold = load_catalog(folder, today=TODAY, cache=cache)
    cache.rows = dict.fromkeys(cache.rows, b"{")

    assert load_catalog(folder, today=TODAY, cache=cache) == cold


def test_a_cached_fact_from_the_future_is_still_refused(tmp_path: Path) -> None:
    """The cache does not let a date pass that the files would not."""
    folder, cache = write(tmp_path), Memory()
    load_catalog(folder, today=TODAY, cache=cache)

    with pytest.raises(BadCatalog, match="in the future"):
        load_catalog(folder, today=date(2026, 10, 15), cache=cache)

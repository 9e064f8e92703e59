"""Hardware facts: shipped files, their sources, and what is said about a bad one."""

from __future__ import annotations

import pytest

from advisor.cost.hardware import parse_hardware
from advisor.errors import BadCatalog, NotFound
from advisor.host.hardware import load_hardware
from advisor.host.paths import catalog_folder

HARDWARE = load_hardware()
TEXTS = {
    name: (catalog_folder() / "hardware" / name).read_text("utf-8")
    for name in ("gpus.yaml", "shapes.yaml", "sources.yaml")
}


def test_the_h100_rent_has_a_range_and_a_date() -> None:
    """The middle is the newest index (2026-10-10), the ends are the lowest offer and AWS's list price."""
    card = HARDWARE.gpu("h100-sxm")
    rent = card.rent_usd_per_hour

    assert rent is not None
    assert (rent.low, rent.mid, rent.high) == (1.49, 3.3864, 6.88)
    assert card.newest_rent is not None
    assert card.newest_rent.as_of.isoformat() == "2026-10-10"


def test_an_unknown_rent_stays_unknown() -> None:
    """An accelerator without a price seen anywhere has no price, not a zero."""
    assert HARDWARE.gpu("mi455x").rent_usd_per_hour is None


def test_missing_peak_rates_are_not_filled() -> None:
    """A100 has no FP8 rate and MI355X no confirmed rate at all: both stay empty."""
    assert HARDWARE.gpu("a100-sxm-80gb").fp8_tflops is None
    assert HARDWARE.gpu("mi355x").bf16_tflops is None


def test_an_unknown_name_says_what_there_is() -> None:
    """Asking for a card or a model that is not there names the way out."""
    with pytest.raises(NotFound, match="h100-sxm"):
        HARDWARE.gpu("h101")
    with pytest.raises(NotFound, match="KV bytes per token"):
        HARDWARE.shape("Nobody-1B")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("gpus.yaml", "  power_w: 300\n", "  power: 300\n", "Did you mean power_w"),
        ("gpus.yaml", "memory_gib: 80\n", "memory_gib: -80\n", "greater than 0"),
        ("gpus.yaml", "source: aiconfigurator", "source: hearsay", "no source hearsay"),
        ("gpus.yaml", "- id: a30\n", "- id: a100-pcie-80gb\n", "duplicate id"),
        ("shapes.yaml", "  kv_bytes: 131072\n", "", "either kv_bytes or no_formula"),
        ("shapes.yaml", "  window_tokens: 128\n", "", "go together"),
        ("gpus.yaml", "- id: a100-pcie-80gb", "- id: [", "not valid YAML"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do(file: str, old: str, new: str, said: str) -> None:
    """A wrong key, number, source or missing half is named with its file and the way to mend it."""
    assert old in TEXTS[file]
    broken = {**TEXTS, file: TEXTS[file].replace(old, new, 1)}

    with pytest.raises(BadCatalog, match=said) as caught:
        parse_hardware(broken)
    assert caught.value.source == file


def test_a_missing_folder_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Reading a folder without the files says which folder."""
    folder = tmp_path_factory.mktemp("empty")

    with pytest.raises(NotFound, match=str(folder)):
        load_hardware(folder)

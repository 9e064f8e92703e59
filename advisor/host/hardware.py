"""Door: reads the shipped hardware facts from disk."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from advisor.cost.hardware import Hardware, parse_hardware
from advisor.cost.tuning_facts import TuningFacts, parse_tuning
from advisor.errors import NotFound
from advisor.host.paths import catalog_folder


def load_hardware(folder: Path | None = None) -> Hardware:
    """Accelerators, rents and model shapes; the shipped ones when no folder is named.

    Raises:
        BadCatalog: A file breaks a rule.
        NotFound: A file is missing.
    """
    return _shipped_hardware() if folder is None else parse_hardware(_texts(folder, _HARDWARE))


def load_tuning(folder: Path | None = None) -> TuningFacts:
    """Hosted tuning routes with dates and prices, and how much data each technique needs.

    Raises:
        BadCatalog: A file breaks a rule.
        NotFound: A file is missing.
    """
    return _shipped_tuning() if folder is None else parse_tuning(_texts(folder, _TUNING))


_HARDWARE = ("gpus.yaml", "shapes.yaml", "sources.yaml")
_TUNING = ("tuning.yaml", "sources.yaml")


@cache
def _shipped_hardware() -> Hardware:
    return parse_hardware(_texts(catalog_folder() / "hardware", _HARDWARE))


@cache
def _shipped_tuning() -> TuningFacts:
    return parse_tuning(_texts(catalog_folder() / "hardware", _TUNING))


def _texts(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    try:
        return {name: (folder / name).read_text("utf-8") for name in names}
    except OSError as error:
        raise NotFound(f"Hardware facts are missing from {folder}: {error.strerror}.") from error

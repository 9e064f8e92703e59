"""Reads the prompt sets under `catalog/probes/`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from advisor.catalog.complaints import complaint
from advisor.documents import KeysOnce
from advisor.errors import BadCatalog
from advisor.host.paths import catalog_folder
from advisor.probe.sets import ProbeSet


def load_probe_sets(folder: Path | None = None) -> tuple[ProbeSet, ...]:
    """Every prompt set, in the order of their file names.

    Args:
        folder: Where the files lie; the shipped ones by default.

    Raises:
        BadCatalog: A file breaks a rule; names file, field and rule.
    """
    place = catalog_folder() / "probes" if folder is None else folder
    return tuple(_read(path) for path in sorted(place.glob("*.yaml")))


def _read(path: Path) -> ProbeSet:
    try:
        parsed = yaml.load(path.read_text(encoding="utf-8"), KeysOnce)  # noqa: S506  a safe loader made stricter
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadCatalog(path.name, "", "is not readable YAML", "Correct its syntax.") from error
    try:
        return ProbeSet.model_validate(parsed)
    except ValidationError as error:
        raise complaint(path.name, "probe set", ProbeSet, error) from error

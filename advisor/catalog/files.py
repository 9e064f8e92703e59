"""Door: reads a catalog directory and its overlays from disk into one checked `Catalog`.

catalog.yaml          version: 2026.11.24
sources.yaml          key -> source
benchmarks.yaml       list of benchmarks
providers/*.yaml      one provider each
models/*.yaml         list of models, one file per vendor
overlay.yaml          overlays only; hide: list of model or model@provider ids
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol, cast

import yaml
from pydantic import ValidationError

from advisor.catalog import entries, facts, prices
from advisor.catalog.checks import check_together
from advisor.catalog.complaints import complaint
from advisor.catalog.entries import Catalog
from advisor.documents import KeysOnce
from advisor.errors import BadCatalog, NotFound
from advisor.host.paths import catalog_folder

Raw = dict[str, Any]
"""A YAML mapping before validation."""


class ParsedCache(Protocol):
    """Keeps a parsed catalog between starts; losing an entry costs only time."""

    def get(self, key: str) -> bytes | None:
        """The bytes stored under `key`, None when there are none."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Stores `value` under `key`."""
        ...


@dataclass
class _Raw:
    """Raw entries by id, and the file each one was read from."""

    version: str = ""
    parts: dict[str, dict[str, Raw]] = field(
        default_factory=lambda: {"sources": {}, "benchmarks": {}, "providers": {}, "models": {}}
    )
    files: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


def load_catalog(
    directory: Path | None = None,
    overlays: Sequence[Path] = (),
    *,
    today: date | None = None,
    cache: ParsedCache | None = None,
) -> Catalog:
    """Reads a catalog and lays overlays over it, later ones on top.

    Args:
        directory: Catalog directory; the shipped one when None.
        overlays: Directories of the same layout that add, correct or hide entries.
        today: Facts dated after this day are refused; the clock's day when None.
        cache: Keeps the parsed form by content, so that a warm start skips YAML.

    Raises:
        BadCatalog: A file breaks a rule; the error names file, entry, field and what to do.
        NotFound: A named directory does not exist.
    """
    folders = [directory or catalog_folder(), *overlays]
    contents = {folder: _read_folder(folder) for folder in folders}
    digest = _digest(contents)
    day = today or date.today()
    cached = _from_cache(cache, digest)
    if cached is not None and check_together(cached, day) is None:
        return cached
    raw = _Raw()
    for layer, folder in enumerate(folders):
        _add_layer(raw, contents[folder], "" if layer == 0 else folder.name)
    catalog = _validated(raw, digest[:16], day)
    if cache is not None:
        cache.put(_cache_key(digest), catalog.model_dump_json().encode())
    return catalog


def _read_folder(folder: Path) -> dict[str, bytes]:
    """File contents by path relative to `folder`, in a fixed order."""
    if not folder.is_dir():
        raise NotFound(f"No catalog directory {folder}.", "Check the path.")
    names = ("catalog.yaml", "overlay.yaml", "sources.yaml", "benchmarks.yaml")
    paths = [path for name in names if (path := folder / name).is_file()]
    for part in ("providers", "models"):
        paths += sorted((folder / part).glob("*.yaml"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _digest(contents: dict[Path, dict[str, bytes]]) -> str:
    """SHA-256 over overlay names, file names and contents, as hex digits."""
    hasher = hashlib.sha256()
    for layer, (folder, files) in enumerate(contents.items()):
        for name, body in files.items():
            head = f"{layer} {folder.name if layer else ''} {name} {len(body)}\n"
            hasher.update(head.encode() + body)
    return hasher.hexdigest()


def _cache_key(digest: str) -> str:
    """A key that changes with the contents and with the types they are parsed into."""
    hasher = hashlib.sha256(digest.encode())
    for module in (entries, facts, prices):
        hasher.update(Path(cast(str, module.__file__)).read_bytes())
    return f"catalog:{hasher.hexdigest()}"


def _from_cache(cache: ParsedCache | None, digest: str) -> Catalog | None:
    stored = cache.get(_cache_key(digest)) if cache is not None else None
    if stored is None:
        return None
    try:
        return Catalog.model_validate_json(stored)
    except ValidationError:
        return None  # A damaged entry is read again from the files.


def _parse(name: str, body: bytes) -> object:
    try:
        # The loader is a safe one: it builds plain values only.
        return yaml.load(body, KeysOnce)  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not readable"
        raise BadCatalog(name, "", f"not valid YAML{where}: {problem}.", "Correct the file there.") from error


def _add_layer(raw: _Raw, files: dict[str, bytes], overlay: str) -> None:
    """Adds the entries of one folder; an overlay may correct and hide what lies below it."""
    for name, body in files.items():
        shown = f"{overlay}/{name}" if overlay else name
        parsed = _parse(shown, body)
        if name == "catalog.yaml":
            raw.version = str(_mapping(shown, parsed, {"version"}).get("version", raw.version))
        elif name == "overlay.yaml":
            _hide(raw, shown, _mapping(shown, parsed, {"hide"}))
        else:
            part = name.partition("/")[0].removesuffix(".yaml")
            for key, entry in _entries(shown, part, parsed):
                _add_entry(raw, part, key, entry, _Place(shown, overlay))


def _mapping(name: str, parsed: object, known: set[str]) -> Raw:
    if not isinstance(parsed, dict):
        raise BadCatalog(name, "", "must be a mapping of keys to values.", "See the shipped file.")
    mapping = cast(Raw, parsed)
    for key in mapping:
        if key not in known:
            hint = f"Remove it; the file knows {', '.join(sorted(known))}."
            raise BadCatalog(name, str(key), "unknown key.", hint)
    return mapping


def _entries(name: str, part: str, parsed: object) -> Iterator[tuple[str, Raw]]:
    """The file's entries with their ids."""
    if part == "sources":
        for key, entry in cast(Raw, parsed or {}).items() if isinstance(parsed, dict | None) else ():
            yield str(key), entry
        return
    items = [parsed] if part == "providers" else parsed
    if not isinstance(items, list):
        raise BadCatalog(name, "", "must be a list of entries.", "Start each entry with '- id: ...'.")
    for index, entry in enumerate(cast(list[object], items)):
        if not isinstance(entry, dict) or not isinstance(cast(Raw, entry).get("id"), str):
            raise BadCatalog(name, f"entry {index + 1}", "has no id.", "Start it with 'id: ...'.")
        yield cast(Raw, entry)["id"], cast(Raw, entry)


@dataclass(frozen=True)
class _Place:
    """The file an entry stands in, and the overlay it belongs to, "" for the shipped catalog."""

    file: str
    overlay: str


def _add_entry(raw: _Raw, part: str, key: str, entry: Raw, place: _Place) -> None:
    known = raw.parts[part]
    before = raw.files.get((part, key), "")
    same_layer = before.startswith(f"{place.overlay}/") if place.overlay else bool(before)
    if key in known and same_layer:
        hint = f"It is already in {before}: merge the two, or rename one."
        raise BadCatalog(place.file, key, "duplicate id.", hint)
    if part == "models" and place.overlay:
        entry = _corrected_model(known.get(key), entry, place.overlay)
    elif key in known and place.overlay:
        entry = known[key] | entry
    known[key] = entry
    raw.files[part, key] = place.file


def _corrected_model(below: Raw | None, entry: Raw, overlay: str) -> Raw:
    """A model with the overlay's blocks laid over it, and its offers merged by provider."""
    offers = {offer.get("provider"): offer for offer in (below or {}).get("offers", [])}
    for offer in entry.get("offers", []):
        host = offer.get("provider")
        offers[host] = offers.get(host, {}) | offer | {"overlay": overlay}
    return (below or {}) | entry | {"offers": list(offers.values()), "overlay": overlay}


def _hide(raw: _Raw, name: str, mapping: Raw) -> None:
    """Removes what the overlay hides; a name that hides nothing is an error, not a wish."""
    models = raw.parts["models"]
    for hidden in mapping.get("hide") or []:
        model_id, _, host = str(hidden).partition("@")
        model = models.get(model_id)
        kept = [offer for offer in model["offers"] if offer.get("provider") != host] if model else []
        if model is None or (host and len(kept) == len(model["offers"])):
            raise BadCatalog(name, "hide", f"there is no {hidden} to hide.", "Remove the line.")
        if host and kept:
            models[model_id] = model | {"offers": kept}
        else:
            del models[model_id]


def _validated(raw: _Raw, digest: str, today: date) -> Catalog:
    """The checked catalog, or the error of the first entry that breaks a rule."""
    built: dict[str, dict[str, Any]] = {}
    kinds: dict[str, Callable[[Any], Any]] = {
        "sources": facts.SourceEntry.model_validate,
        "benchmarks": entries.Benchmark.model_validate,
        "providers": entries.Provider.model_validate,
        "models": entries.Model.model_validate,
    }
    for part, validate in kinds.items():
        built[part] = {}
        for key, entry in raw.parts[part].items():
            try:
                built[part][key] = validate(entry)
            except ValidationError as error:
                kind = {"sources": facts.SourceEntry, "benchmarks": entries.Benchmark}
                kind |= {"providers": entries.Provider, "models": entries.Model}
                raise complaint(raw.files[part, key], key, kind[part], error) from error
    if not raw.version:
        raise BadCatalog("catalog.yaml", "version", "is missing.", "Write 'version: YYYY.MM.DD'.")
    catalog = Catalog(
        version=raw.version,
        digest=digest,
        models=tuple(sorted(built["models"].values(), key=lambda model: model.id)),
        providers=tuple(sorted(built["providers"].values(), key=lambda provider: provider.id)),
        benchmarks=tuple(sorted(built["benchmarks"].values(), key=lambda benchmark: benchmark.id)),
        sources=built["sources"],
    )
    broken = check_together(catalog, today)
    if broken is not None:
        file = raw.files.get((broken.part, broken.key), broken.part)
        raise BadCatalog(file, f"{broken.key}: {broken.field}", broken.rule, broken.hint)
    return catalog

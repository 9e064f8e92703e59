"""A catalog of two models and two providers, small enough to check every number by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from advisor.catalog.entries import Catalog
from advisor.catalog.files import load_catalog

TODAY = date(2026, 11, 24)

SOURCES = """
map: {name: A map, url: "https://example.org/map", licence: MIT, reporter: aggregator}
tests: {name: A test, url: "https://example.org/test", licence: MIT, reporter: third-party}
makers: {name: Makers say, url: "https://example.org/say", licence: MIT, reporter: vendor}
"""

BENCHMARKS = """
- id: exam
  name: Exam
  attribute: accuracy
  unit: percent
  general: true
  references:
    - {n: 21, quantiles: [0, 50, 100], ability: [0, 50, 100], source: tests, as_of: 2026-10-01}
- id: coding
  name: Coding
  attribute: code
  unit: percent
  references:
    - {n: 21, quantiles: [0, 40, 80], ability: [20, 60, 100], source: tests, as_of: 2026-10-01}
    - {n: 21, quantiles: [0, 40, 80], ability: [20, 60, 100], source: makers, as_of: 2026-10-01}
- id: lies
  name: Invented statements
  attribute: faithfulness
  unit: percent
  higher_is_better: false
  references:
    - {n: 21, quantiles: [0, 10, 20], source: tests, as_of: 2026-10-01}
"""

PROVIDERS = {
    "maker": "id: maker\nname: Maker\nurl: https://example.org\nkey_env: MAKER_API_KEY\n",
    "host": "id: host\nname: Host\nurl: https://example.org/host\nkey_env: null\n",
}

MODELS = """
- id: alpha-1
  name: Alpha 1
  vendor: maker
  identity: {released: 2026-09-01, source: map, as_of: 2026-11-01}
  weights: {open: true, licence: MIT, source: map, as_of: 2026-11-01}
  modalities: {input: [text, image], source: map, as_of: 2026-11-01}
  features: {tools: true, json_schema: false, source: map, as_of: 2026-11-01}
  reasoning: {mode: optional, efforts: [low, high], source: map, as_of: 2026-11-01}
  offers:
    - provider: maker
      litellm_id: maker/alpha-1
      limits: {context_in: 200000, max_out: 8000, source: map, as_of: 2026-11-01}
      prices:
        - rates: {input: 1, output: 4, cache_read: 0.1}
          tiers: [{above_input_tokens: 100000, rates: {input: 2, output: 8}}]
          source: map
          as_of: 2026-11-01
    - provider: host
      litellm_id: host/alpha-1
      limits: {context_in: 100000, source: map, as_of: 2026-11-01}
      prices: [{rates: {input: 0.5, output: 2}, source: map, as_of: 2026-11-01}]
      features: {json_schema: true, source: map, as_of: 2026-11-01}
      modalities_in: [text]
  scores:
    - {benchmark: exam, value: 70, effort: low, reporter: third-party, source: tests, as_of: 2026-10-01}
    - {benchmark: exam, value: 80, effort: high, reporter: third-party, source: tests, as_of: 2026-10-01}
    - {benchmark: coding, value: 40, effort: high, reporter: third-party, source: tests, as_of: 2026-10-01}
- id: beta
  name: Beta
  vendor: maker
  identity: {released: 2026-05-01, source: map, as_of: 2026-11-01}
  weights: {open: false, source: map, as_of: 2026-11-01}
  modalities: {input: [text], source: map, as_of: 2026-11-01}
  features: {source: map, as_of: 2026-11-01}
  reasoning: {mode: null, source: map, as_of: 2026-11-01}
  offers:
    - provider: maker
      litellm_id: maker/beta
      limits: {source: map, as_of: 2026-11-01}
"""


def write(
    folder: Path,
    *,
    models: str = MODELS,
    benchmarks: str = BENCHMARKS,
    sources: str = SOURCES,
    version: str = 'version: "2026.11.24"',
) -> Path:
    """Write the catalog's files and return the folder."""
    for part in ("models", "providers"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "catalog.yaml").write_text(f"{version}\n")
    (folder / "sources.yaml").write_text(sources)
    (folder / "benchmarks.yaml").write_text(benchmarks)
    for name, text in PROVIDERS.items():
        (folder / "providers" / f"{name}.yaml").write_text(text)
    (folder / "models" / "maker.yaml").write_text(models)
    return folder


def tiny(folder: Path, old: str = "", new: str = "") -> Catalog:
    """Load the catalog, with one piece of its models text replaced."""
    assert old in MODELS
    return load_catalog(write(folder, models=MODELS.replace(old, new) if old else MODELS), today=TODAY)

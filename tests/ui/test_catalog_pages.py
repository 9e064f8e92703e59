"""The catalog's pages: overlays, warnings, and the extended list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from advisor import wording
from advisor.case import Case, ProbePlan, ProbePrompt
from advisor.catalog.sources.litellm_map import MARK, uncurated
from advisor.ui import catalog_data, loaded
from advisor.ui.folder import Folder, written
from advisor.ui.navigation import PAGES
from advisor.ui.state import drafts
from tests.apptest import app_at

PROMPT = ProbePrompt(id="p", text="Say yes.")


@pytest.fixture
def overlaid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Lay a folder over the shipped catalog that hides one model; gives the model's id."""
    hidden = loaded.catalog().models[0].id
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "overlay.yaml").write_text(f"hide: [{hidden}]\n")
    monkeypatch.setenv("ADVISOR_CATALOG", str(folder))
    loaded.catalog.clear()
    yield hidden
    monkeypatch.undo()
    loaded.catalog.clear()


def test_an_overlay_named_by_the_environment_counts(overlaid: str) -> None:
    """What it hides is gone, and the footer names the overlay."""
    app = app_at("catalog_browser")

    assert overlaid not in loaded.catalog().model_by_id
    assert any("overlay ours" in line.value for line in app.caption)


@pytest.mark.parametrize(
    "file", [row.file for row in PAGES if row.path not in {"shared", "admin", "library"}]
)
def test_every_page_says_which_catalog_it_rests_on(file: str) -> None:
    """The footer has the catalog's version and the day its newest price was read."""
    app = app_at(file)
    footer = " ".join(line.value for line in app.caption).replace("\\", "")

    assert f"Catalog version {loaded.catalog().version}" in footer
    newest = max(price.as_of for row in loaded.catalog().offers for price in row.offer.prices)
    assert f"newest price read on {wording.day(newest)}" in footer


def test_the_extended_list_finds_and_marks_uncurated_models() -> None:
    """A search shows models with the mark, and one of them gets into the probe."""
    model = uncurated("groq", loaded.catalog())[0].litellm_id
    app = app_at("catalog_browser")
    app.text_input(key="x").set_value(model).run()
    assert set(app.dataframe[-1].value["Note"]) == {MARK}

    app.selectbox(key="extended-chosen").set_value(model).run()
    app.button(key="extended-add").click().run()
    assert list(app.exception) == []
    assert app.session_state["advisor"].folder.case.probe.offers == (f"litellm:{model}",)


def test_the_probe_page_prices_an_uncurated_model() -> None:
    """Its row carries the mark, and a worst case at LiteLLM's price."""
    model = next(one for one in uncurated("groq", loaded.catalog()) if one.rates).litellm_id
    case = Case(probe=ProbePlan(offers=(f"litellm:{model}",), prompts=(PROMPT,)))
    app = app_at("probe", query={"d": drafts().create(written(Folder(case=case))).id})
    row = app.dataframe[0].value.iloc[0]

    assert row["Note"] == MARK
    assert row["At most"].startswith("$")


def test_old_facts_and_retirements_are_noted() -> None:
    """Two years from now every priced offer's note says how old the price is."""
    facts = loaded.catalog()
    priced = [row.id for row in facts.offers if row.price(date(2028, 11, 24))]
    notes = catalog_data.notes_of(facts, priced, date(2028, 11, 24))

    assert priced
    assert all("price read" in notes[key] for key in priced)

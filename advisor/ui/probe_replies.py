"""Every reply of a run: heat map, filters, pages, two side by side, one by its address, export."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from advisor import wording
from advisor.host.runs import progress
from advisor.probe.agreement_words import prompt_sentences
from advisor.probe.board import Board, Row, Show, chosen, differences, flat, place_of
from advisor.probe.document import probe_document
from advisor.probe.extract import bare
from advisor.probe.plan import RunPlan
from advisor.probe.tool_calls import said, shown
from advisor.ui import loaded, state
from advisor.ui.exhibit import csv_of, exhibit
from advisor.ui.heat_chart import agreement_map, share_words
from advisor.ui.inert import inert
from advisor.ui.navigation import link
from advisor.ui.probe_second_look import verdict_buttons

REPLIES_SHOWN = 20
"""Replies on one page."""
HEAT_PROMPTS = 40
"""Prompts in the heat map; its table has all."""
_SHOWS = {
    Show.ALL: "All",
    Show.FAILURES: "Failures",
    Show.DISAGREEMENTS: "Disagreements",
}
_EVERY = "any"
_COMPARED = 2
"""Replies laid side by side."""


def replies(run_id: str, plan: RunPlan, board: Board) -> None:
    """The heat map, then the replies."""
    _heat(plan, board)
    _every_reply(run_id, plan, board)


@st.fragment
def _every_reply(run_id: str, plan: RunPlan, board: Board) -> None:
    """Filters, pages and export; a filter draws these anew and leaves the rest of the page alone."""
    st.markdown("## Every reply")
    asked = state.asked_for("reply")
    if asked:
        _one_by_address(run_id, plan, board, asked)
    rows = _filtered(plan, board)
    st.caption(f"{wording.count(len(rows), 'reply', 'replies')} of {len(board.rows):,}")
    pages = max(1, -(-len(rows) // REPLIES_SHOWN))
    page = st.pagination(pages, key="reply-page") if pages > 1 else 1
    shown = rows[(page - 1) * REPLIES_SHOWN : page * REPLIES_SHOWN]
    _side_by_side(run_id, plan, shown)
    for row in shown:
        _reply(run_id, plan, row)
    _exports(run_id, plan, board)


def _heat(plan: RunPlan, board: Board) -> None:
    """Agreement, or the share of expected answers, of every prompt and offer."""
    cells = [one.figures for one in board.studied.values()]
    if not cells:
        return
    st.markdown("## Prompt by prompt")
    graded = any(one.graded for one in cells)
    kind = st.segmented_control(
        "Show",
        ["agreement", "as expected"] if graded else ["agreement"],
        default="agreement",
        required=True,
        key="heat-kind",
    )
    lanes = [target for target in plan.targets if target.ref in board.models]
    prompts = [prompt.id for prompt in plan.prompts]
    right = kind == "as expected"
    shares = [[_share(board, lane.ref, prompt, right) for lane in lanes] for prompt in prompts]
    rough = [[not right and _rough(board, lane.ref, prompt) for lane in lanes] for prompt in prompts]
    names = [lane.label for lane in lanes]
    table = pd.DataFrame(
        [
            {"Prompt": prompt} | dict(zip(names, map(share_words, line, abouts), strict=True))
            for prompt, line, abouts in zip(prompts, shares, rough, strict=True)
        ]
    )
    what = "Share of expected answers" if right else "Agreement of two answers"
    alt = f"{what} for {wording.count(len(prompts), 'prompt')} and {wording.count(len(names), 'offer')}."
    figure = agreement_map(prompts[:HEAT_PROMPTS], names, shares[:HEAT_PROMPTS], rough[:HEAT_PROMPTS])
    st.caption(inert(" · ".join(f"{number} {name}" for number, name in enumerate(names, start=1))))
    exhibit(f"heat-{kind}", figure, table, alt)
    if any(map(any, rough)):
        st.caption("≈ and paler: free text, compared by shared words, an approximation.")
    if len(prompts) > HEAT_PROMPTS:
        st.caption(f"The first {HEAT_PROMPTS} of {len(prompts)} prompts; the table has all.")


def _share(board: Board, lane: str, prompt: str, graded: bool) -> float | None:
    found = board.studied.get((lane, prompt))
    if found is None:
        return None
    figures = found.figures
    return (figures.right / figures.graded if figures.graded else None) if graded else figures.agree_2


def _rough(board: Board, lane: str, prompt: str) -> bool:
    found = board.studied.get((lane, prompt))
    return found is not None and found.figures.approximate and found.figures.agree_2 is not None


def _filtered(plan: RunPlan, board: Board) -> tuple[Row, ...]:
    names = {_EVERY: "Any offer"} | {target.ref: target.label for target in plan.targets}
    prompts = [_EVERY, *(prompt.id for prompt in plan.prompts)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        show = st.segmented_control(
            "Show only",
            list(_SHOWS),
            default=Show.ALL,
            required=True,
            format_func=lambda one: _SHOWS[Show(one)],
            key="reply-show",
        )
        prompt = st.selectbox(
            "Prompt",
            prompts,
            format_func=lambda key: "Any prompt" if key == _EVERY else str(key),
            key="reply-prompt",
            width=220,
        )
        lane = st.selectbox(
            "Offer",
            list(names),
            format_func=lambda ref: names.get(ref) or str(ref),
            key="reply-offer",
            width=320,
        )
        words = st.text_input("Containing", key="reply-words", width=200)
    found = chosen(board, Show(show), _or_none(lane), _or_none(prompt), words)
    if (lane, prompt) in board.studied:
        said = prompt_sentences(board.studied[lane, prompt].figures)
        st.markdown(inert(" ".join(said)))
    return found


def _or_none(key: str) -> str | None:
    return None if key == _EVERY else key


def _one_by_address(run_id: str, plan: RunPlan, board: Board, key: str) -> None:
    """The reply a link names, above all others."""
    place = place_of(board.rows, key)
    if place is None:
        st.warning("The link names a reply that is not part of this run.")
        return
    with st.container(border=True):
        st.markdown("**The reply of this link**")
        _reply(run_id, plan, board.rows[place], linked=True)


def _side_by_side(run_id: str, plan: RunPlan, shown: tuple[Row, ...]) -> None:
    """Two replies of the page with what differs marked; the second is read against the first."""
    able = {_name(plan, row): row for row in shown if row.sample.reply is not None}
    if len(able) < _COMPARED:
        return
    with st.expander("Lay two replies side by side", type="compact"):
        names = list(able)
        left, right = st.columns(2)
        first = left.selectbox("First", names, index=0, key="compare-first")
        second = right.selectbox("Second", names, index=1, key="compare-second")
        one, other = able.get(first, able[names[0]]), able.get(second, able[names[1]])
        pieces = differences(_text(one), _text(other))
        left.markdown(_marked([(p.kind != "same", p.text) for p in pieces if p.kind != "new"], "red"))
        right.markdown(_marked([(p.kind != "same", p.text) for p in pieces if p.kind != "gone"], "green"))
        if all(piece.kind == "same" for piece in pieces):
            st.caption("Word for word the same.")
        elif _comparable(plan, one, other):
            st.caption("Both answer one free-text prompt: your word about them overrules the rule.")
            texts = (bare(_text(one)), bare(_text(other)))
            verdict_buttons(run_id, one.sample.prompt, *texts, key="side-by-side")


def _comparable(plan: RunPlan, one: Row, other: Row) -> bool:
    """Whether a person's word about the two would count: free text of one prompt, no tool calls."""
    free = {prompt.id for prompt in plan.prompts if prompt.answer_type == "free"}
    words = all(row.answer and row.answer.rule.startswith("words") for row in (one, other))
    return words and one.sample.prompt == other.sample.prompt and one.sample.prompt in free


def _marked(pieces: list[tuple[bool, str]], colour: str) -> str:
    """Text with the differing stretches coloured and underlined by brackets, nothing of it alive."""
    lines: list[str] = []
    for differs, text in pieces:
        safe = "  \n".join(inert(line) for line in text.rstrip().split("\n"))
        one_line = safe.replace("  \n", " ").strip()
        lines.append(f":{colour}-background[\\[{one_line}\\]]" if differs and one_line else safe)
    return " ".join(lines) or ":gray[empty]"


def _text(row: Row) -> str:
    return said(row.sample.reply) if row.sample.reply else ""


def _name(plan: RunPlan, row: Row) -> str:
    one = row.sample
    return f"{one.prompt} · {_label(plan, one.offer)} · {one.name}"


def _label(plan: RunPlan, lane: str) -> str:
    return next((target.label for target in plan.targets if target.ref == lane), lane)


def _reply(run_id: str, plan: RunPlan, row: Row, *, linked: bool = False) -> None:
    one = row.sample
    label = _label(plan, one.offer)
    simulated = " :orange-badge[simulated]" if one.simulated else ""
    facts = [label, one.prompt, one.name]
    if one.reply is not None:
        facts += [wording.seconds(one.total_s), wording.usd(one.cost_usd), one.reply.finish_reason]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[{inert(' · '.join(facts))}]{_badges(row)}{simulated}")
        if not linked:
            link("probe", "Link", icon=":material/link:", run=run_id, reply=one.key)
    if one.reply is not None:
        if one.reply.reasoning:
            st.caption("Reasoning")
            st.code(one.reply.reasoning, language=None, wrap_lines=True)
        if one.reply.text or not one.reply.tool_calls:
            st.code(one.reply.text, language=None, wrap_lines=True)
        if one.reply.tool_calls:
            st.caption("Tool calls; none was carried out")
            st.code(shown(one.reply.tool_calls), language=None, wrap_lines=True)
        _checks(row)
    elif one.failure is not None:
        kind = one.failure.kind
        st.error(inert(f"{kind.value.replace('_', ' ')}: {one.failure.detail} {kind.hint}"))
        if one.failure.received:
            st.caption("Text that had arrived before it failed; not counted as an answer")
            st.code(one.failure.received, language=None, wrap_lines=True)
    else:
        st.caption("Not asked yet.")


_PASSED = {True: ":green-badge[passed]", False: ":red-badge[failed]", None: ":gray-badge[open]"}


def _checks(row: Row) -> None:
    """What each grader of the prompt says of the reply."""
    if row.answer is None or not row.answer.checks:
        return
    told = [f"{_PASSED[one.passed]} {inert(f'{one.kind}: {one.words}')}" for one in row.answer.checks]
    st.markdown("  \n".join(told))


def _badges(row: Row) -> str:
    """What the reply was taken for, in a word each."""
    answer = row.answer
    if answer is None:
        return " :gray-badge[speed call]" if row.sample.reply is not None else ""
    said = ""
    if answer.right is not None:
        said += " :green-badge[as expected]" if answer.right else " :red-badge[not as expected]"
    if row.disagrees:
        said += " :orange-badge[differs from most]"
    return said + (f" :gray-badge[read as {inert(answer.rule)}]" if answer.rule else "")


def _exports(run_id: str, plan: RunPlan, board: Board) -> None:
    """Both are put together when they are asked for."""
    with st.container(horizontal=True):
        for kind, mime, write in (
            ("CSV", "text/csv", lambda: _csv(plan, board)),
            ("JSON", "application/json", lambda: _json(run_id, plan, board)),
        ):
            st.download_button(
                f"Download {kind}",
                write,
                file_name=f"probe-samples.{kind.lower()}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"{kind}-probe-samples",
            )


def _csv(plan: RunPlan, board: Board) -> bytes:
    """Every call, warm-ups first: they are part of what the run cost."""
    targets = {target.ref: target for target in plan.targets}
    rows = [*(Row(one, None, True) for one in board.warm_ups), *board.rows]
    return csv_of(pd.DataFrame([flat(row, targets[row.sample.offer]) for row in rows]))


def _json(run_id: str, plan: RunPlan, board: Board) -> bytes:
    """The whole run as the command line prints it, with every figure over prompts and pair."""
    samples = (*board.warm_ups, *(row.sample for row in board.rows))
    over = not progress(loaded.store(), run_id).under_way
    document = probe_document(plan, samples, run=run_id, state="", reason="", spent_usd=0, over=over)
    del document["spent_usd"], document["state"], document["reason"]
    document["agreement"] = {lane: one.model_dump(mode="json") for lane, one in board.models.items()}
    document["pairs"] = [pair.model_dump(mode="json") for pair in board.pairs]
    return json.dumps(document, ensure_ascii=False, indent=1).encode()

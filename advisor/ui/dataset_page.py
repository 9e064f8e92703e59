"""Data readiness: upload a tuning set, watch the check, read the findings, take the cleaned set away."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from advisor.case import Case
from advisor.cost.tuning_facts import Technique
from advisor.cost.tuning_plan import examples_needed
from advisor.dataset.chat_rules import RULES
from advisor.dataset.check import MAX_BYTES
from advisor.dataset.document import findings_csv, summary, variety_words
from advisor.dataset.expectation import Expectation
from advisor.dataset.findings import BadRow, Coverage, DatasetReport, Finding, Quality, Severity, Variety
from advisor.dataset.guide import GUIDE
from advisor.ui import state
from advisor.ui.dataset_job import JOB_KEY, DatasetJob, last_job
from advisor.ui.exhibit import data_table
from advisor.ui.inert import inert
from advisor.ui.tuning_bench import COMPLEXITY, STRENGTH, TECHNIQUE_WORDS, TECHNIQUES
from advisor.ui.workbench import Workbench, take_over, tile
from advisor.wording import count, interval, number, percent

LARGEST_MB = 100
TICK_S = 1.0
_KINDS = ["jsonl", "ndjson", "json", "csv", "tsv"]
_ICONS = {
    "ready": ":material/check_circle:",
    "look at it": ":material/visibility:",
    "not ready": ":material/block:",
    "not checked": ":material/help:",
}
_BADGES = {"ready": "green", "look at it": "orange", "not ready": "red", "not checked": "gray"}
_SEVERITIES = {Severity.ERROR: "red", Severity.WARNING: "orange", Severity.NOTE: "gray"}


def readiness(bench: Workbench, case: Case) -> None:
    """Upload, progress, report."""
    _upload(bench)
    job = last_job()
    if job is None:
        _guide()
        return
    with st.container():
        if job.running:
            _live()
        elif job.failure:
            st.error(inert(job.failure), icon=":material/error:")
    if not job.running and job.report is not None:
        _report(job, job.report, case)
    _guide()


def _upload(bench: Workbench) -> None:
    with st.container(border=True):
        st.markdown("## A set to check")
        st.caption(
            f"JSONL or CSV in UTF-8, up to {LARGEST_MB} MB each; it stays in this server's memory and is not "
            f"stored. A larger file, up to {MAX_BYTES // 10**6} MB, is read in pieces by "
            "`advisor dataset check FILE` on your own machine, or check a random sample of its lines here."
        )
        with st.grid(2, min_column_width=280):
            training = st.file_uploader(
                "Training set", type=_KINDS, key="dataset:training", max_upload_size=LARGEST_MB
            )
            held_back = st.file_uploader(
                "Evaluation set, if there is one", type=_KINDS, key="dataset:held", max_upload_size=LARGEST_MB
            )
        with st.grid(2, min_column_width=240):
            rules = bench.choice("rules", "File rules of", {key: _provider(key) for key in RULES})
            bench.choice("technique", "Technique it is for", TECHNIQUES, TECHNIQUE_WORDS)
            bench.choice("complexity", "The task is", COMPLEXITY)
            bench.choice("base", "The base model at it, untuned", STRENGTH)
        pressed = st.button(
            "Check it",
            type="primary",
            disabled=training is None,
            icon=":material/fact_check:",
            key="dataset:check",
        )
        if pressed and training is not None:
            needed = examples_needed(
                Technique(bench.text("technique") or "lora"),
                bench.text("complexity") or "medium",
                bench.text("base") or "medium",
            )
            start_check(
                DatasetJob(
                    training.name,
                    training.getvalue(),
                    Expectation(provider=rules or "own", needed_rows=needed),
                    held_back.name if held_back else "",
                    held_back.getvalue() if held_back else b"",
                )
            )


def _provider(key: str) -> str:
    return "own GPUs" if key == "own" else key.capitalize().replace("Openai", "OpenAI")


def start_check(job: DatasetJob) -> None:
    """Begin a check; one that runs in this session is cancelled."""
    old = last_job()
    if old is not None:
        old.cancel()
    state.remember(JOB_KEY, job)
    job.start()


@st.fragment(run_every=TICK_S)
def _live() -> None:
    """Redrawn every second while the check runs; at its end the whole page follows with the findings."""
    job = last_job()
    if job is None:
        return
    now = job.progress
    if job.running:
        rows = f"{now.stage}: {count(now.rows, 'row')}" if now else "waiting for another check to end"
        st.progress(job.share, text=inert(f"{rows}{', stopping' if job.cancelling else ''}"))
        st.button("Cancel", on_click=job.cancel, icon=":material/stop_circle:", disabled=job.cancelling)
    else:
        st.rerun()


def _report(job: DatasetJob, report: DatasetReport, case: Case) -> None:
    st.markdown(f"## {inert(report.name)}")
    st.markdown(inert(summary(report)))
    _figures(report)
    _verdicts(report)
    _take_away(job, report, case)
    st.markdown("### Findings")
    for finding in report.findings:
        _finding(finding)
    if not report.findings:
        st.markdown("Nothing found.")
    _bad_rows(report.bad_rows, report.bad_count)
    _variety(report.variety)
    _coverage(report.coverage)


def _figures(report: DatasetReport) -> None:
    tokens, needed = report.tokens, report.needed_rows
    with st.grid(4, min_column_width=160):
        tile("Rows read", number(report.rows, 9), f"{number(report.bad_count, 9)} unreadable")
        tile(
            "Rows needed",
            "unknown" if needed is None else number(needed.mid, 6),
            "" if needed is None else interval(needed, number),
        )
        if tokens is not None:
            said = "estimated" if tokens.estimated else "counted"
            tile("Tokens in all", number(tokens.total, 9), said)
            tile("Longest row, tokens", number(tokens.largest, 9), f"median {number(tokens.median, 9)}")


def _verdicts(report: DatasetReport) -> None:
    st.markdown("### Six qualities, coverage and quantity")
    with st.grid(4, min_column_width=160):
        for quality in Quality:
            verdict = report.verdict(quality)
            with st.container(border=True):
                badge = f":{_BADGES[verdict]}-badge[{_ICONS[verdict]} {verdict}]"
                st.markdown(f"**{quality.value.capitalize()}**  \n{badge}")
                found = len(report.by_quality(quality))
                why = report.unchecked.get(quality) if verdict == "not checked" else None
                st.caption(inert(why or (count(found, "finding") if found else "no finding")))


def _finding(finding: Finding) -> None:
    badge = f":{_SEVERITIES[finding.severity]}-badge[{finding.severity.value}]"
    rows = f" · {count(len(finding.rows), 'row')}" if finding.rows else ""
    with st.expander(f"{badge} {inert(finding.what)}{inert(rows)}", type="compact"):
        st.markdown(inert(finding.hint))
        for example in finding.examples:
            st.caption(f"Row {example.row}")
            st.code(example.text, language=None, wrap_lines=True)
        if finding.rows:
            shown = ", ".join(str(row) for row in finding.rows[:50])
            more = f" and {number(len(finding.rows) - 50)} more" if len(finding.rows) > 50 else ""
            st.caption(f"Rows {shown}{more}")


def _take_away(job: DatasetJob, report: DatasetReport, case: Case) -> None:
    with st.container(horizontal=True):
        if report.complete and report.rows:
            st.download_button(
                "Cleaned set (JSONL)",
                job.cleaned,
                file_name=f"cleaned-{_stem(report.name)}.jsonl",
                mime="application/jsonl",
                icon=":material/cleaning_services:",
                on_click="ignore",
                key="dataset:cleaned",
            )
        st.download_button(
            "Findings (CSV)",
            findings_csv(report).encode(),
            file_name=f"findings-{_stem(report.name)}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="dataset:findings",
        )
        if report.complete and case.answer("tuning", "examples") != float(report.rows):
            st.button(
                "Use the number of rows in the case",
                icon=":material/input:",
                on_click=_into_case,
                args=(report,),
            )
    if not report.complete:
        st.caption("A cancelled check has no cleaned set: rows not yet seen would pass unchecked.")
    elif report.rows:
        st.caption(
            "The cleaned set leaves out copies, leaks and malformed rows, masks secrets and personal data, "
            "and repairs encoding. Conflicting answers stay: a person has to decide them."
        )


def _stem(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.rpartition(".")[0] or name)[:60]


def _into_case(report: DatasetReport) -> None:
    answers: dict[tuple[str, str], str | bool | float | tuple[str, ...]] = {
        ("tuning", "examples"): float(report.rows)
    }
    if report.evaluation_rows:
        answers["tuning", "eval_set"] = True
        answers["knowledge", "eval_cases"] = float(report.evaluation_rows)
    take_over({}, answers)


def _bad_rows(rows: Sequence[BadRow], total: int) -> None:
    if rows:
        st.markdown(f"### {count(total, 'row')} that could not be read")
        st.caption("All other rows were analysed.")
        table = pd.DataFrame([{"Row": one.row, "Line": one.line, "Why": one.reason} for one in rows])
        data_table("unreadable-rows", table, "Rows that could not be read, with line and reason.")


def _variety(groups: Sequence[Variety]) -> None:
    if groups:
        st.markdown("### Variety of the answers")
        st.markdown("\n".join(f"- {inert(variety_words(group))}" for group in groups))
        st.caption(
            "Distinct three-word runs (distinct-n, Li et al. 2016), counted in segments of 1,000 runs so "
            "that long and short sets compare (segmental type-token ratio, Johnson 1944). A column "
            "synthetic, generated_by or written_by tells a model's rows from people's."
        )


def _coverage(tables: Sequence[Coverage]) -> None:
    if not tables:
        return
    st.markdown("### Coverage")
    st.caption("Compare with the requests you really get: what is rare here is learned badly.")
    with st.grid(2, min_column_width=300):
        for one in tables:
            with st.container(border=True):
                even = "" if one.evenness is None else f" · evenness {percent(one.evenness)}"
                st.markdown(f"**{inert(one.label)}**{inert(even)}")
                shown = pd.DataFrame(one.counts[:8], columns=["Value", "Rows"])
                st.dataframe(shown, hide_index=True, alt=f"{one.label}: rows by value, most frequent first.")
                if one.note:
                    st.caption(inert(one.note))


def _guide() -> None:
    with st.expander("What makes a set good, and what no check can see", key="dataset:guide"):
        for entry in GUIDE:
            st.markdown(f"**{entry.quality.value.capitalize()}.** {inert(entry.question)} {inert(entry.how)}")

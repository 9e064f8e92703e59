"""The report as a JSON document with its schema, and the findings as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

from advisor.dataset.findings import Coverage, DatasetReport, Finding, Quality, Severity, Variety
from advisor.wording import count, joined, percent, spreadsheet_cell

MAX_ROWS_LISTED = 1_000
"""Row numbers listed with a finding; all of them are counted."""


def readiness_document(report: DatasetReport) -> dict[str, Any]:
    """The whole report, ready for JSON; `readiness_schema` describes it."""
    needed, tokens = report.needed_rows, report.tokens
    return {
        "file": report.name,
        "kind": report.file_kind,
        "layout": report.layout,
        "complete": report.complete,
        "ready": report.ready and report.complete,
        "summary": summary(report),
        "rows": report.rows,
        "bad_rows": report.bad_count,
        "unreadable": [{"row": bad.row, "line": bad.line, "reason": bad.reason} for bad in report.bad_rows],
        "evaluation_rows": report.evaluation_rows,
        "needed_rows": None if needed is None else [needed.low, needed.mid, needed.high],
        "tokens": None
        if tokens is None
        else {
            "total": tokens.total,
            "median_per_row": tokens.median,
            "largest_row": tokens.largest,
            "estimated": tokens.estimated,
        },
        "qualities": {
            quality.value: {"verdict": report.verdict(quality), "reason": report.unchecked.get(quality)}
            for quality in Quality
        },
        "findings": [_finding(finding) for finding in report.findings],
        "coverage": [_coverage(table) for table in report.coverage],
        "variety": [asdict(group) for group in report.variety],
    }


def summary(report: DatasetReport) -> str:
    """The report in one or two sentences."""
    if not report.rows:
        return "No row could be read."
    scope = "" if report.complete else f" {_ended(report)}: this is about the rows read so far."
    bad = [quality.value for quality in Quality if report.verdict(quality) == "not ready"]
    look = [quality.value for quality in Quality if report.verdict(quality) == "look at it"]
    text = f"{count(report.rows, 'row')} read"
    text += f", {count(report.bad_count, 'row')} unreadable." if report.bad_count else "."
    if bad:
        text += f" Not ready: {joined(bad)}."
    if look:
        text += f" Look at: {joined(look)}."
    return (text if bad or look else f"{text} Nothing found that speaks against tuning on it.") + scope


def variety_words(group: Variety) -> str:
    """How varied a group of answers is, with how that was counted."""
    start = f"{group.group[:1].upper()}{group.group[1:]} in sentences ({group.rows:,})"
    if group.distinct is None:
        return f"{start}: too little text to tell how varied they are; it takes 1,000 three-word runs."
    often = group.rows > 1 and (group.opening_share or 0) >= 0.05
    alike = f"; {percent(group.opening_share)} begin with “{group.opening}”" if often else ""
    return f"{start}: {percent(group.distinct)} of the three-word runs in every 1,000 are distinct{alike}."


def _ended(report: DatasetReport) -> str:
    cut_off = any(finding.check == "too_large" for finding in report.findings)
    return "The file is too large to be read to its end" if cut_off else "The check was cancelled"


def findings_csv(report: DatasetReport) -> str:
    """One line per finding, for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("severity", "quality", "check", "what", "what to do", "rows", "row numbers", "example"))
    for finding in report.findings:
        numbers = " ".join(str(row) for row in finding.rows[:MAX_ROWS_LISTED])
        example = finding.examples[0].text if finding.examples else ""
        cells = (finding.severity, finding.quality, finding.check, finding.what, finding.hint)
        writer.writerow(
            [spreadsheet_cell(str(cell)) for cell in (*cells, len(finding.rows), numbers, example)]
        )
    return out.getvalue()


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "quality": finding.quality.value,
        "severity": finding.severity.value,
        "what": finding.what,
        "hint": finding.hint,
        "row_count": len(finding.rows),
        "rows": list(finding.rows[:MAX_ROWS_LISTED]),
        "examples": [{"row": quote.row, "text": quote.text} for quote in finding.examples],
    }


def _coverage(table: Coverage) -> dict[str, Any]:
    return {
        "key": table.key,
        "label": table.label,
        "counts": [{"value": value, "rows": rows} for value, rows in table.counts],
        "evenness": table.evenness,
        "note": table.note,
    }


def readiness_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of `readiness_document`."""
    whole = {"type": "integer", "minimum": 0}
    text = {"type": "string"}
    flag = {"type": "boolean"}
    counted = {"value": text, "rows": whole}
    unreadable = _object({"row": whole, "line": whole, "reason": text})
    example = _object({"row": whole, "text": text})
    finding = {
        "check": text,
        "quality": {"enum": [quality.value for quality in Quality]},
        "severity": {"enum": [severity.value for severity in Severity]},
        "what": text,
        "hint": text,
        "row_count": whole,
        "rows": _list(whole),
        "examples": _list(example),
    }
    table = {
        "key": text,
        "label": text,
        "counts": _list(_object(counted)),
        "evenness": {"type": ["number", "null"]},
        "note": text,
    }
    share = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
    variety = {"group": text, "rows": whole, "distinct": share, "segments": whole}
    variety |= {"opening_share": share, "opening": text}
    tokens = {"total": whole, "median_per_row": whole, "largest_row": whole, "estimated": flag}
    verdict = {"enum": ["ready", "look at it", "not ready", "not checked"]}
    quality = _object({"verdict": verdict, "reason": {"type": ["string", "null"]}})
    top = {
        "file": text,
        "kind": {"enum": ["jsonl", "csv"]},
        "layout": text,
        "complete": flag,
        "ready": flag,
        "summary": text,
        "rows": whole,
        "bad_rows": whole,
        "unreadable": _list(unreadable),
        "evaluation_rows": {"type": ["integer", "null"], "minimum": 0},
        "needed_rows": {"type": ["array", "null"], "items": {"type": "number"}},
        "tokens": {"anyOf": [{"type": "null"}, _object(tokens)]},
        "qualities": _object({quality_key.value: quality for quality_key in Quality}),
        "findings": _list(_object(finding)),
        "coverage": _list(_object(table)),
        "variety": _list(_object(variety)),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Data readiness",
        **_object(top),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}

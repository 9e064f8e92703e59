"""Evaluation cases as files and tables; what is written is read back the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import yaml

from advisor.case import ProbePrompt
from advisor.frozen import Frozen
from advisor.probe.assertions import short_text
from advisor.probe.evaluation import Evaluation
from advisor.probe.messages import inputs_wanted
from advisor.wording import spreadsheet_cell

TABLE = ("id", "text", "system", "expected", "answer_type", "options", "graders")
"""Columns of the table, before those of the values."""


def cases_yaml(prompts: Sequence[ProbePrompt]) -> str:
    """All there is to the cases, as our own YAML."""
    cases = [prompt.model_dump(mode="json", exclude_defaults=True) for prompt in prompts]
    return yaml.dump({"prompts": cases}, Dumper=_NoAnchors, allow_unicode=True, sort_keys=False, width=100)


class _NoAnchors(yaml.SafeDumper):
    """Writes equal values out: the strict reader takes no references."""

    def ignore_aliases(self, data: object) -> bool:
        """Never refer back."""
        return True


def cases_jsonl(prompts: Sequence[ProbePrompt]) -> str:
    """One case per line."""
    lines = (prompt.model_dump(mode="json", exclude_defaults=True) for prompt in prompts)
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def cases_csv(prompts: Sequence[ProbePrompt]) -> str:
    """The table as CSV, with turns and tools as JSON where there are any; images and documents stay out.

    Cells a spreadsheet would run as formulas begin with an apostrophe.
    """
    beside = [name for name in ("turns", "tools") if any(getattr(prompt, name) for prompt in prompts)]
    rows = [
        row | {name: _json_cell(prompt, name) for name in beside}
        for row, prompt in zip(table_rows(prompts), prompts, strict=True)
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else list(TABLE), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: spreadsheet_cell(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def table_rows(prompts: Sequence[ProbePrompt]) -> list[dict[str, str]]:
    """One row of texts per case: its fields, then a column per value; turns, files and tools have none."""
    names = dict.fromkeys(name for prompt in prompts for name in prompt.vars)
    return [_row(prompt) | {name: prompt.vars.get(name, "") for name in names} for prompt in prompts]


def _json_cell(prompt: ProbePrompt, name: str) -> str:
    listed = prompt.model_dump(mode="json", include={name}, exclude_defaults=True).get(name)
    return "" if listed is None else json.dumps(listed, ensure_ascii=False)


def beside_table(prompt: ProbePrompt) -> tuple[str, ...]:
    """What a case has that the table does not show."""
    turns = ("earlier turns",) if prompt.turns else ()
    return (*turns, *inputs_wanted(prompt))


def _row(prompt: ProbePrompt) -> dict[str, str]:
    return {
        "id": prompt.id,
        "text": prompt.text,
        "system": prompt.system or "",
        "expected": prompt.expected or "",
        "answer_type": prompt.answer_type,
        "options": " | ".join(prompt.options),
        "graders": "\n".join(short_text(grader) for grader in prompt.graders),
    }


class EvaluationOut(Frozen):
    """What `advisor evaluation check --json` prints."""

    source: str
    form: str
    """CSV, JSONL, YAML or promptfoo."""
    cases: int
    graded: int
    """Cases with an expected answer or a grader."""
    graders: dict[str, int]
    """Kind -> how often."""
    needs: dict[str, int]
    """What offers must take beside text (image, pdf, audio, tools) -> cases."""
    judge_calls: int
    """Replies a judge model would have to read per sample: one per rubric."""
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    """Rows left out and why; at most twenty are named."""
    broken: int
    usable: bool
    """False when a row was left out or there is no case."""
    prompts: tuple[ProbePrompt, ...]


def evaluation_document(found: Evaluation) -> dict[str, Any]:
    """What a file was understood as, as one JSON document."""
    kinds = [grader.kind for prompt in found.prompts for grader in prompt.graders]
    needs = [need for prompt in found.prompts for need in inputs_wanted(prompt)]
    return EvaluationOut(
        source=found.source,
        form=found.form,
        cases=len(found.prompts),
        graded=sum(prompt.graded for prompt in found.prompts),
        graders={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        needs={need: needs.count(need) for need in dict.fromkeys(needs)},
        judge_calls=kinds.count("rubric"),
        notes=found.notes,
        problems=found.problems,
        broken=found.broken,
        usable=bool(found.prompts) and not found.broken,
        prompts=found.prompts,
    ).model_dump(mode="json")


def evaluation_schema() -> dict[str, Any]:
    """JSON Schema of the document."""
    return EvaluationOut.model_json_schema(mode="serialization")

"""Ready-to-use files that follow from a record: proxy configuration, evaluation set, code.

Texts of people only ever stand inside quoted values that the YAML writer or Python itself made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from advisor.case import ProbePrompt
from advisor.decide.criteria import CRITERIA
from advisor.record.outcome import Placed
from advisor.record.record import Record, record_digest

FALLBACKS = 2
_YAML = "application/yaml"
PROXY_URL = "http://127.0.0.1:4000"
_EFFORTS = ("low", "medium", "high")
_CLOUDS = {
    "aws-bedrock": {
        "aws_region_name": "AWS_REGION_NAME",
        "aws_access_key_id": "AWS_ACCESS_KEY_ID",
        "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    },
    "azure": {"api_base": "AZURE_AI_API_BASE"},
    "google-vertex": {
        "vertex_project": "VERTEXAI_PROJECT",
        "vertex_location": "VERTEXAI_LOCATION",
        "vertex_credentials": "GOOGLE_APPLICATION_CREDENTIALS",
    },
}
"""Provider -> what LiteLLM must be told beside or instead of a key, and the variable it is read from."""
_MEANINGS = {
    "AWS_REGION_NAME": "region the model is used in, such as eu-central-1",
    "AWS_ACCESS_KEY_ID": "of an account that may call Bedrock; unset where the machine has a role of its own",
    "AWS_SECRET_ACCESS_KEY": "as above",
    "AZURE_AI_API_BASE": "address of your own resource, from its overview page",
    "VERTEXAI_PROJECT": "id of your Google Cloud project",
    "VERTEXAI_LOCATION": "region the model is used in, such as europe-west4 or global",
    "GOOGLE_APPLICATION_CREDENTIALS": "path of a service account's JSON file; unset where none is needed",
    "LITELLM_MASTER_KEY": "a key of your choice that callers of the proxy show, beginning with sk-",
}
_IN_THE_EU = {
    "AWS_REGION_NAME": "a region inside the EU, such as eu-central-1: the case needs processing there",
    "AZURE_AI_API_BASE": "address of your own resource, deployed in the EU data zone: the case needs it",
    "VERTEXAI_LOCATION": "a region inside the EU, such as europe-west4: the case needs processing there",
}
"""The same where the case needs processing inside the EU."""
_EU_ADDRESS = {
    "openai": "use a key of a project with EU data residency, and the api_base its settings name",
    "mistral": "processed inside the EU by default: leave api_base unset",
}
"""Provider -> how processing stays inside the EU, where no region says it."""
_TEMPLATE_SIGN = re.compile(r"(?<=\{)(?=[{%#])")


@dataclass(frozen=True, slots=True)
class NextStep:
    """One file to start from."""

    name: str
    """File name."""
    label: str
    mime: str
    content: bytes


def next_steps(record: Record) -> tuple[NextStep, ...]:
    """The files for the chosen offer, none without one; the evaluation set only when it has prompts."""
    if record.choice is None:
        return ()
    files = [
        NextStep("litellm-proxy.yaml", "LiteLLM proxy configuration", _YAML, litellm_config(record)),
        NextStep("ask.py", "Python code", "text/x-python", python_snippet(record)),
    ]
    if record.case.probe.prompts:
        questions = promptfoo_config(record)
        files.append(NextStep("promptfooconfig.yaml", "promptfoo evaluation set", _YAML, questions))
    return tuple(files)


def models(record: Record) -> tuple[tuple[str, Placed], ...]:
    """The chosen offer as `main`, then fallbacks, other providers first: one outage, one provider.

    Only an offer that is known to meet every hard need is a fallback.
    """
    choice = record.choice
    if choice is None:
        return ()
    others = [row for row in record.outcome.ranking if row.id != choice.id and _meets_all(record, row)]
    others.sort(key=lambda row: (_host(row) == _host(choice), row.rank))
    spare = [(f"fallback-{number}", row) for number, row in enumerate(others[:FALLBACKS], 1)]
    return (("main", choice), *spare)


def _meets_all(record: Record, row: Placed) -> bool:
    held = bool(row.needs) or not record.outcome.needs
    return held and all(need.verdict == "pass" for need in row.needs)


def _host(row: Placed) -> str:
    return row.id.rpartition("@")[2]


def parameters(record: Record) -> dict[str, float | str]:
    """Call parameters the record speaks about: effort, temperature, time limit in seconds.

    A call that takes longer than the case allows an answer is given up.
    """
    probe, effort = record.case.probe, record.outcome.effort
    allowed = [row for row in (probe.timeout_s, record.case.workload.latency_target_s) if row]
    chosen: dict[str, float | str] = {"timeout": min(allowed)}
    if effort in _EFFORTS:
        chosen["reasoning_effort"] = effort
    if probe.temperature is not None:
        chosen["temperature"] = probe.temperature
    return chosen


def litellm_config(record: Record) -> bytes:
    """Configuration of a LiteLLM proxy: model list, fallbacks, retries, monthly budget."""
    named = models(record)
    spare = [name for name, _ in named[1:]]
    router: dict[str, Any] = {"num_retries": 2}
    if spare:
        router["fallbacks"] = [{"main": spare}]
    settings: dict[str, Any] = {"drop_params": True}
    budget = record.case.workload.monthly_budget_usd
    if budget:
        settings |= {"max_budget": budget, "budget_duration": "30d"}
    config = {
        "model_list": [_proxy_model(record, name, row) for name, row in named],
        "router_settings": router,
        "litellm_settings": settings,
        "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY"},
    }
    lines = (
        "Start: litellm --config litellm-proxy.yaml",
        "max_budget is US dollars over budget_duration; the proxy needs its database to enforce it.",
        "drop_params leaves out parameters a model does not know, such as reasoning_effort.",
        "It reads these environment variables:",
        *(_said(record, name) for name in [*_needed(row for _, row in named), "LITELLM_MASTER_KEY"]),
        *_unknown_access(named),
        *_cautions(record, named),
    )
    return _commented(record, lines, config)


def _proxy_model(record: Record, name: str, row: Placed) -> dict[str, Any]:
    call: dict[str, Any] = {"model": row.facts.litellm_id}
    call |= {field: f"os.environ/{variable}" for field, variable in _variables(row).items()}
    return {"model_name": name, "litellm_params": call | parameters(record)}


def _variables(row: Placed) -> dict[str, str]:
    """LiteLLM's field -> environment variable, for everything the provider of an offer must be told."""
    key = {"api_key": row.facts.key_env} if row.facts.key_env else {}
    return key | _CLOUDS.get(_host(row), {})


def _needed(rows: Iterable[Placed]) -> list[str]:
    """Environment variables these offers read, each once."""
    return sorted({variable for row in rows for variable in _variables(row).values()})


def _said(record: Record, variable: str) -> str:
    meanings = _MEANINGS | (_IN_THE_EU if _inside_eu(record) else {})
    return f"  {variable}: {meanings.get(variable, 'key of the provider')}"


def _inside_eu(record: Record) -> bool:
    return any(need.criterion == "eu_processing" for need in record.outcome.needs)


def _cautions(record: Record, named: Sequence[tuple[str, Placed]]) -> list[str]:
    """What the hard needs ask of whoever uses the file; only our own words, whatever a record says."""
    choice = record.choice
    open_ = [need.criterion for need in choice.needs if need.verdict == "unknown"] if choice else []
    lines = [f"Not known of main, verify before use: {_need_name(key)}." for key in open_]
    if len(named) == 1:
        lines.append("No fallback: no other offer of the record is known to meet every hard need.")
    if record.case.workload.latency_target_s:
        lines.append("timeout, in seconds, is at most what the case allows a complete answer.")
    return [*lines, *_eu_lines(named)] if _inside_eu(record) else lines


def _need_name(key: str) -> str:
    return CRITERIA[key].label if key in CRITERIA else "a hard need of the record"


def _eu_lines(named: Sequence[tuple[str, Placed]]) -> list[str]:
    lines = ["The case needs processing inside the EU; nothing here checks that a call stays there:"]
    for name, row in named:
        host = _host(row)
        if host == "self":
            said = "your own machines: keep them inside the EU"
        elif host in _CLOUDS:
            said = "set the region above inside the EU, and check that the model is offered there"
        else:
            said = _EU_ADDRESS.get(host, "add the api_base of its EU region, if it has one")
        lines.append(f"  {name}: {said}.")
    return lines


def _unknown_access(named: Sequence[tuple[str, Placed]]) -> list[str]:
    """Words about offers nobody told us the credentials of."""
    nameless = [name for name, row in named if not _variables(row)]
    return (
        [f"How to sign in at the provider of {', '.join(nameless)} is not known: add it."] if nameless else []
    )


def promptfoo_config(record: Record) -> bytes:
    """A promptfoo configuration that asks the evaluation set through the proxy above.

    promptfoo treats `{{` in most places as a template, renders prompts that are not valid JSON twice,
    and reads files for values that begin with `file://`. So every text stands inside the variable
    `ask`, in pieces that hold no template sign; the templates, all ours and valid JSON, join them.
    """
    probe = record.case.probe
    call: dict[str, Any] = {"apiBaseUrl": PROXY_URL, "max_tokens": probe.max_output_tokens}
    if probe.temperature is not None:
        call["temperature"] = probe.temperature
    used = {_chat_label(prompt) for prompt in probe.prompts}
    config = {
        "description": "Evaluation set of a model decision",
        "prompts": [{"label": label, "raw": raw} for label, raw in _CHATS.items() if label in used],
        "providers": [{"id": f"litellm:{name}", "config": dict(call)} for name, _ in models(record)],
        "tests": [_test(prompt) for prompt in probe.prompts],
        "evaluateOptions": {"repeat": probe.samples_per_prompt, "maxConcurrency": probe.concurrency},
    }
    lines = (
        "Start the proxy of litellm-proxy.yaml, put its key in LITELLM_API_KEY, then:",
        "promptfoo eval --config promptfooconfig.yaml",
    )
    return _commented(record, lines, config)


_USER = '{"role": "user", "content": "{{ ask.text | join }}"}'
_SYSTEM = '{"role": "system", "content": "{{ ask.system | join }}"}'
_CHATS = {"user": f"[{_USER}]", "system and user": f"[{_SYSTEM}, {_USER}]"}
"""Label -> chat template, valid JSON before it is rendered."""


def _chat_label(prompt: ProbePrompt) -> str:
    return "system and user" if prompt.system else "user"


_EXPECTED = "{{ ask.expected | join }}"
_ASSERTIONS = {
    "choice": "icontains",
    "number": "contains",
    "json": "equals",
    "code": "contains",
    "date": "contains",
    "short": "icontains",
    "free": "icontains",
}
"""Answer type -> promptfoo assertion on the expected answer; all work without a grading model."""


def _test(prompt: ProbePrompt) -> dict[str, Any]:
    texts = {"text": prompt.text, "system": prompt.system, "expected": prompt.expected}
    ask = {name: _pieces(text) for name, text in texts.items() if text}
    test: dict[str, Any] = {"description": prompt.id, "prompts": [_chat_label(prompt)], "vars": {"ask": ask}}
    if prompt.expected:
        test["assert"] = [{"type": _ASSERTIONS[prompt.answer_type], "value": _EXPECTED}]
    return test


def _pieces(text: str) -> list[str]:
    """The text cut between the two letters of every template sign; joined it is the same text."""
    return _TEMPLATE_SIGN.split(text)


def python_snippet(record: Record) -> bytes:
    """A Python module that asks the chosen model, falls back, and carries the guardrails."""
    named = models(record)
    ids = [row.facts.litellm_id for _, row in named]
    limits = {rail.key: rail.value for rail in record.outcome.limits}
    keys = _needed(row for _, row in named)
    read = [_said(record, name) for name in keys if _inside_eu(record) and name in _IN_THE_EU]
    text = _SNIPPET.format(
        digest=record_digest(record),
        keys=", ".join(keys) or "the provider's key",
        model=ascii(ids[0]),
        fallbacks=ascii(ids[1:]),
        parameters=ascii(parameters(record)),
        limits=ascii(limits),
        cautions="".join(f"# {line}\n" for line in (*read, *_cautions(record, named))),
    )
    return text.encode("ascii")


_SNIPPET = '''\
"""Asks the chosen model through LiteLLM (pip install litellm).

Needs in the environment: {keys}.
From the record with SHA-256 {digest}.
"""

import litellm

{cautions}MODEL = {model}
FALLBACKS = {fallbacks}
PARAMETERS = {parameters}
LIMITS = {limits}


def ask(messages):
    """Answer to chat messages, from the chosen model or, when it fails, from a fallback."""
    reply = litellm.completion(
        model=MODEL, messages=messages, fallbacks=FALLBACKS, drop_params=True, **PARAMETERS
    )
    return reply.choices[0].message.content


if __name__ == "__main__":
    print(ask([{{"role": "user", "content": "Hello"}}]))
'''


def _commented(record: Record, lines: tuple[str, ...], config: dict[str, Any]) -> bytes:
    """YAML under comment lines; only our own words stand in comments."""
    head = (*lines, f"From the record with SHA-256 {record_digest(record)}.")
    body = yaml.safe_dump(config, sort_keys=False, allow_unicode=False, width=100)
    return ("".join(f"# {line}\n" for line in head) + body).encode("ascii")

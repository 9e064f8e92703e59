"""Files to start from: valid for the tool they are for, and safe whatever people wrote."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.case import Case, ProbePrompt
from advisor.catalog.entries import Catalog
from advisor.decide.decision import Decision
from advisor.record.next_steps import litellm_config, models, next_steps, promptfoo_config, python_snippet
from advisor.record.outcome import Placed
from advisor.record.record import Record, make_record
from tests.probe.practice_server import practice_server
from tests.record.conftest import DAY
from tests.record.test_bill import record_of
from tests.record.test_hostile import ATTACKS, poisoned


def test_litellm_config_names_models_fallbacks_and_budget(record: Record) -> None:
    """Choice, fallback and budget are the record's; keys come from the environment."""
    config = yaml.safe_load(litellm_config(record))
    assert [row["model_name"] for row in config["model_list"]] == ["main", "fallback-1"]
    assert config["model_list"][0]["litellm_params"] == {
        "model": "host/alpha",
        "api_key": "os.environ/HOST_API_KEY",
        "timeout": 120.0,
        "reasoning_effort": "medium",
    }
    assert config["router_settings"] == {"num_retries": 2, "fallbacks": [{"main": ["fallback-1"]}]}
    assert config["litellm_settings"] == {"drop_params": True, "max_budget": 100.0, "budget_duration": "30d"}


def test_litellm_takes_configuration_and_code(record: Record, tmp_path: Path) -> None:
    """LiteLLM's own router takes the configuration as written; the code, run as it is, asks the chosen model
    and, when that fails, the fallback."""
    rows = [
        row.model_copy(update={"facts": row.facts.model_copy(update={"litellm_id": name})})
        for row, name in zip(record.outcome.ranking, ("openai/fast:500", "openai/slow"), strict=True)
    ]
    placed = record.outcome.model_copy(update={"ranking": tuple(rows)})
    mine = record.model_copy(update={"outcome": placed})
    (tmp_path / "ask.py").write_bytes(python_snippet(mine))
    program = (
        "import json, runpy, sys, litellm\n"
        "config = json.load(sys.stdin)\n"
        "router = litellm.Router(model_list=config['model_list'], **config['router_settings'])\n"
        "print(sorted(router.get_model_names()), router.fallbacks)\n"
        "runpy.run_path('ask.py', run_name='__main__')"
    )
    with practice_server(tmp_path) as server:
        here = {"OPENAI_API_BASE": f"http://127.0.0.1:{server.port}/v1", "OPENAI_API_KEY": "k"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(yaml.safe_load(litellm_config(mine))),
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={**os.environ, **here, "HOST_API_KEY": "k", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        )
        asked = {entry["model"] for entry in server.log()}

    assert "['fallback-1', 'main'] [{'main': ['fallback-1']}]" in done.stdout
    assert done.stdout.strip().endswith("This reply and its pace are simulated.\nA")
    assert asked == {"fast:500", "slow"}


@pytest.mark.parametrize(
    ("host", "fields"),
    [
        ("google-vertex", ["vertex_project", "vertex_location", "vertex_credentials"]),
        ("aws-bedrock", ["aws_region_name", "aws_access_key_id", "aws_secret_access_key"]),
        ("azure", ["api_key", "api_base"]),
    ],
)
def test_clouds_get_all_they_have_to_be_told(host: str, fields: list[str], record: Record) -> None:
    """An offer in a cloud carries every setting LiteLLM needs there, read from a variable that is explained,
    and LiteLLM's own table of fields knows each; one whose access is not known says so."""
    first, second = record.outcome.ranking
    key = "AZURE_AI_API_KEY" if host == "azure" else None
    cloud = second.model_copy(
        update={"id": f"beta@{host}", "facts": second.facts.model_copy(update={"key_env": key})}
    )
    lost = first.model_copy(update={"facts": first.facts.model_copy(update={"key_env": None})})
    text = litellm_config(_with_ranking(record, first, cloud)).decode()
    call = yaml.safe_load(text)["model_list"][1]["litellm_params"]
    read = {value for value in call.values() if str(value).startswith("os.environ/")}

    assert [name for name in call if str(call[name]).startswith("os.environ/")] == fields
    assert all(f"#   {value.removeprefix('os.environ/')}: " in text for value in read)
    assert set(fields) <= _litellm_fields()
    assert "provider of main is not known: add it" in litellm_config(_with_ranking(record, lost)).decode()


def _with_ranking(record: Record, *rows: Placed) -> Record:
    return record.model_copy(update={"outcome": record.outcome.model_copy(update={"ranking": rows})})


@cache
def _litellm_fields() -> set[str]:
    """Names LiteLLM's type of a deployment's parameters has."""
    program = "from litellm.types.router import LiteLLM_Params as P; print(*P.model_fields)"
    here = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=here
    )
    return set(done.stdout.split())


def test_fallbacks_prefer_another_provider(record: Record) -> None:
    """A fallback at another provider goes before a better ranked one at the same."""
    rows = record.outcome.ranking
    other = rows[1].model_copy(update={"id": "gamma@elsewhere", "rank": 3})
    wide = record.outcome.model_copy(update={"ranking": (*rows, other)})
    names = [row.id for _, row in models(record.model_copy(update={"outcome": wide}))]
    assert names == ["alpha@host", "gamma@elsewhere", "beta@host"]


def test_promptfoo_config_carries_the_evaluation_set(record: Record) -> None:
    """Each prompt is a test; those with an expected answer assert it."""
    config = yaml.safe_load(promptfoo_config(record))
    assert [row["id"] for row in config["providers"]] == ["litellm:main", "litellm:fallback-1"]
    assert [test["vars"]["ask"]["text"] for test in config["tests"]] == [["What is 2 + 2?"], ["Say hello"]]
    assert config["tests"][0]["assert"] == [{"type": "contains", "value": "{{ ask.expected | join }}"}]
    assert "assert" not in config["tests"][1]
    assert config["prompts"] == [
        {"label": "user", "raw": '[{"role": "user", "content": "{{ ask.text | join }}"}]'}
    ]


def test_promptfoo_templates_are_valid_json(record: Record) -> None:
    """promptfoo renders a template once only when it is valid JSON before rendering."""
    prompt = ProbePrompt(id="p", text="t", system="s")
    probe = record.case.probe.model_copy(update={"prompts": (prompt, *record.case.probe.prompts)})
    case = record.case.model_copy(update={"probe": probe})
    config = yaml.safe_load(promptfoo_config(record.model_copy(update={"case": case})))
    assert [json.loads(row["raw"])[-1]["role"] for row in config["prompts"]] == ["user", "user"]
    assert [test["prompts"] for test in config["tests"]] == [["system and user"], ["user"], ["user"]]


@pytest.mark.parametrize("attack", [*ATTACKS, "file:///etc/hostname", "{{{{ env.HOME }}}}", "{#x#}"])
def test_promptfoo_sees_no_template_in_texts(attack: str) -> None:
    """No piece of a text holds a template sign, no text is a variable of its own, nothing is lost."""
    record = poisoned(attack)
    config = yaml.safe_load(promptfoo_config(record))
    for test in config["tests"]:
        for name, pieces in test["vars"]["ask"].items():
            assert not [piece for piece in pieces if any(sign in piece for sign in ("{{", "{%", "{#"))]
            assert "".join(pieces) == attack.encode("utf-8", "replace").decode(), name
        assert set(test["vars"]) == {"ask"}


def test_snippet_is_python_with_the_chosen_parameters(record: Record) -> None:
    """The code parses and holds model, fallback, parameters and guardrails as literals."""
    tree = ast.parse(python_snippet(record))
    values: dict[str, Any] = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert values == {
        "MODEL": "host/alpha",
        "FALLBACKS": ["host/beta"],
        "PARAMETERS": {"timeout": 120.0, "reasoning_effort": "medium"},
        "LIMITS": {"max_steps": 15.0},
    }


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_model_ids_stay_values(attack: str, record: Record) -> None:
    """A model id made of code is a string in the code and a string in the YAML."""
    clean = attack.encode("utf-8", "replace").decode()
    first = record.outcome.ranking[0]
    bad = first.model_copy(update={"facts": first.facts.model_copy(update={"litellm_id": clean})})
    outcome = record.outcome.model_copy(update={"ranking": (bad, *record.outcome.ranking[1:])})
    poisoned_record = record.model_copy(update={"outcome": outcome})
    tree = ast.parse(python_snippet(poisoned_record))
    kinds = [type(node) for node in tree.body]
    assert kinds == [type(node) for node in ast.parse(python_snippet(record)).body]
    config = yaml.safe_load(litellm_config(poisoned_record))
    assert config["model_list"][0]["litellm_params"]["model"] == clean


def test_no_choice_gives_no_files(case: Case, no_fit: Decision, catalog: Catalog) -> None:
    """Without a chosen offer there is nothing to set up."""
    assert next_steps(make_record(case, no_fit, catalog, app_version="0.1.0", created=DAY)) == ()


def test_every_file_has_name_and_kind(record: Record) -> None:
    """Three files, each with the ending its tool expects."""
    assert [file.name for file in next_steps(record)] == [
        "litellm-proxy.yaml",
        "ask.py",
        "promptfooconfig.yaml",
    ]


def test_files_keep_to_the_needs_of_the_case() -> None:
    """A case that needs the EU and 15 s gets an EU region, no `global`, a timeout of 15 s, and fallbacks that
    are known to meet every hard need, each with how it stays in the EU."""
    record = record_of("2-document_qa")
    text = litellm_config(record).decode()
    config = yaml.safe_load(text)

    assert "VERTEXAI_LOCATION: a region inside the EU, such as europe-west4" in text
    assert "global" not in text
    assert {row["litellm_params"]["timeout"] for row in config["model_list"]} == {15.0}
    for name, row in models(record):
        assert {need.verdict for need in row.needs} == {"pass"}
        assert f"#   {name}: " in text
    assert "VERTEXAI_LOCATION: a region inside the EU" in python_snippet(record).decode()


def test_files_say_what_is_not_known_of_the_chosen_model() -> None:
    """A choice with unknown hard needs carries a comment for each, and gets no fallback that has any."""
    record = record_of("4-extraction_batch")
    for text in (litellm_config(record).decode(), python_snippet(record).decode()):
        assert "# Not known of main, verify before use: Processing inside the EU." in text
        assert "# Not known of main, verify before use: No training on your data." in text
    for _, row in models(record)[1:]:
        assert {need.verdict for need in row.needs} == {"pass"}

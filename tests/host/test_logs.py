"""Structured logs without secrets."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.host.logs import JsonFormatter, JsonLines, scrubbed, secrets_of
from tests.serving import ROOT, clean_environment

KEY = "abcdefgh-plain-looking-value"
ENVIRONMENT = {
    "SOME_API_KEY": KEY,
    "ADVISOR_DATABASE_URL": "postgresql://advisor:a-password@127.0.0.1:5432/advisor",
    "ADVISOR_COOKIE_SECRET": "cookie-cookie-cookie",
    "PATH": "/usr/bin-and-more",
    "SHORT_KEY": "true",
}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"refused key {KEY} for model", "refused key [key] for model"),
        ("Incorrect API key provided: sk-proj-abcdefghijkl", "Incorrect API key provided: [key]"),
        ("Authorization: Bearer abc.def.ghi", "Authorization: Bearer [key]"),
        ("at postgresql://advisor:other-pass@db/x", "at postgresql://advisor:[password]@db/x"),
        ("password a-password was wrong", "password [key] was wrong"),
        ("GET /brief?d=AAAAAAAAAAAAAAAAAAAAAA&run=0123456789abcdef", "GET /brief?d=[id]&run=[id]"),
        ("GET /shared?s=AAAAAAAAAAAAAAAAAAAAAA", "GET /shared?s=[id]"),
        ("it is true that /usr/bin-and-more exists", "it is true that /usr/bin-and-more exists"),
    ],
)
def test_secrets_are_taken_out_of_every_line(said: str, kept: str) -> None:
    """Own secrets literally, others by their look, ids of drafts and links too; ordinary words stay."""
    assert scrubbed(said, secrets_of(ENVIRONMENT)) == kept


def test_an_error_with_a_key_becomes_one_clean_line() -> None:
    """A traceback whose message holds a key is one JSON object without it."""
    formatter = JsonFormatter("web", secrets_of(ENVIRONMENT))
    try:
        raise ValueError(f"no luck with {KEY}")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, __file__, 1, "call with %s failed\n\u2028", (KEY,), sys.exc_info()
        )
    line = formatter.format(record)
    said = json.loads(line)

    assert "\n" not in line
    assert KEY not in line
    assert list(said) == ["at", "level", "logger", "process", "message", "error"]
    assert (said["level"], said["process"]) == ("error", "web")
    assert said["error"].endswith("ValueError: no luck with [key]")


def test_what_is_printed_past_the_log_is_json_too() -> None:
    """Half lines wait for their end, JSON of ours passes as it is."""
    out = io.StringIO()
    formatter = JsonFormatter("worker", [KEY])
    lines = JsonLines(out, formatter)
    lines.write(f"half {KEY}")
    assert out.getvalue() == ""
    lines.write(" a line\n\n" + formatter.line("info", "x", "ours") + "\n")

    assert [json.loads(line)["message"] for line in out.getvalue().splitlines()] == [
        "half [key] a line",
        "ours",
    ]


def test_a_process_writes_nothing_but_json(tmp_path: Path) -> None:
    """Logging, warnings, prints and an uncaught error of a real process: every line is clean JSON."""
    program = (
        "import logging, os, sys, warnings\n"
        "from advisor.host.logs import start_logging\n"
        "early = logging.getLogger('early'); early.addHandler(logging.StreamHandler())\n"
        "start_logging('worker', os.environ)\n"
        "key = os.environ['SOME_API_KEY']\n"
        "early.error('early %s', key)\n"
        "logging.getLogger('late').warning('late %s', key)\n"
        "warnings.warn('warned ' + key)\n"
        "print('printed', key, file=sys.stderr)\n"
        "raise RuntimeError(key)\n"
    )
    environment = clean_environment(tmp_path) | {"PYTHONPATH": str(ROOT), "ADVISOR_LOG": "json"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | {"SOME_API_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [json.loads(line) for line in done.stderr.splitlines()]

    assert done.returncode == 1
    assert KEY not in done.stderr
    assert {"early", "late", "py.warnings", "stderr"} == {line["logger"] for line in said}
    assert said[-1]["message"] == "RuntimeError: [key]"

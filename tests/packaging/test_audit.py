"""The dependency audit says what it found, and what it could not find out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT

CLEAN = "No known vulnerabilities found"
FOUND = "Found 1 known vulnerability in 1 package\nName Version ID\njinja2 2.10 PYSEC-2019-217"
UNKNOWN = "ERROR:pip_audit._cli:x: Dependency not found and could not be audited: x (1.0)"


@pytest.mark.parametrize(
    ("said", "ended", "code", "words"),
    [
        (CLEAN, 0, 0, "no known vulnerability"),
        (FOUND, 1, 1, "PYSEC-2019-217"),
        (UNKNOWN, 1, 2, "could not be asked, so nothing is known"),
    ],
)
def test_silence_is_no_clean_bill(said: str, ended: int, code: int, words: str, tmp_path: Path) -> None:
    """Clean ends with 0, a finding with 1, and a service that could not answer with 2."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "audit", tmp_path / ".ci" / "audit")
    program = tmp_path / ".venv-audit" / "bin" / "pip-audit"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/usr/bin/env bash\necho '{said}'\nexit {ended}\n")
    program.chmod(0o755)
    done = subprocess.run(
        [tmp_path / ".ci" / "audit", "run.txt"], capture_output=True, text=True, check=False, timeout=20
    )

    assert done.returncode == code
    assert words in done.stdout + done.stderr


HASH = f"--hash=sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pydantic>=2", "pydantic>=2: not one version with hashes"),
        ("pydantic==2.0", "pydantic==2.0: not one version with hashes"),
        (f"pydantic==2.0 ; python_version < '3' \\\n    {HASH}", None),
        (f"nobody-has-this==1.0 {HASH}", None),
    ],
)
def test_pins_hashes_and_licences_are_looked_at_without_a_network(
    line: str, words: str | None, tmp_path: Path
) -> None:
    """No one version, or no hash, ends with 1; what is not installed is named, not passed over."""
    (tmp_path / "r.txt").write_text(f"# comment\n{line}\n")
    command = [sys.executable, str(ROOT / ".ci" / "locked"), str(tmp_path / "r.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

    assert done.returncode == (1 if words else 0)
    assert (words or "1 requirements, 0 faults") in done.stdout
    assert ("not installed here: nobody-has-this" in done.stdout) == ("nobody" in line)


def test_what_ships_is_pinned_and_licensed() -> None:
    """The product's own requirements have no fault that can be seen without a network."""
    files = [str(ROOT / "requirements" / name) for name in ("run.txt", "dev.txt")]
    command = [sys.executable, str(ROOT / ".ci" / "locked"), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

    assert done.returncode == 0, done.stdout

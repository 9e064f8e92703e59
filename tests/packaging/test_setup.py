"""The set-up scripts work on machines that differ from the developer's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT

_LOCKS = ("run.txt", "dev.txt")
_ALL = (*_LOCKS, "audit.txt")


@pytest.mark.parametrize("name", _ALL)
def test_every_pinned_version_has_a_hash(name: str) -> None:
    """Each requirement names one exact version and at least one SHA-256."""
    entries = (ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ").splitlines()

    assert entries
    assert [
        e for e in entries if not re.match(r"[a-z0-9][a-z0-9._-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", e)
    ] == []


@pytest.mark.parametrize("name", _ALL)
def test_lock_files_name_no_host(name: str) -> None:
    """A lock file says what to install, never where from."""
    text = (ROOT / "requirements" / name).read_text("utf-8")

    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host|@ ", text)


def test_tests_run_on_the_same_versions_as_the_app() -> None:
    """Every pin of the app is also a pin of the tests."""
    run, dev = (_pins(name) for name in _LOCKS)

    assert run <= dev


def test_an_old_first_python_is_passed_over(tmp_path: Path) -> None:
    """A first `python3` that refuses to start, as version managers' do, does not stop the set-up."""
    broken = tmp_path / "bin" / "python3"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 127\n", "utf-8")
    broken.chmod(0o755)
    real = broken.with_name("python3.11")
    real.symlink_to(sys.executable)
    environ = os.environ | {"PATH": f"{broken.parent}:{os.environ['PATH']}", "VIRTUAL_ENV": "/nowhere"}

    subprocess.run(
        [ROOT / ".ci" / "venv", tmp_path / "env"],
        check=True,
        env=environ,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )

    made = subprocess.run(
        [tmp_path / "env/bin/python", "-m", "pip", "--version"], check=True, capture_output=True
    )
    assert str(tmp_path / "env").encode() in made.stdout


def test_no_suitable_python_is_said_in_words(tmp_path: Path) -> None:
    """Without a Python that is new enough the message names the version and the way out."""
    (tmp_path / "bash").symlink_to("/bin/bash")
    script = (ROOT / ".ci" / "venv").read_text("utf-8").replace("/usr/bin/python3", "/nowhere/python3")

    result = subprocess.run(
        ["/bin/bash", "-c", script, "venv", str(tmp_path / "env")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode != 0
    assert "Python 3.11 or newer is needed" in result.stderr
    assert "make PYTHON=" in result.stderr


def test_a_named_browser_that_does_not_start_is_refused(tmp_path: Path) -> None:
    """CHROMIUM= with a wrong path fails with that path instead of taking another browser silently."""
    environ = os.environ | {"CHROMIUM": str(tmp_path / "missing")}

    result = subprocess.run(
        [ROOT / ".ci" / "chromium"], env=environ, capture_output=True, text=True, check=False
    )

    assert result.returncode != 0
    assert str(tmp_path / "missing") in result.stderr


def test_every_make_target_is_described() -> None:
    """`make help` lists each command a person may type."""
    text = (ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert set(phony.split()) == set(re.findall(r"^  make (\w+) ", shown, re.MULTILINE))


def _pins(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    return set(re.findall(r"^[a-z0-9][a-z0-9._-]*==[^ \\]+", text, re.MULTILINE))

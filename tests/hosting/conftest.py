"""Real services on loopback: PostgreSQL, nginx, a sign-in provider."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.host.hosted import Hosted
from advisor.host.services import Database, end, free_port, listens, wait_for
from tests.serving import ROOT, clean_environment

PEOPLE = (
    {"sub": "ada", "email": "ada@example.org", "email_verified": True, "groups": ["research"]},
    {"sub": "joan", "email": "joan@example.org", "email_verified": True, "groups": ["research"]},
    {"sub": "grace", "email": "grace@example.org", "email_verified": True},
    {"sub": "mallory", "email": "mallory@elsewhere.example", "email_verified": True},
)


@pytest.fixture(scope="package")
def open_folder() -> Iterator[Path]:
    """A folder that an unprivileged service account can walk into; the test runner's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="advisor-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="package")
def database(open_folder: Path) -> Iterator[Database]:
    """A PostgreSQL of this test run."""
    started = Database(open_folder / "postgres", free_port())
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="package")
def provider(open_folder: Path) -> Iterator[int]:
    """A real OpenID Connect provider; gives its port."""
    port, log = free_port(), open_folder / "provider.log"
    program = Path(sys.executable).with_name("oidc-provider-mock")
    users = [part for person in PEOPLE for part in ("--user-claims", json.dumps(person))]
    with log.open("wb") as output:
        process = subprocess.Popen([program, "--port", str(port), *users], stdout=output, stderr=output)
    wait_for(lambda: listens("127.0.0.1", port), process, "The sign-in provider", log)
    yield port
    end(process)


@pytest.fixture(scope="package")
def hosted(open_folder: Path, provider: int) -> Iterator[Hosted]:
    """The whole set with sign-in; two people may come in, one of them may edit."""
    port, settings = free_port(), open_folder / "settings.toml"
    settings.write_text(
        f"""
        [sign_in]
        metadata_url = "http://127.0.0.1:{provider}/.well-known/openid-configuration"
        client_id = "advisor"
        redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
        allowed_domains = ["example.org"]
        [roles]
        editor = ["group:research"]
        """
    )
    environment = clean_environment(open_folder) | {
        "PYTHONPATH": str(ROOT),
        "ADVISOR_SETTINGS": str(settings),
        "ADVISOR_OIDC_CLIENT_SECRET": "a secret of this test run",
    }
    with Hosted(open_folder / "hosted", port, environment) as running:
        yield running

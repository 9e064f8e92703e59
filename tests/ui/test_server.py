"""The app server: what it listens on, what it sends along, what it refuses."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from streamlit.web.server.app_discovery import discover_asgi_app

from advisor.errors import NotFound
from advisor.ui import app
from advisor.ui.headers import security_headers
from advisor.ui.server import LAUNCHER, command_line
from tests.serving import ROOT, RunningApp, clean_environment, running_app


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """Serve the app with its default settings from another folder."""
    with running_app(tmp_path_factory.mktemp("server")) as running:
        yield running


def test_defaults_are_left_to_the_settings_file() -> None:
    """Without options no address and no port is forced, so file and variables decide."""
    assert command_line(None, None) == [
        "run",
        str(LAUNCHER),
        "--server.headless=true",
        "--server.showEmailPrompt=false",
    ]


def test_given_address_and_port_are_passed_on() -> None:
    """HOST and PORT reach the server; port 0, a free one, is a value like any other."""
    arguments = command_line("0.0.0.0", 0, headless=False, extra=["--server.baseUrlPath=x"])

    assert arguments[2:] == [
        "--server.headless=false",
        "--server.showEmailPrompt=false",
        "--server.address=0.0.0.0",
        "--server.allowedHosts=*",
        "--server.port=0",
        "--server.baseUrlPath=x",
    ]


def test_streamlit_finds_the_app_object() -> None:
    """The launcher is written so that Streamlit recognises an app with its own routes in it."""
    assert discover_asgi_app(LAUNCHER).import_string == "launcher:app"


def test_every_answer_carries_the_security_headers(served: RunningApp) -> None:
    """Start page, health and script files are all sent with policy, nosniff and no framing."""
    for path in ("/", "/_stcore/health", "/favicon.png"):
        with urlopen(served.url + path, timeout=10) as answer:
            sent = {name.lower(): value for name, value in answer.headers.items()}

        assert {name: sent.get(name) for name in security_headers()} == security_headers()


def test_the_policy_allows_no_eval_and_no_foreign_origin() -> None:
    """Scripts come from the own origin or are two known inline texts; nothing may frame the app."""
    policy = security_headers()["content-security-policy"]

    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert policy.count("'sha256-") == 2
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_addresses_keep_the_list_of_names(host: str) -> None:
    """Served on loopback by name or number, only loopback's own names are let in."""
    assert not [option for option in command_line(host, None) if "allowedHosts" in option]


def test_an_administrators_list_of_names_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who serves every interface and names the allowed hosts gets those, not all."""
    monkeypatch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "advisor.example")

    assert not [option for option in command_line("0.0.0.0", None) if "allowedHosts" in option]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://evil.example:{port}", "Host": "evil.example:{port}"},
    ],
    ids=["another origin", "a name pointed at this machine"],
)
def test_foreign_pages_cannot_connect(headers: dict[str, str], served: RunningApp) -> None:
    """A page of another site, even under a name that leads here, is refused without asking anyone outside."""
    port = served.url.rsplit(":", 1)[1]
    request = "".join(f"{name}: {value.format(port=port)}\r\n" for name, value in headers.items())

    assert _handshake_status(served, request) == 403
    assert "external IP" not in served.log.read_text("utf-8")


def test_the_own_page_can_connect(served: RunningApp) -> None:
    """The app's own origin passes the same check."""
    assert _handshake_status(served, f"Origin: {served.url}\r\n") == 101


def _handshake_status(served: RunningApp, headers: str) -> int:
    """Return the status of a websocket's opening with these headers, written out by hand."""
    address = served.url.removeprefix("http://")
    host = "" if "Host:" in headers else f"Host: {address}\r\n"
    request = (
        f"GET /_stcore/stream HTTP/1.1\r\n{host}{headers}Connection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        "Sec-WebSocket-Protocol: streamlit\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), timeout=10) as connection:
        connection.sendall(request.encode())
        return int(connection.recv(64).split()[1])


def test_unknown_api_paths_are_not_found(served: RunningApp) -> None:
    """A mistyped API path is a 404, not the start page with 200."""
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{served.url}/api/typo", timeout=10)
    with caught.value as answer:
        assert (answer.status, answer.read()) == (404, b'{"error":"No such route."}')


def test_the_app_process_starts_without_heavy_packages(tmp_path: Path) -> None:
    """Loading the launcher and warming up, as the server does, imports no LiteLLM, PDF engine or SciPy."""
    code = "import advisor.ui.entry.launcher; from advisor.ui import app; app.warm_up()"

    assert _heavy_after(code, tmp_path) == "set()"


def test_no_page_needs_heavy_packages_to_be_drawn(tmp_path: Path) -> None:
    """Drawing every page once, without a case, imports no LiteLLM, PDF engine or SciPy."""
    code = (
        "from tests.apptest import app_at; from advisor.host.paths import pages_folder\n"
        "for page in sorted(pages_folder().glob('*.py')):\n"
        "    app = app_at(page.stem); assert not app.exception, (page, app.exception)"
    )

    assert _heavy_after(code, tmp_path) == "set()"


def _heavy_after(code: str, folder: Path) -> str:
    """Run the code in a process of its own; the heavy packages loaded at its end."""
    environ = clean_environment(folder) | {"PYTHONPATH": str(ROOT)}
    whole = f"{code}\nimport sys; print({{'litellm', 'typst', 'scipy'}} & sys.modules.keys())"
    result = subprocess.run(
        [sys.executable, "-c", whole], env=environ, cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()[-1]


def test_the_costly_collection_per_rerun_is_off(served: RunningApp) -> None:
    """The hidden option that the tuned start depends on still exists and is off."""
    from streamlit import config

    option = config.get_config_options()["runner.postScriptGC"]

    assert option.default_val is True
    assert "postScriptGC = false" in (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    assert "postScriptGC" not in served.log.read_text("utf-8")


def test_a_sweep_frees_cycles() -> None:
    """What only a cycle keeps alive, as expired sessions are, is gone after a sweep."""

    class Session:
        itself: Session

    lost = Session()
    lost.itself = lost
    watch = weakref.ref(lost)
    gc.disable()
    try:
        del lost
        app.sweep()
    finally:
        gc.enable()

    assert watch() is None


def test_only_own_errors_are_shown_in_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of our errors appears with its hint; any other is left to Streamlit, which hides its details."""
    shown: list[str] = []

    def show(words: str, icon: str) -> None:
        assert icon
        shown.append(words.replace("\\", ""))

    monkeypatch.setattr(app.st, "error", show)

    assert app.show_known_error(NotFound("No such case.", "Check the link.")) is True
    assert app.show_known_error(ValueError("secret detail")) is False
    assert shown == ["No such case. Check the link."]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8501/"),
        ("0.0.0.0", "http://127.0.0.1:8501/"),
        ("::1", "http://[::1]:8501/"),
        ("advisor.example", "http://advisor.example:8501/"),
    ],
)
def test_the_printed_address_can_be_opened(monkeypatch: pytest.MonkeyPatch, host: str, expected: str) -> None:
    """The address is one a browser on this machine can open, also when every interface is served."""
    settings = {
        "server.address": host,
        "server.port": 8501,
        "server.sslCertFile": None,
        "server.baseUrlPath": "",
    }
    monkeypatch.setattr(app.st, "get_option", settings.__getitem__)

    assert app.address() == expected

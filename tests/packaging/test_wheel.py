"""The built wheel is the whole product: it serves the app from any folder without the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from advisor import __version__
from tests.serving import ROOT, RunningApp, clean_environment, running_app
from tests.streamlit_client import session

_REPORT = """
import json
from streamlit import config
from advisor.host import paths
from advisor.ui.server import LAUNCHER

config._main_script_path = str(LAUNCHER)
values = {name: config.get_option(name) for name, option in config.get_config_options().items()}
print(json.dumps({
    "pages": str(paths.pages_folder()), "catalog": str(paths.catalog_folder()), "settings": values,
}, default=str))
"""


@dataclass(frozen=True)
class Installation:
    """A virtual environment that holds the wheel and nothing of the checkout."""

    python: Path
    package: Path
    folder: Path

    @property
    def command(self) -> Path:
        """The console script."""
        return self.python.with_name("advisor")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    (path,) = folder.glob("advisor-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install it into an empty environment; the dependencies of this one are lent, nothing is fetched."""
    folder = tmp_path_factory.mktemp("installed")
    environment = folder / "venv"
    python = environment / "bin" / "python"
    _run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    _run([*install, "--quiet", str(wheel)])
    site = _run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    # A folder named in a .pth file is searched, but its own .pth files, an editable install, are not read.
    (Path(site) / "lent.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return Installation(python, Path(site) / "advisor", folder)


@pytest.fixture(scope="module")
def served(installed: Installation) -> Iterator[RunningApp]:
    """Start the installed command from another folder."""
    command = [str(installed.command), "app", "--port", "0"]
    with running_app(installed.folder / "elsewhere", command, python_path="") as app:
        yield app


@pytest.fixture(scope="module")
def report(installed: Installation) -> dict[str, Any]:
    """Ask the installation where its parts lie and which settings hold."""
    environ = clean_environment(installed.folder)
    text = subprocess.run(
        [str(installed.python), "-P", "-c", _REPORT],
        check=True,
        capture_output=True,
        text=True,
        cwd=installed.folder,
        env=environ,
    ).stdout
    return json.loads(text)


def test_pages_and_catalog_lie_inside_the_package(installed: Installation, report: dict[str, Any]) -> None:
    """Pages and catalog are found in the installed package and are the checkout's."""
    for part in ("pages", "catalog"):
        folder = Path(report[part])

        assert folder.is_relative_to(installed.package)
        assert _files(folder) == _files(ROOT / part)


def test_settings_and_theme_travel_with_the_package(report: dict[str, Any]) -> None:
    """Every value of the settings file, theme included, holds in the installed app."""
    file = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    expected = dict(_flat(file))

    assert expected["browser.gatherUsageStats"] is False
    assert {name: report["settings"][name] for name in expected} == expected


def test_no_secrets_travel(wheel: Path) -> None:
    """The wheel carries one settings file and no secrets, whatever lies in the checkout."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if "streamlit/" in name or "secret" in name]

    assert names == ["advisor/ui/entry/.streamlit/config.toml"]


def test_only_the_product_travels(wheel: Path) -> None:
    """The wheel carries the package and its description: no tests, nothing compiled."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {name.split("/")[0] for name in names} == {"advisor", f"advisor-{__version__}.dist-info"}
    assert [name for name in names if "__pycache__" in name] == []


def test_the_installed_command_serves_the_app(served: RunningApp) -> None:
    """`advisor app` from another folder answers healthily and runs its first page without an error."""
    with urlopen(f"{served.url}/_stcore/health", timeout=10) as answer:
        health = answer.read().decode()
    with session(served.url) as visitor:
        messages = visitor.rerun()

    assert health == "ok"
    assert messages[-1].script_finished == messages[-1].FINISHED_SUCCESSFULLY
    assert [m for m in messages if m.WhichOneof("type") == "delta"]
    assert not [m for m in messages if m.delta.new_element.WhichOneof("type") == "exception"]


def _run(command: list[str]) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    ).stdout


def _files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value

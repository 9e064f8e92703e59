"""README, CONTRIBUTING and CHANGELOG say what the product is today."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.docs import README, updated
from tests.serving import ROOT, clean_environment

_CODE = re.compile(r"`([^`\n]+)`")
_BUTTON = re.compile(r"\*\*([^*\n]+)\*\*")


def test_the_catalog_table_of_the_readme_is_the_catalog() -> None:
    """The README's table is the one generated from the YAML; `make docs` renews it."""
    text = README.read_text("utf-8")

    assert updated(text) == text


def test_the_tutorial_runs_as_it_stands(tmp_path: Path) -> None:
    """Every command of the five-minute tutorial succeeds in an empty folder, without a key."""
    run = shell(commands("tutorial"), tmp_path)

    assert run.returncode == 0, run.stdout + run.stderr
    assert (tmp_path / "decision.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "simulated" in run.stdout
    assert "The choice stands" in run.stdout


def test_the_recheck_job_says_yes_and_no(tmp_path: Path) -> None:
    """The lines for CI pass while a choice stands and fail with exit code 1 once its leader is hidden."""
    (tmp_path / "decisions").mkdir()
    made = "advisor preset extraction_batch > case.yaml && advisor record case.yaml -o decisions/one.json"
    assert shell(made, tmp_path).returncode == 0
    assert shell(commands("recheck"), tmp_path).returncode == 0

    record = json.loads((tmp_path / "decisions" / "one.json").read_text("utf-8"))
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "overlay.yaml").write_text(f"hide: [{record['outcome']['ranking'][0]['id']}]\n", "utf-8")
    again = shell(commands("recheck"), tmp_path, ADVISOR_CATALOG=str(overlay))

    assert again.returncode == 1, again.stdout + again.stderr


def test_the_tutorial_names_buttons_as_the_pages_do() -> None:
    """Every button printed bold in the tutorial stands word for word in the code of the pages."""
    text = README.read_text("utf-8").partition("## Five-minute tutorial")[2].partition("\n## ")[0]
    code = "".join(path.read_text("utf-8") for path in [*(ROOT / "advisor" / "ui").rglob("*.py"), *pages()])
    named = _BUTTON.findall(text)

    assert len(named) > 5
    assert [name for name in named if f'"{" ".join(name.split())}"' not in code] == []


def test_every_path_of_contributing_exists() -> None:
    """Whatever CONTRIBUTING names as the place to add something is there."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = {word for word in _CODE.findall(text) if "/" in word and " " not in word}

    assert len(named) > 30
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_place_to_add_something_is_named() -> None:
    """Each part of the catalog and each row of the house's extension points stands in CONTRIBUTING."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    parts = [path.name for path in (ROOT / "catalog").iterdir() if path.is_dir()]

    assert [part for part in parts if f"catalog/{part}/" not in text] == []


def test_links_between_the_documents_lead_to_files() -> None:
    """No document links to a file that was moved."""
    lost: list[str] = []
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
        lost += [f"{name}: {one}" for one in targets if "://" not in one and not (ROOT / one).exists()]

    assert lost == []


def commands(name: str) -> str:
    """The shell lines between the README's markers of that name."""
    text = README.read_text("utf-8")
    part = re.search(rf"<!-- {name}: begin -->\n```sh\n(.*?)```\n<!-- {name}: end -->", text, re.DOTALL)
    assert part, name
    return part[1]


def shell(lines: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run lines as a newcomer would: in their own folder, ending at the first fault."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = clean_environment(folder) | {"PATH": path} | environment
    return subprocess.run(
        ["bash", "-eu", "-c", lines], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def pages() -> list[Path]:
    return sorted((ROOT / "pages").glob("*.py"))

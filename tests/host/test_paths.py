"""Where things lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import StoreError
from advisor.host.paths import catalog_folder, data_folder, pages_folder
from tests.serving import ROOT


def test_shipped_folders_of_a_checkout_are_its_own() -> None:
    """In a checkout the pages and the catalog are the ones one edits."""
    assert pages_folder() == ROOT / "pages"
    assert catalog_folder() == ROOT / "catalog"


def test_the_named_data_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """ADVISOR_DATA_DIR wins, is created, and nobody else may look inside."""
    wanted = tmp_path / "a" / "b"

    assert data_folder({"ADVISOR_DATA_DIR": str(wanted), "XDG_DATA_HOME": "/nowhere"}) == wanted
    assert wanted.stat().st_mode & 0o777 == 0o700


def test_without_a_name_the_desktop_standard_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_DATA_HOME is honoured; without it the folder is under ~/.local/share."""
    monkeypatch.setenv("HOME", str(tmp_path))

    assert data_folder({"XDG_DATA_HOME": str(tmp_path / "xdg")}) == tmp_path / "xdg" / "advisor"
    assert data_folder({}) == tmp_path / ".local" / "share" / "advisor"


def test_a_folder_that_cannot_be_made_names_the_way_out(tmp_path: Path) -> None:
    """The error names the folder and the variable to set."""
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(StoreError, match=r"file/data cannot be created.*Set ADVISOR_DATA_DIR"):
        data_folder({"ADVISOR_DATA_DIR": str(tmp_path / "file" / "data")})

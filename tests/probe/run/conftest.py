"""One practice server for all tests of calls."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.probe.practice_server import Served, practice_server


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A practice server that lives as long as the session."""
    with practice_server(tmp_path_factory.mktemp("practice")) as server:
        yield server

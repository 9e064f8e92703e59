"""What tests of the ledger and its workers start from."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from advisor.host.ledger import prepare
from advisor.host.store import open_store


@pytest.fixture
def store(tmp_path: Path) -> Generator[Engine]:
    """A prepared store in the test's own folder."""
    engine = open_store(tmp_path)
    prepare(engine)
    yield engine
    engine.dispose()

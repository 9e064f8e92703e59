"""What holds for every test: nothing leaves this machine, nothing touches the developer's own data."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.host.workers import Nursery

# Set before anything imports LiteLLM, which would otherwise download its price map.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
for _name in [name for name in os.environ if name.startswith(("STREAMLIT_", "ADVISOR_"))]:
    del os.environ[_name]

# The same examples on every machine; no time limit for one, because two busy cores are slow at times.
settings.register_profile("reproducible", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("reproducible")

_LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")


def _refuse_the_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections and look-ups that would leave this machine."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host and not str(host).startswith(_LOOPBACK):
        raise PermissionError(f"A test tried to reach {host}; tests talk to this machine only.")


sys.addaudithook(_refuse_the_outside)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and all that share the hosted set's services in one."""
    for item in items:
        hosting = item.path.parent.name == "hosting"
        item.add_marker(pytest.mark.xdist_group("hosting" if hosting else str(item.path)))


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the product's data of the whole run in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADVISOR_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="module")
def place() -> Generator[Nursery]:
    """Where workers start."""
    # Imported late: what it brings must not come before the environment above is set.
    from tests.host.workers import nursery

    with nursery() as started:
        yield started


@pytest.fixture
def workers(place: Nursery) -> Generator[Nursery]:
    """Where workers start; those of a test end with it."""
    yield place
    place.end_all()

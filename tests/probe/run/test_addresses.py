"""No request goes where a cloud keeps its secrets; servers of this machine are found."""

from __future__ import annotations

import asyncio

import pytest

from advisor.errors import FailureKind
from advisor.probe.run.addresses import refused
from advisor.probe.run.call import make_call
from advisor.probe.run.lite import load_litellm
from advisor.probe.run.local_servers import find_local_servers
from advisor.probe.run.order import Order
from advisor.probe.run.stopwatch import Stopwatch
from advisor.probe.samples import Attempt, Failure
from tests.probe.plans import case_of, plan_of_case
from tests.probe.plans import served as endpoint
from tests.probe.practice_server import Served

pytestmark = pytest.mark.filterwarnings("ignore:Item 'summary' on TypedDict")


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "169.254.1.1", "fe80::1%eth0", "::ffff:169.254.169.254", "fd00:ec2::254", "0.0.0.0"],
)
def test_where_no_model_lives(address: str) -> None:
    """Link-local addresses and metadata services are refused, however they are written."""
    assert refused(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "192.168.1.4", "::1", "8.8.8.8", "our-gateway"])
def test_where_models_live(address: str) -> None:
    """This machine, the own network and the world are not."""
    assert not refused(address)


@pytest.mark.parametrize("host", ["169.254.169.254", "2852039166", "0xa9fea9fe"])
def test_a_metadata_service_is_never_asked(host: str) -> None:
    """The address itself, or a number that stands for it, is refused before any byte goes out."""
    mine = endpoint(80, "m").model_copy(update={"base_url": f"http://{host}/v1"})
    plan = plan_of_case(case_of(offers=("own:mine",), own_endpoints=(mine,), timeout_s=5))

    async def run() -> Attempt:
        async with Stopwatch() as stopwatch:
            return await make_call(Order(plan, plan.targets[0], plan.prompts[0], "k"), stopwatch, {})

    load_litellm()
    attempt = asyncio.run(run())

    assert isinstance(attempt.outcome, Failure)
    assert attempt.outcome.kind is FailureKind.CONNECTION
    told = attempt.outcome.detail
    assert "not of a model" in told or "not a canonical IPv4 address" in told, told
    assert attempt.cost_usd == 0


def test_a_server_of_this_machine_is_found(served: Served, free_tcp_port: int) -> None:
    """What lists models on its port is found with them; a port nobody listens on is passed over."""
    found = find_local_servers({"Ollama": served.port, "vLLM": free_tcp_port})

    assert [(one.kind, one.base_url) for one in found] == [("Ollama", f"http://127.0.0.1:{served.port}/v1")]
    assert set(found[0].models) == {"fast", "slow"}

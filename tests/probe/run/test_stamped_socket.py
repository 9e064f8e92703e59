"""What came is stamped with the moment it arrived, however late it is read."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from advisor.probe.run import stamped_socket as module
from advisor.probe.run.stamped_socket import StampedSocket, open_socket, stamped_socket

BUSY_S = 0.2
"""As long as the reading process looks away."""


@pytest.fixture
def pair() -> Iterator[tuple[StampedSocket, socket.socket]]:
    """A stamped socket and the peer it is connected to."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        ours = open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", listening.getsockname()))
        assert isinstance(ours, StampedSocket)
        ours.connect(listening.getsockname())
        theirs, _ = listening.accept()
        with ours, theirs:
            # What came before is read: the first message turns the system's own stamping on.
            theirs.sendall(b"hello")
            ours.recv(10)
            yield ours, theirs


@pytest.mark.parametrize("into", [False, True], ids=["recv", "recv_into"])
def test_a_busy_process_does_not_make_the_provider_slower(
    pair: tuple[StampedSocket, socket.socket], into: bool
) -> None:
    """Bytes read a fifth of a second late carry the moment they came, by either way of reading."""
    ours, theirs = pair
    before_ns = time.monotonic_ns()
    theirs.sendall(b"token")
    after_ns = time.monotonic_ns()
    time.sleep(BUSY_S)
    read = ours.recv_into(memoryview(bytearray(10))) if into else len(ours.recv(10))

    assert read == len(b"token")
    assert ours.arrived_ns is not None
    # The two clocks are read one after the other; half of the delay is far more than that takes.
    assert before_ns - 1e9 * BUSY_S / 2 < ours.arrived_ns < after_ns + 1e9 * BUSY_S / 2


def test_the_moment_of_sending_is_that_of_the_last_bytes(pair: tuple[StampedSocket, socket.socket]) -> None:
    """Each write moves the stamp, so a request in two pieces counts from its second."""
    ours, _ = pair
    ours.send(b"head")
    first_ns = ours.sent_ns
    between_ns = time.monotonic_ns()
    ours.sendmsg([b"body"])

    assert first_ns is not None
    assert ours.sent_ns is not None
    assert first_ns <= between_ns <= ours.sent_ns


@pytest.mark.parametrize("away_s", [-1.0, 3600.0], ids=["still to come", "an hour ago"])
def test_a_clock_that_was_set_is_not_believed(
    pair: tuple[StampedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch, away_s: float
) -> None:
    """When the wall clock jumps between arrival and read, the moment of the read stands."""
    ours, theirs = pair
    theirs.sendall(b"token")
    wall_ns = time.time_ns

    with monkeypatch.context() as patched:
        patched.setattr(module.time, "time_ns", lambda: wall_ns() + int(away_s * 1e9))
        before_ns = time.monotonic_ns()
        ours.recv(10)

    assert ours.arrived_ns is not None
    assert ours.arrived_ns >= before_ns


def test_a_protocol_finds_its_socket_while_it_is_open(pair: tuple[StampedSocket, socket.socket]) -> None:
    """A socket is found by its file number, and the number of another finds nothing."""
    ours, theirs = pair

    assert stamped_socket(ours.fileno()) is ours
    assert stamped_socket(theirs.fileno()) is None


def test_a_connection_taken_by_a_stamped_socket_is_stamped() -> None:
    """A server knows when a request arrived, even when it reads it later."""
    with open_socket((socket.AF_INET, socket.SOCK_STREAM, 0)) as listening, socket.socket() as theirs:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        theirs.connect(listening.getsockname())
        taken, _ = listening.accept()
        with taken:
            theirs.sendall(b"hello")
            taken.recv(10)
            before_ns = time.monotonic_ns()
            theirs.sendall(b"request")
            time.sleep(BUSY_S)
            taken.recv(10)

            assert isinstance(taken, StampedSocket)
            assert taken.arrived_ns is not None
            assert abs(taken.arrived_ns - before_ns) < 1e9 * BUSY_S / 2

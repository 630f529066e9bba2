"""Ports for servers of our own: no two alike, and none that is taken."""

from __future__ import annotations

import itertools
import socket

import pytest

from moodspeaker.demo import servers
from moodspeaker.errors import MoodspeakerError


def test_no_port_comes_twice_before_all_have_come() -> None:
    given = [servers.free_port() for _ in range(2000)]
    assert len(set(given)) == len(given)


def test_a_port_that_somebody_listens_on_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        taken = servers.free_port()
        listener.bind((servers.HOST, taken))
        listener.listen()
        again = itertools.chain([servers.PORTS.index(taken)], servers.TURNS)
        monkeypatch.setattr(servers, "TURNS", again)
        assert servers.free_port() != taken


def test_where_all_are_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        taken = servers.free_port()
        listener.bind((servers.HOST, taken))
        monkeypatch.setattr(servers, "PORTS", range(taken, taken + 1))
        with pytest.raises(MoodspeakerError, match="no loopback port"):
            servers.free_port()

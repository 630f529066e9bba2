"""What of a stream of MQTT packets reaches the decoder."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moodspeaker.home.limits import OUTRUN, TOO_LARGE, UNKNOWN
from moodspeaker.home.sieve import KEPT, Sieve

LARGEST = 1000
PINGRESP = b"\xd0\x00"


def varint(number: int) -> bytes:
    """MQTT's way to write a length."""
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def packet(topic: str, payload: bytes, *, qos: int = 0, packet_id: int = 7) -> bytes:
    """A PUBLISH of MQTT 3.1.1."""
    name = topic.encode()
    mid = packet_id.to_bytes(2) if qos else b""
    inside = len(name).to_bytes(2) + name + mid + payload
    return bytes([0x30 | qos << 1]) + varint(len(inside)) + inside


class Bench:
    """A sieve that knows topics with `set/`, and what it told."""

    def __init__(self) -> None:
        self.dropped: dict[str, int] = {}
        self.acknowledged: list[int] = []
        self.sieve = Sieve(
            lambda topic: topic.startswith("set/"), LARGEST, self._drop, self.acknowledged.append
        )

    def _drop(self, number: int, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + number

    def sift(self, *pieces: bytes) -> bytes:
        """All that passes, one piece after the other."""
        return b"".join(self.sieve.sift(piece) for piece in pieces)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """The stream in pieces."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


PACKETS = st.lists(
    st.one_of(
        st.just(PINGRESP),
        st.builds(
            packet, st.sampled_from(("set/a", "b", "é")), st.binary(max_size=200), qos=st.just(0)
        ),
        st.builds(packet, st.just("set/a"), st.binary(max_size=200), qos=st.just(1)),
    ),
    max_size=KEPT,
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(PACKETS, st.lists(st.integers(0, 5000), max_size=8))
def test_few_packets_pass_unchanged_however_they_are_cut(
    packets: list[bytes], places: list[int]
) -> None:
    stream = b"".join(packets)
    assert Bench().sift(*cut(stream, places)) == stream


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.integers(LARGEST - 20, 40_000), st.integers(0, 1), st.lists(st.integers(0, 50_000)))
def test_a_giant_is_left_out_however_it_is_cut(size: int, qos: int, places: list[int]) -> None:
    bench, giant = Bench(), packet("set/a", bytes(size), qos=qos)
    stream = PINGRESP + giant + packet("set/a", b"after")
    passed = bench.sift(*cut(stream, places))
    if len(giant) > LARGEST:
        assert passed == PINGRESP + packet("set/a", b"after")
        assert bench.dropped == {TOO_LARGE: 1}
        assert bench.acknowledged == [7] * qos
    else:
        assert (passed, bench.dropped, bench.acknowledged) == (stream, {}, [])


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=4))
def test_no_bytes_make_it_fail(stream: bytes, places: list[int]) -> None:
    Bench().sift(*cut(stream, places))


@pytest.mark.parametrize("sent", [KEPT - 1, KEPT, KEPT + 1, 5 * KEPT])
@pytest.mark.parametrize(("topic", "reason"), [("set/a", OUTRUN), ("noise", UNKNOWN)])
def test_of_a_flood_the_newest_pass(sent: int, topic: str, reason: str) -> None:
    bench, flood = Bench(), [packet(topic, b"%d" % number) for number in range(sent)]
    assert bench.sift(b"".join(flood)) == b"".join(flood[-KEPT:])
    assert bench.dropped.get(reason, 0) == max(0, sent - KEPT)


def test_a_flood_leaves_other_topics_and_their_order_alone() -> None:
    noise, command = packet("noise", b"x"), packet("set/a", b"1")
    stream = command + noise * 100 + PINGRESP + command + noise * 100 + command
    expected = command + PINGRESP + command + noise * KEPT + command
    assert Bench().sift(stream) == expected


def test_unknown_topics_share_their_places() -> None:
    bench, flood = Bench(), [packet(f"noise/{number}", b"") for number in range(1000)]
    assert bench.sift(b"".join(flood)) == b"".join(flood[-KEPT:])


def test_messages_of_qos_1_always_pass() -> None:
    stream = packet("noise", b"x", qos=1) * 100
    assert Bench().sift(stream) == stream


def test_a_giant_takes_no_memory() -> None:
    bench = Bench()
    giant = packet("set/a", bytes(10_000_000))
    for start in range(0, len(giant) - 1, 65536):
        assert bench.sift(giant[start : min(start + 65536, len(giant) - 1)]) == b""
        assert len(bench.sieve._rest) == 0
    assert bench.sift(giant[-1:] + PINGRESP) == PINGRESP

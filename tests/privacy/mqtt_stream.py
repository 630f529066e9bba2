"""The messages in the bytes that a client sent to its broker, MQTT 5."""

from __future__ import annotations

PUBLISH = 3


def publications(stream: bytes) -> tuple[dict[str, list[bytes]], bytes]:
    """(payloads by topic, all else joined) of a connection from its first byte on."""
    topics: dict[str, list[bytes]] = {}
    rest = b""
    at = 0
    while at < len(stream):
        length, begin = variable_number(stream, at + 1)
        head, packet = stream[at], stream[begin : begin + length]
        at = begin + length
        if head >> 4 != PUBLISH:
            rest += packet
            continue
        topic, payload = publication(packet, qos=head >> 1 & 3)
        topics.setdefault(topic, []).append(payload)
    return topics, rest


def publication(packet: bytes, qos: int) -> tuple[str, bytes]:
    """(topic, payload)."""
    end = 2 + int.from_bytes(packet[:2], "big")
    length, begin = variable_number(packet, end + (2 if qos else 0))
    return packet[2:end].decode(), packet[begin + length :]


def variable_number(data: bytes, at: int) -> tuple[int, int]:
    """(a number of MQTT's variable length, where it ends). Raises IndexError."""
    number, shift = 0, 0
    while True:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at

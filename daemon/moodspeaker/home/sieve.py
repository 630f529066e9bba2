"""Takes floods and giants out of a stream of MQTT packets before anybody decodes them.

Decoding one packet costs paho 60 us in MQTT 3.1.1 and 200 us in 5 on a desktop computer, several
times that on a Pi: a broker sends faster. Looking at a header here costs 2 us.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from moodspeaker.home.limits import OUTRUN, TOO_LARGE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISH = 3
MORE = 0x80
LONGEST_HEADER = 5
KEPT = 16
TOPICS_REMEMBERED = 256
STRANGER = b""
Span = tuple[int, int]


class Sieve:
    """One connection's incoming bytes.

    Of the QoS 0 messages that one `sift` completes, the newest `KEPT` of each known topic pass,
    and as many of all other topics together. Messages beyond `largest` bytes never pass, nor
    are they kept in memory; `acknowledge` gets the packet id of those with QoS 1. All else
    passes, in order.
    """

    def __init__(
        self,
        known: Callable[[str], bool],
        largest: int,
        dropped: Callable[[int, str], None],
        acknowledge: Callable[[int], None],
    ) -> None:
        self._known = known
        self._largest = largest
        self._dropped = dropped
        self._acknowledge = acknowledge
        self._keys: dict[bytes, bytes] = {}
        self._rest = b""
        self._to_skip = 0

    def sift(self, data: bytes) -> bytes:
        """What passes, whole packets only; the beginning of another waits for its end."""
        data = self._past_a_giant(data)
        if not data:
            return b""
        data, self._rest = self._rest + data, b""
        spans: list[Span] = []
        floods: defaultdict[bytes, list[int]] = defaultdict(list)
        place = 0
        while (span := self._span(data, place)) is not None:
            start, end = span
            if end - start > self._largest and data[start] >> 4 == PUBLISH:
                if not self._giant(data, start):
                    break
                if end > len(data):
                    self._to_skip = end - len(data)
                    return passed(data, spans, self._outrun(floods))
            elif end > len(data):
                break
            else:
                if data[start] & 0xF6 == PUBLISH << 4:
                    floods[self._key(data, start)].append(len(spans))
                spans.append(span)
            place = end
        self._rest = data[place:]
        return passed(data, spans, self._outrun(floods))

    def _past_a_giant(self, data: bytes) -> bytes:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        return data[skipped:]

    def _span(self, data: bytes, start: int) -> Span | None:
        """(start, end) of the packet there, None while its length is not known."""
        length = shift = 0
        for place in range(start + 1, min(start + LONGEST_HEADER, len(data))):
            length |= (data[place] & ~MORE) << shift
            if data[place] < MORE:
                return start, place + 1 + length
            shift += 7
        # Five bytes without an end are no MQTT: paho is to see them, and to complain.
        return (start, len(data)) if len(data) - start >= LONGEST_HEADER else None

    def _key(self, data: bytes, start: int) -> bytes:
        begin = body(data, start)
        topic = data[begin + 2 : begin + 2 + int.from_bytes(data[begin : begin + 2])]
        key = self._keys.get(topic)
        if key is None:
            if len(self._keys) >= TOPICS_REMEMBERED:
                self._keys.clear()
            text = topic.decode(errors="replace")
            key = self._keys[topic] = topic if self._known(text) else STRANGER
        return key

    def _giant(self, data: bytes, start: int) -> bool:
        """Leaves out a giant; False while too little of it is here to acknowledge it."""
        begin = body(data, start)
        after_topic = begin + 2 + int.from_bytes(data[begin : begin + 2])
        if len(data) < max(begin, after_topic) + 2:
            return False
        self._dropped(1, TOO_LARGE)
        if data[start] & 0x06:
            self._acknowledge(int.from_bytes(data[after_topic : after_topic + 2]))
        return True

    def _outrun(self, floods: dict[bytes, list[int]]) -> set[int]:
        """The numbers of the packets that newer ones of their topic replace."""
        outrun: set[int] = set()
        for key, numbers in floods.items():
            old = numbers[:-KEPT]
            if old:
                outrun.update(old)
                self._dropped(len(old), UNKNOWN if key == STRANGER else OUTRUN)
        return outrun


def body(data: bytes, start: int) -> int:
    """Where the packet's variable header begins; its length is known to be whole."""
    place = start + 1
    while data[place] >= MORE and place < start + LONGEST_HEADER - 1:
        place += 1
    return place + 1


def passed(data: bytes, spans: list[Span], outrun: set[int]) -> bytes:
    """The packets that are not outrun, one after the other."""
    if not outrun:
        return b"".join(data[start:end] for start, end in spans)
    return b"".join(
        data[start:end] for number, (start, end) in enumerate(spans) if number not in outrun
    )

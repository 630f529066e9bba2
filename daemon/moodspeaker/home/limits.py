"""How much of what others send us we take. The broker, and whoever may publish, can be hostile."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_PACKET = 65536
"""Bytes. MQTT 5 brokers are told; what an older one sends beyond it is dropped unread."""

TOO_LARGE = "too large"
UNKNOWN = "to unknown entities"
OUTRUN = "replaced by newer ones"


@dataclass(frozen=True, slots=True)
class InboxLimits:
    """`kept` messages of one known topic may wait; a newer one then replaces the oldest.

    All others are strangers: of them `strangers` may wait, and more come in only at
    `strangers_per_s`. A known topic's message beyond `small` bytes counts as a stranger too.
    Beyond `largest` bytes nothing is taken.
    """

    kept: int = 16
    strangers: int = 8
    strangers_per_s: float = 1.0
    small: int = 4096
    largest: int = LARGEST_PACKET

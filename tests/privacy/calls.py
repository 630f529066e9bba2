"""What strace wrote down, as calls with the bytes that went through them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LINE = re.compile(r"(\d+\.\d+) (\w+)\((.*)")
RESULT = re.compile(r"\)\s+= (-?\d+|\?)(?:<(.*)>)?[^)\"]*(?:\([^)]*\))?[^)\"]*$")
LABEL = re.compile(r"\d+<(.*?)>(?=[,)\]\s]|$)")
ADDRESS = re.compile(r'(?:sun_path=@?|inet_addr\(|inet_pton\(\w+, |sin6_addr=)"[^"]*"')
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
WRITING = frozenset(
    {"write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg"}
)
COUNTED = WRITING - {"sendmmsg"}
"""These give the number of bytes."""
STARTING = frozenset({"execve", "execveat"})


@dataclass(frozen=True, slots=True)
class Call:
    """One system call. `label` says what its first descriptor is, `made` what it gave.

    `data` is what a writing call wrote, `result` None where the call never came back; `unseen`
    says that strace could not show all of it.
    """

    time_s: float
    name: str
    arguments: str
    label: str
    result: int | None
    made: str
    data: bytes
    unseen: bool


def read_calls(folder: Path) -> tuple[Call, ...]:
    """All calls of all threads, in the order of their beginnings."""
    found = [
        call
        for path in sorted(folder.iterdir())
        for line in path.read_text(encoding="ascii", errors="replace").splitlines()
        if (call := read_line(line))
    ]
    return tuple(sorted(found, key=lambda call: call.time_s))


def read_line(line: str) -> Call | None:
    """None for what is no call: signals and ends. Raises ValueError for what cannot be read."""
    match = LINE.match(line)
    if match is None:
        if "+++" in line or "---" in line:
            return None
        raise ValueError(f"strace wrote a line that is not understood: {line[:200]}")
    time_s, name, rest = match.groups()
    ending = RESULT.search(rest)
    if ending is None and not rest.endswith("<unfinished ...>"):
        raise ValueError(f"strace wrote a call that is not understood: {line[:200]}")
    arguments = rest[: ending.start()] if ending else rest
    result = int(ending[1]) if ending and ending[1] != "?" else None
    made = plain(ending[2] or "") if ending else ""
    label = LABEL.search(arguments)
    data, unseen = written(name, arguments, result)
    about = plain(label[1]) if label else ""
    return Call(float(time_s), name, plain(shortened(arguments)), about, result, made, data, unseen)


def written(name: str, arguments: str, result: int | None) -> tuple[bytes, bool]:
    """(the bytes that a call wrote or gave a new program, whether some could not be seen)."""
    strings = STRING.findall(ADDRESS.sub("", arguments))
    cut = any(more for _, more in strings)
    if name not in WRITING | STARTING:
        return b"", cut
    data = b"".join(bytes.fromhex(text.replace("\\x", "")) for text, _ in strings)
    if name not in COUNTED or result is None:
        return data, cut
    return data[: max(result, 0)], cut or len(data) < result


def shortened(arguments: str) -> str:
    """Without the long strings, which are in `data`."""
    return re.sub(r'"((?:\\x[0-9a-f]{2}){300})(?:\\x[0-9a-f]{2})*"', r'"\1"...', arguments)


def plain(text: str) -> str:
    """What strace wrote in hexadecimal digits, readable again."""
    return HEX.sub(lambda m: bytes.fromhex(m[0].replace("\\x", "")).decode("latin-1"), text)


def streams(calls: Iterable[Call]) -> dict[str, bytes]:
    """All that was written, by where it went, each in its order."""
    parts: dict[str, list[bytes]] = {}
    for call in calls:
        if call.data:
            place = "words for a program" if call.name in STARTING else call.label
            parts.setdefault(place, []).append(call.data)
    return {label: b"".join(data) for label, data in parts.items()}

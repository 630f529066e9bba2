"""The watch itself: reads what strace writes, finds pictures in any form, and nothing else."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import cv2
import numpy as np
import pytest

from privacy.calls import read_line
from privacy.carving import Carver, densest
from privacy.marker import marked_frames
from privacy.mqtt_stream import publications
from privacy.places import Places, strayed

PLACES = Places(
    Path("/s"), Path("/s/control.sock"), Path("/n"), frozenset({("127.0.0.1", 6600), ("::1", 6600)})
)


def frames():
    """The marker round a made face."""
    y, x = np.mgrid[0:200, 0:200]
    return marked_frames(((np.sin(x / 9) + np.cos(y / 7) + 2) * 60).astype(np.uint8))


@pytest.fixture(scope="module")
def carver() -> Carver:
    """Knows the frames."""
    return Carver(frames())


def hidden(text: str) -> str:
    """As strace -xx writes it."""
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def told(line: str) -> tuple[str, ...]:
    """What is wrong with one line of strace."""
    call = read_line(f"1.5 {line}")
    assert call is not None
    return strayed([call], PLACES)


def test_a_write_is_read_with_its_place_and_its_bytes() -> None:
    call = read_line(f'1.25 write(3<{hidden("/s/a b")}>, "{hidden("x(y) = 1")}", 8) = 8')
    assert call is not None
    assert (call.time_s, call.label, call.data, call.unseen) == (1.25, "/s/a b", b"x(y) = 1", False)


def test_only_what_was_taken_counts_as_written() -> None:
    line = f'1.0 sendto(3<{hidden("socket:[1]")}>, "{hidden("abcd")}", 4, 0, NULL, 0) = '
    assert [
        call.data for end in ("2", "-1 EAGAIN (Try again)", "?") if (call := read_line(line + end))
    ] == [b"ab", b"", b"abcd"]


def test_a_call_that_never_came_back_counts_whole() -> None:
    call = read_line(f'1.0 write(2<{hidden("pipe:[7]")}>, "{hidden("abc")}", 3 <unfinished ...>')
    assert call is not None
    assert call.data == b"abc"


def test_the_pieces_of_a_message_are_joined_without_its_address() -> None:
    call = read_line(
        f'1.0 sendmsg(3<{hidden("UNIX-DGRAM:[1]")}>, {{msg_name={{sa_family=AF_UNIX, sun_path="'
        f'{hidden("/n")}"}}, msg_namelen=4, msg_iov=[{{iov_base="{hidden("ab")}", iov_len=2}}, '
        f'{{iov_base="{hidden("cd")}", iov_len=2}}], msg_iovlen=2, msg_controllen=0}}, 0) = 4'
    )
    assert call is not None
    assert call.data == b"abcd"


def test_what_strace_could_not_show_is_told() -> None:
    shown = f'write(3<{hidden("/s/a")}>, "{hidden("ab")}"'
    assert told(f"{shown}, 2) = 2") == ()
    assert told(f"{shown}..., 3) = 3") == ("write to /s/a: not all of it could be seen",)
    assert told(f"write(3<{hidden('/s/a')}>, 0x7f00, 2) = 2") == (
        "write to /s/a: not all of it could be seen",
    )


def test_a_line_that_is_not_understood_is_no_silence() -> None:
    assert read_line("1.0 +++ exited with 0 +++") is None
    with pytest.raises(ValueError, match="not understood"):
        read_line("1.0 write(3, ")
    with pytest.raises(ValueError, match="not understood"):
        read_line("write(3")


@pytest.mark.parametrize(
    "line",
    [
        f'openat(AT_FDCWD<{hidden("/")}>, "{hidden("/etc/hosts")}", O_RDONLY|O_CLOEXEC) = 3<'
        f"{hidden('/etc/hosts')}>",
        f'openat(AT_FDCWD<{hidden("/")}>, "{hidden("/s/x")}", O_RDWR|O_CREAT, 0644) = 3<'
        f"{hidden('/s/x')}>",
        f'openat(AT_FDCWD<{hidden("/")}>, "{hidden("/x")}", O_RDWR) = -1 EACCES (No)',
        f'openat(AT_FDCWD<{hidden("/")}>, "x", O_RDWR) = 3<{hidden("/dev/null")}<char 1:3>>',
        f"mmap(NULL, 9, PROT_READ, MAP_SHARED, 3<{hidden('/etc/x')}>, 0) = 0x7f",
        f"mmap(NULL, 9, PROT_READ|PROT_WRITE, MAP_PRIVATE, 3<{hidden('/etc/x')}>, 0) = 0x7f",
        f"mmap(NULL, 9, PROT_READ|PROT_WRITE, MAP_SHARED, 3<{hidden('/s/l.db-shm')}>, 0) = 0x7f",
        "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3<TCP:[1]>",
        "socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3<NETLINK:[1]>",
        "socketpair(AF_UNIX, SOCK_STREAM, 0, [3<UNIX-STREAM:[1->2]>, 4<UNIX-STREAM:[2->1]>]) = 0",
        'connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(6600), sin_addr=inet_addr("'
        + hidden("127.0.0.1")
        + '")}, 16) = 0',
        "connect(3<TCPv6:[1]>, {sa_family=AF_INET6, sin6_port=htons(6600), sin6_flowinfo=htonl(0), "
        f'inet_pton(AF_INET6, "{hidden("::1")}", &sin6_addr), sin6_scope_id=0}}, 28) = 0',
        "connect(3<UDP:[1]>, {sa_family=AF_INET, sin_port=htons(53), "
        f'sin_addr=inet_addr("{hidden("9.9.9.9")}")}}, 16) = 0',
        'bind(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("'
        + hidden("0.0.0.0")  # noqa: S104 - nothing is bound
        + '")}, 16) = 0',
        f'bind(3<UNIX-STREAM:[1]>, {{sa_family=AF_UNIX, sun_path="{hidden("/s/control.sock")}"}}, '
        "9) = 0",
        f'listen(3<UNIX-STREAM:[1,"{hidden("/s/control.sock")}"]>, 100) = 0',
        f'sendto(3<UNIX:[1]>, "{hidden("READY=1")}", 7, 0, {{sa_family=AF_UNIX, sun_path="'
        f'{hidden("/n")}"}}, 4) = 7',
        "bind(3<NETLINK:[1]>, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0",
    ],
)
def test_what_a_service_does_is_no_fault(line: str) -> None:
    assert told(line) == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            f'openat(AT_FDCWD<{hidden("/")}>, "x", O_WRONLY|O_CREAT, 0600) = 3<{hidden("/t/x")}>',
            "opened for writing: /t/x",
        ),
        (
            f'openat(AT_FDCWD<{hidden("/")}>, "x", O_RDWR) = 3<{hidden("/sx")}>',
            "opened for writing: /sx",
        ),
        (
            "mmap(NULL, 9, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0) = 0x7f",
            "shared memory: of no file",
        ),
        ('memfd_create("", MFD_CLOEXEC) = 3', "memfd_create"),
        ("socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)) = 3<PACKET:[1]>", "socket: AF_PACKET"),
        ("socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT) = 3<NETLINK:[1]>", "socket: AF_NETLINK"),
        (
            'connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(6601), sin_addr=inet_addr("'
            + hidden("127.0.0.1")
            + '")}, 16) = 0',
            "connect: 127.0.0.1 port 6601",
        ),
        (
            'bind(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(6600), sin_addr=inet_addr("'
            + hidden("127.0.0.1")
            + '")}, 16) = 0',
            "bind: 127.0.0.1 port 6600",
        ),
        (
            'bind(3<UDP:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("'
            + hidden("127.0.0.1")
            + '")}, 16) = 0',
            "bind: 127.0.0.1 port 53",
        ),
        ("listen(3<TCP:[127.0.0.1:80]>, 1) = 0", "listens: TCP:[127.0.0.1:80]"),
        (
            f'connect(3<UNIX:[1]>, {{sa_family=AF_UNIX, sun_path="{hidden("/dev/log")}"}}, 9) = 0',
            "connect: /dev/log",
        ),
        (
            f'sendto(3<UNIX:[1]>, "a", 1, 0, {{sa_family=AF_UNIX, sun_path=@"{hidden("/n")}"}}, 4)'
            " = 1",
            "sendto: @/n",
        ),
    ],
)
def test_what_it_must_not_do_is_told(line: str, words: str) -> None:
    assert any(words in one for one in told(line))


def test_thirty_one_bytes_of_a_row_are_found_wherever_they_lie(carver: Carver) -> None:
    row = frames()[0][3].tobytes()
    for start in range(0, 64, 7):
        assert carver.found(b"." * start + row[start : start + 31])
    assert carver.found(b"." + row[1:16]) == ()


def test_a_picture_that_is_not_ours_is_found_too(carver: Carver) -> None:
    other = np.full((8, 8), 90, np.uint8)
    for ending in (".jpg", ".png", ".webp"):
        data = cv2.imencode(ending, other)[1].tobytes()
        assert any(" likeness to a frame" in line for line in carver.found(b"{" + data + b"}"))
        assert any("base64" in line for line in carver.found(base64.b64encode(data)))


def test_a_picture_that_was_cut_off_is_found(carver: Carver) -> None:
    for ending in (".jpg", ".png", ".webp"):
        data = cv2.imencode(ending, frames()[0])[1].tobytes()
        assert any("likeness" in line for line in carver.found(data[:40]))


@pytest.mark.parametrize("wrap", [base64.b64encode, base64.encodebytes, base64.urlsafe_b64encode])
def test_every_base64_is_read_whatever_stands_before_it(carver: Carver, wrap) -> None:
    raw = frames()[1][:4].tobytes()
    for before in (b"", b"a", b"ab=", b"abc"):
        assert carver.found(before + wrap(raw)) == ("raw pixels (grey) as base64",)


def test_a_picture_in_words_is_found(carver: Carver) -> None:
    row = frames()[2][5]
    assert carver.found(row.tobytes().hex().encode())
    assert carver.found(json.dumps({"row": row.tolist()}).encode())
    assert carver.found(repr(row.tobytes()).encode())
    assert carver.found(np.array2string(row, threshold=1000).encode())


def test_numbers_words_and_chance_are_no_pictures(carver: Carver) -> None:
    chance = random.Random(1)
    lines = [json.dumps({"t": chance.random(), "scores": [chance.random()] * 7}) for _ in range(50)]
    text = "\n".join(lines).encode()
    assert carver.found(text) == ()
    assert densest(text) < 0.6
    assert carver.found(chance.randbytes(50_000)) == ()
    assert carver.found(b"") == ()


def test_a_face_of_any_size_is_too_dense() -> None:
    face = cv2.resize(frames()[0], (61, 47), interpolation=cv2.INTER_AREA).tobytes()
    assert densest(face) > 0.75
    assert densest(base64.b64encode(face)) > 0.7


def test_messages_are_told_apart_by_topic() -> None:
    def message(topic: bytes, payload: bytes, qos: int) -> bytes:
        body = len(topic).to_bytes(2, "big") + topic + (b"\0\1" if qos else b"") + b"\0" + payload
        length = bytes([len(body) % 128 | 128, len(body) // 128])
        return bytes([0x30 | qos << 1]) + length + body

    stream = b"\x10\x02hi" + message(b"a", b"x" * 300, 1) + message(b"b", b"", 0) + b"\xe0\x00"
    assert publications(stream) == ({"a": [b"x" * 300], "b": [b""]}, b"hi")

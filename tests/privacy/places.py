"""Where a service may write to and whom it may talk to; all else is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privacy.calls import Call

LIBC_SOCKETS = frozenset(
    {
        "/var/run/nscd/socket",
        "/run/systemd/resolve/io.systemd.Resolve",
        "/var/run/avahi-daemon/socket",
        "/run/avahi-daemon/socket",
    }
)
"""libc asks there for names, if something answers there."""
FAMILIES = frozenset({"AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"})
NETLINK = frozenset({"NETLINK_ROUTE", "NETLINK_KOBJECT_UEVENT"})
"""libc lists the machine's addresses to sort those of a name; libudev hears of devices."""
DNS_PORT = 53
NEVER = frozenset(
    {"sendfile", "splice", "vmsplice", "tee", "copy_file_range", "process_vm_writev", "shmget"}
    | {"io_uring_setup", "io_submit", "memfd_create", "memfd_secret", "msgsnd", "add_key"}
    | {"mq_open", "mq_timedsend", "setxattr", "lsetxattr", "fsetxattr"}
)
"""Each would carry bytes past what is watched."""
OPENING = frozenset({"open", "openat", "openat2", "creat"})
FOR_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE")
ADDRESS = re.compile(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')
PATH = re.compile(r'sun_path=(@?)"([^"]*)"')
SOURCE_END = "0"


@dataclass(frozen=True, slots=True)
class Places:
    """What a config allows: the folder of state, sockets by path, servers by (host, port)."""

    state: Path
    control: Path
    notify: Path
    servers: frozenset[tuple[str, int]]


def strayed(calls: Iterable[Call], places: Places) -> tuple[str, ...]:
    """Each thing in words that `places` do not allow, once."""
    return tuple(dict.fromkeys(words for call in calls for words in said_of(call, places)))


def said_of(call: Call, places: Places) -> Iterator[str]:
    """What is wrong with one call."""
    if call.unseen:
        yield f"{call.name} to {call.label}: not all of it could be seen"
    if call.name in NEVER:
        yield f"{call.name}: {call.arguments}"
    elif call.name in OPENING:
        yield from of_opening(call, places)
    elif call.name.startswith("mmap"):
        yield from of_mapping(call, places)
    elif call.name in {"socket", "socketpair"}:
        yield from of_socket(call)
    elif call.name in {"connect", "bind", "listen", "sendto", "sendmsg"}:
        yield from of_address(call, places)


def of_opening(call: Call, places: Places) -> Iterator[str]:
    """Files are written in the folder of state alone."""
    opened = Path(call.made.split("<")[0])
    inside = opened == Path("/dev/null") or opened.is_relative_to(places.state)
    if FOR_WRITING.search(call.arguments) and (call.result or 0) >= 0 and not inside:
        yield f"opened for writing: {call.made}"


def of_mapping(call: Call, places: Places) -> Iterator[str]:
    """What is written through shared memory goes through no call; SQLite has one such file."""
    shared = "MAP_SHARED" in call.arguments and "PROT_WRITE" in call.arguments
    index = call.label.endswith("-shm") and Path(call.label).is_relative_to(places.state)
    if shared and not index:
        yield f"shared memory: {call.label or 'of no file'}"


def of_socket(call: Call) -> Iterator[str]:
    """Kinds of sockets."""
    family, *_, protocol = call.arguments.split("[")[0].replace(" ", "").split(",")
    if family not in FAMILIES or (family == "AF_NETLINK" and protocol not in NETLINK):
        yield f"{call.name}: {call.arguments}"


def of_address(call: Call, places: Places) -> Iterator[str]:
    """Whom it connects to or names as a receiver, and where it listens."""
    path, address = PATH.search(call.arguments), ADDRESS.search(call.arguments)
    if call.name == "listen":
        if str(places.control) not in call.label:
            yield f"listens: {call.label}"
    elif path:
        yield from of_path(call, path, places)
    elif address:
        port, host = address.groups()
        source = call.name == "bind" and port == SOURCE_END
        server = (host, int(port)) in places.servers and call.name == "connect"
        name_server = int(port) == DNS_PORT and call.name != "bind"
        if not (source or server or name_server):
            yield f"{call.name}: {host} port {port}"
    elif "sa_family=" in call.arguments and not re.search(
        "sa_family=AF_(NETLINK|UNSPEC)", call.arguments
    ):
        yield f"{call.name}: {call.arguments}"


def of_path(call: Call, path: re.Match[str], places: Places) -> Iterator[str]:
    """A unix socket: its own to bind, systemd's to tell, libc's and MPD's to connect to."""
    allowed = {
        "bind": {str(places.control)},
        "connect": {str(places.control), *LIBC_SOCKETS},
        "sendto": {str(places.notify)},
    }
    if path[1] or path[2] not in allowed.get(call.name, set()):
        yield f"{call.name}: {path[1]}{path[2]}"

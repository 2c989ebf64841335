"""Which host a TLS connection is for, as its first message says it: so those that share an address are told apart."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address

HANDSHAKE, CLIENT_HELLO = b"\x16", b"\x01"
SERVER_NAME, NAME_IN_SECRET = b"\0\0", b"\xfe\x0d"  # extensions; the second holds another name, for its host alone
HEADER = 5  # bytes before a record: its kind, a version and its length
LONGEST = 1 << 14  # bytes of a record
BEFORE = 34  # bytes of a ClientHello before its first part: a version, and random ones


def greets(record: bytes, host: str) -> bool:
    """Whether it is a ClientHello for this host: with its name, or with none for an address, which has none in TLS."""
    try:
        name = server_name(record)
    except ValueError:
        return False
    return name == host.lower() or (name is None and _is_address(host))


def server_name(record: bytes) -> str | None:
    """The host that it names. Raises ValueError for all that is not one whole ClientHello with at most one name."""
    kind, message = record[:1], _all_of(record[3:], 2)
    if (kind, message[:1]) != (HANDSHAKE, CLIENT_HELLO):
        raise ValueError("no ClientHello")
    rest = _all_of(message[1:], 3)[BEFORE:]
    for size in (1, 2, 1):  # session, ciphers, compressions
        _, rest = _part(rest, size)
    found = _extensions(_all_of(rest, 2)) if rest else []
    names = [value for which, value in found if which == SERVER_NAME]
    if len(names) > 1 or any(which == NAME_IN_SECRET for which, _ in found):
        raise ValueError("more than one name")
    return _name(names[0]) if names else None


def _extensions(rest: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while rest:
        which = rest[:2]
        value, rest = _part(rest[2:], 2)
        found.append((which, value))
    return found


def _name(value: bytes) -> str:
    listed = _all_of(value, 2)
    if listed[:1] != b"\0":
        raise ValueError("no host")
    return _all_of(listed[1:], 2).decode("ascii").lower()


def _part(data: bytes, size: int) -> tuple[bytes, bytes]:
    """What stands first, behind its length in so many bytes; and what follows it."""
    end = size + int.from_bytes(data[:size])
    if len(data) < end:
        raise ValueError("cut off")
    return data[size:end], data[end:]


def _all_of(data: bytes, size: int) -> bytes:
    part, rest = _part(data, size)
    if rest:
        raise ValueError("more than it says")
    return part


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host))
    return False

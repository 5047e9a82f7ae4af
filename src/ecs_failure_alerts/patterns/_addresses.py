"""IP addresses and blocks as EventBridge reads them; Python's rules differ a little."""

from __future__ import annotations

from typing import NamedTuple

from ..exceptions import InvalidPattern

_HEX_AND_COLON = frozenset("0123456789abcdefABCDEF:")
_MAX_IPV4_CHARACTERS = 15
_MAX_MASK_DIGITS = 9
_IPV4_IN_IPV6 = 0xFFFF
"""The bits before an IPv4 address that is written as an IPv6 address."""


class Address(NamedTuple):
    """
    An address as a number.

    Attributes:
        bits: 32 for IPv4, 128 for IPv6.
        value: The number.
    """

    bits: int
    value: int


def read_address(text: str) -> Address | None:
    """Read an IP address; return None if *text* is no address."""
    if ":" in text:
        return _read_ipv6(text) if _HEX_AND_COLON.issuperset(text) else None

    groups = text.split(".") if len(text) <= _MAX_IPV4_CHARACTERS else []
    if len(groups) != 4 or not all(map(_is_decimal, groups)):
        return None
    return _join(32, 8, [int(group) for group in groups])


def _is_decimal(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _read_ipv6(text: str) -> Address | None:
    head, gap, tail = text.partition("::")
    left = head.split(":") if head else []
    right = tail.split(":") if tail else []
    missing = 8 - len(left) - len(right)

    if "" in left or "" in right or (missing < 1 if gap else missing != 0):
        return None

    groups = [int(group, 16) for group in [*left, *["0"] * missing, *right]]
    address = _join(128, 16, groups)
    if address and address.value >> 32 == _IPV4_IN_IPV6:
        return Address(32, address.value & 0xFFFFFFFF)
    return address


def _join(bits: int, width: int, groups: list[int]) -> Address | None:
    value = 0
    for group in groups:
        if group >> width:
            return None
        value = value << width | group
    return Address(bits, value)


def read_block(text: str) -> tuple[Address, int]:
    """
    Read a CIDR block.

    Returns:
        The address, and in how many bits two addresses of the block may differ.

    Raises:
        InvalidPattern: EventBridge does not accept the block.
    """
    address_text, *mask = text.rstrip("/").split("/")
    if len(mask) != 1:
        raise InvalidPattern("", f'Malformed CIDR, one "/" required: {text}')

    address = read_address(address_text)
    if address is None:
        raise InvalidPattern("", f"Nonstandard or invalid IP address: {address_text}")

    digits = mask[0][1:] if mask[0].startswith(("+", "-")) else mask[0]
    if not _is_decimal(digits) or len(digits) > _MAX_MASK_DIGITS:
        raise InvalidPattern("", f"Malformed CIDR, mask bits must be an integer: {mask[0]}")
    length = int(mask[0])
    if length < 0:
        raise InvalidPattern("", f"Malformed CIDR, mask bits must not be negative: {length}")
    if length >= address.bits:
        family = "IPv4" if address.bits == 32 else "IPv6"
        raise InvalidPattern("", f"{family} mask bits must be < {address.bits}: {length}")

    return address, address.bits - length

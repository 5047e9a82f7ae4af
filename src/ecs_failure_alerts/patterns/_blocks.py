"""The operator ``cidr``."""

from __future__ import annotations

from ._addresses import read_address, read_block
from .documents import Json, Scalar
from .operators import TextOperator, require_string


class Cidr(TextOperator):
    """``cidr``: a string that is an IP address of a block."""

    __slots__ = ("_bits", "_network", "_shift")
    name = "cidr"

    def __init__(self, text: Json) -> None:
        text = require_string(self.name, text)
        address, self._shift = read_block(text)
        self._bits, self._network = address.bits, address.value >> self._shift
        super().__init__(text, (self._bits, self._network, self._shift))

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is a string that is an address of the block."""
        address = read_address(value) if isinstance(value, str) else None
        return (
            address is not None
            and address.bits == self._bits
            and address.value >> self._shift == self._network
        )

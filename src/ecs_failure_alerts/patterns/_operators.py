"""
The elements of a field list: literals and operators, one small value each.

An element is made from its operand, which it checks; it says whether it accepts a leaf of
an event, and writes itself as JSON. Absence is not its business: `Exists` only carries the
wish, the matcher looks after it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeAlias

from .._globs import has_pieces
from ..exceptions import InvalidPattern
from ._addresses import read_address, read_block
from ._json import Json, Number, Object, PatternPart, Scalar, double_of, spelling_of, write

MakeOperator: TypeAlias = "Callable[[Json], Operator]"


class Operator(PatternPart):
    """
    One element of a field list.

    Two are equal when they accept the same by the letter of the pattern; how a number
    or a list of one is written does not count.
    """

    __slots__ = ("_identity", "_json")

    def __init__(self, json: Json, identity: Hashable) -> None:
        self._json = json
        self._identity = identity

    def accepts(self, value: Scalar) -> bool:
        """Say whether one leaf of an event satisfies this element."""
        raise NotImplementedError

    def to_json(self) -> Json:
        """Give the element as it stands in a pattern."""
        return self._json

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Operator):
            return NotImplemented
        return type(self) is type(other) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash((type(self), self._identity))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {write(self._json)}>"


class Constant(Operator):
    """The literal ``true``, ``false`` or ``null``."""

    __slots__ = ("_constant",)

    def __init__(self, constant: bool | None) -> None:
        super().__init__(constant, constant)
        self._constant = constant

    def accepts(self, value: Scalar) -> bool:
        """Accept the very literal."""
        return value is self._constant


class Text(Operator):
    """A literal string; one that is an IP address stands for its other spellings too."""

    __slots__ = ("_address", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._address = read_address(text)
        super().__init__(text, self._address or text)

    @property
    def plain(self) -> bool:
        """Whether only the equal string is accepted."""
        return self._address is None

    def accepts(self, value: Scalar) -> bool:
        """Accept the equal string, or the equal address."""
        if not isinstance(value, str):
            return False
        return value == self.text or (
            self._address is not None and read_address(value) == self._address
        )


class Equal(Operator):
    """A literal number; one that no double stands for equals its own spelling only."""

    __slots__ = ("_number",)

    def __init__(self, number: Number) -> None:
        super().__init__(number, number.text if number.value is None else number.value)
        self._number = number

    def accepts(self, value: Scalar) -> bool:
        """Accept the equal number."""
        if isinstance(value, bool) or not isinstance(value, int | float | Number):
            return False
        double = double_of(value)
        if double is None or self._number.value is None:
            return double is self._number.value and spelling_of(value) == self._number.text
        return double == self._number.value


class Exactly(Operator):
    """``exactly``: the equal string, never read as an IP address."""

    __slots__ = ("text",)

    def __init__(self, text: Json) -> None:
        self.text: str = _string("exactly", text)
        super().__init__(Object([("exactly", text)]), self.text)

    def accepts(self, value: Scalar) -> bool:
        """Accept the equal string."""
        return value == self.text


class IgnoreCase:
    """
    A string that ignores case as EventBridge does.

    Each character of the pattern stands for its lower and its upper form, either of
    which may be several characters. That is not symmetric, and not Unicode case folding.
    """

    __slots__ = ("_ascii", "_forms")

    def __init__(self, text: str) -> None:
        self._ascii = text.lower() if text.isascii() else None
        self._forms = [_case_forms(character) for character in text]

    def equals(self, value: str) -> bool:
        """Say whether all of *value* is this string."""
        if self._ascii is not None:
            return value.isascii() and value.lower() == self._ascii
        return len(value) in self._ends(value)

    def begins(self, value: str) -> bool:
        """Say whether *value* starts with this string."""
        return bool(self._ends(value))

    def finishes(self, value: str) -> bool:
        """Say whether *value* ends with this string."""
        return bool(self._ends(value, backwards=True))

    def _ends(self, value: str, *, backwards: bool = False) -> set[int]:
        """Find how many characters of *value* the whole string may cover."""
        covered = {0}
        for forms in reversed(self._forms) if backwards else self._forms:
            covered = {
                count + len(form)
                for count in covered
                for form in forms
                if (
                    value.endswith(form, 0, len(value) - count)
                    if backwards
                    else value.startswith(form, count)
                )
            }
            if not covered:
                break
        return covered


def _case_forms(character: str) -> tuple[str, ...]:
    if character > "\uffff":  # EventBridge looks at halves of it, which have no case
        return (character,)
    return tuple({character.lower(), character.upper()})


class EqualsIgnoreCase(Operator):
    """``equals-ignore-case``: the string, whatever the case of its letters."""

    __slots__ = ("_folded",)

    def __init__(self, text: Json) -> None:
        text = _string("equals-ignore-case", text)
        super().__init__(Object([("equals-ignore-case", text)]), text)
        self._folded = IgnoreCase(text)

    def accepts(self, value: Scalar) -> bool:
        """Accept the string in any case."""
        return isinstance(value, str) and self._folded.equals(value)


class _Affix(Operator):
    """What ``prefix`` and ``suffix`` have in common."""

    __slots__ = ("_folded", "_text")
    name = ""

    def __init__(self, operand: Json) -> None:
        self._folded: IgnoreCase | None = None
        text = operand
        if isinstance(operand, Object):
            text = self._ignoring_case(operand)
            self._folded = IgnoreCase(text)
        self._text = _string(self.name, text)
        super().__init__(Object([(self.name, operand)]), (self._text, self._folded is None))

    def _ignoring_case(self, operand: Object) -> str:
        title = self.name.capitalize()
        if not operand.pairs:
            raise InvalidPattern("", f"{title} expression name not found")
        name, text = operand.pairs[0]
        if name != "equals-ignore-case":
            raise InvalidPattern("", f"Unsupported {self.name} pattern: {name}")
        if len(operand.pairs) > 1:
            raise InvalidPattern("", "Only one key allowed in match expression")
        return _string("equals-ignore-case", text)


class Prefix(_Affix):
    """``prefix``: what a string starts with."""

    __slots__ = ()
    name = "prefix"

    def accepts(self, value: Scalar) -> bool:
        """Accept a string that starts so."""
        if not isinstance(value, str):
            return False
        return self._folded.begins(value) if self._folded else value.startswith(self._text)


class Suffix(_Affix):
    """``suffix``: what a string ends with."""

    __slots__ = ()
    name = "suffix"

    def accepts(self, value: Scalar) -> bool:
        """Accept a string that ends so."""
        if not isinstance(value, str):
            return False
        return self._folded.finishes(value) if self._folded else value.endswith(self._text)


class Wildcard(Operator):
    r"""``wildcard``: a whole string, in which ``*`` is any run of characters."""

    __slots__ = ("_segments",)

    def __init__(self, text: Json) -> None:
        text = _string("wildcard", text)
        super().__init__(Object([("wildcard", text)]), text)
        self._segments = _wildcard_segments(text)

    def accepts(self, value: Scalar) -> bool:
        """Accept a string that has every segment in turn."""
        return isinstance(value, str) and has_pieces(value, self._segments)


def _wildcard_segments(text: str) -> list[str]:
    """Split a wildcard at its asterisks, escapes undone."""
    segments = [""]
    characters = iter(range(len(text)))
    for position in characters:
        character, following = text[position], text[position + 1 : position + 2]
        if character == "\\":
            if following not in {"*", "\\"}:
                raise _misplaced("Invalid escape character", text, position)
            segments[-1] += following
            next(characters)
        elif character != "*":
            segments[-1] += character
        elif following == "*":
            raise _misplaced("Consecutive wildcard characters", text, position)
        else:
            segments.append("")
    return segments


def _misplaced(fault: str, text: str, position: int) -> InvalidPattern:
    """Count as EventBridge does: in bytes, after an opening quote."""
    return InvalidPattern("", f"{fault} at pos {len(text[:position].encode(errors='replace')) + 1}")


_LOWER_BOUNDS = (">", ">=")
_UPPER_BOUNDS = ("<", "<=")


class Numeric(Operator):
    """``numeric``: a number that equals another or lies in a range."""

    __slots__ = ("_bottom", "_open_bottom", "_open_top", "_top")

    def __init__(self, terms: Json) -> None:
        if not isinstance(terms, list):
            raise InvalidPattern("", "Value of numeric must be an array.")
        self._bottom, self._top = float("-inf"), float("inf")
        self._open_bottom = self._open_top = False
        left = list(terms)
        name = _numeric_operator(left)
        if name == "=":
            self._bottom = self._top = _numeric_value(name, left)
        elif name in _UPPER_BOUNDS:
            self._set_top(name, left)
        elif name in _LOWER_BOUNDS:
            self._bottom, self._open_bottom = _numeric_value(name, left), name == ">"
            if left:
                self._set_top(_numeric_operator(left), left)
                if self._bottom >= self._top:
                    raise InvalidPattern("", "Bottom must be less than top")
        else:
            raise InvalidPattern("", f"Unrecognized numeric range operator: {name}")
        if left:
            raise InvalidPattern("", "Too many terms in numeric range expression")
        bounds = (self._bottom, self._top, self._open_bottom, self._open_top)
        super().__init__(Object([("numeric", terms)]), bounds)

    def _set_top(self, name: str, left: list[Json]) -> None:
        if name not in _UPPER_BOUNDS:
            raise InvalidPattern("", f"Bad numeric range operator: {name}")
        self._top, self._open_top = _numeric_value(name, left), name == "<"

    def accepts(self, value: Scalar) -> bool:
        """Accept a number within the bounds."""
        double = double_of(value)
        if double is None or not self._bottom <= double <= self._top:
            return False
        return not (
            (self._open_bottom and double == self._bottom)
            or (self._open_top and double == self._top)
        )


def _numeric_operator(left: list[Json]) -> str:
    name = left.pop(0) if left else None
    if not isinstance(name, str):
        raise InvalidPattern("", "Invalid member in numeric match: expected =, <, <=, > or >=")
    return name


def _numeric_value(name: str, left: list[Json]) -> float:
    number = left.pop(0) if left else None
    if not isinstance(number, Number):
        raise InvalidPattern("", f"Value of {name} must be numeric")
    return _comparable(number)


def _comparable(number: Number) -> float:
    if number.value is None:
        raise InvalidPattern("", f"Cannot compare number : {number.text}")
    return number.value


class Cidr(Operator):
    """``cidr``: an IP address of a block."""

    __slots__ = ("_bits", "_network", "_shift")

    def __init__(self, text: Json) -> None:
        text = _string("cidr", text)
        address, self._shift = read_block(text)
        self._bits, self._network = address.bits, address.value >> self._shift
        super().__init__(Object([("cidr", text)]), (self._bits, self._network, self._shift))

    def accepts(self, value: Scalar) -> bool:
        """Accept a string that is an address of the block."""
        address = read_address(value) if isinstance(value, str) else None
        return (
            address is not None
            and address.bits == self._bits
            and address.value >> self._shift == self._network
        )


class Exists(Operator):
    """``exists``: that there is a leaf, of whatever value, or that there is none."""

    __slots__ = ("present",)

    def __init__(self, present: Json) -> None:
        if not isinstance(present, bool):
            raise InvalidPattern("", "exists match pattern must be either true or false.")
        self.present: bool = present
        super().__init__(Object([("exists", present)]), present)

    def accepts(self, value: Scalar) -> bool:  # noqa: ARG002
        """Accept any leaf, or none."""
        return self.present


class AnythingBut(Operator):
    """``anything-but``: a leaf that none of the excluded elements accepts."""

    __slots__ = ("_numbers", "_operators", "_texts")

    def __init__(self, operand: Json) -> None:
        self._texts: frozenset[str] = frozenset()
        self._numbers: frozenset[float] = frozenset()
        self._operators: tuple[Operator, ...] = ()
        if isinstance(operand, Object):
            self._operators = tuple(_excluded_operators(operand))
        else:
            self._exclude_values(operand if isinstance(operand, list) else [operand])
        identity = (self._texts, self._numbers, frozenset(self._operators))
        super().__init__(Object([("anything-but", operand)]), identity)

    def _exclude_values(self, values: Sequence[Json]) -> None:
        texts = {value for value in values if isinstance(value, str)}
        numbers = {_comparable(value) for value in values if isinstance(value, Number)}
        for value in values:
            if not isinstance(value, str | Number):
                raise InvalidPattern(
                    "",
                    "Value of anything-but must be an array or single string/number value."
                    f" Inside anything but list, {_kind(value)} is not supported.",
                )
        if bool(texts) is bool(numbers):
            raise InvalidPattern(
                "", "Inside anything but list, either all strings or all numbers: "
                "mixed type is not supported"
            )  # fmt: skip
        self._texts, self._numbers = frozenset(texts), frozenset(numbers)

    def accepts(self, value: Scalar) -> bool:
        """Accept what is none of these, of whatever type."""
        if isinstance(value, str):
            return value not in self._texts and not any(
                operator.accepts(value) for operator in self._operators
            )
        return not self._numbers or double_of(value) not in self._numbers


def _excluded_operators(operand: Object) -> Iterable[Operator]:
    if not operand.pairs:
        raise InvalidPattern("", "Anything-But expression name not found")
    name, texts = operand.pairs[0]
    make = _EXCLUDABLE.get(name)
    if make is None:
        raise InvalidPattern("", f"Unsupported anything-but pattern: {name}")
    if len(operand.pairs) > 1:
        raise InvalidPattern("", "Only one key allowed in match expression")
    if texts == []:
        raise InvalidPattern("", f"{name} match pattern must not be an empty array")
    for text in texts if isinstance(texts, list) else [texts]:
        if text == "" and name in {"prefix", "suffix"}:
            raise InvalidPattern("", "Null prefix/suffix not allowed")
        yield make(_string(name, text))


_EXCLUDABLE: dict[str, MakeOperator] = {
    "prefix": Prefix,
    "suffix": Suffix,
    "equals-ignore-case": EqualsIgnoreCase,
    "wildcard": Wildcard,
}

_BY_NAME: dict[str, MakeOperator] = {
    **_EXCLUDABLE,
    "exactly": Exactly,
    "numeric": Numeric,
    "cidr": Cidr,
    "exists": Exists,
    "anything-but": AnythingBut,
}


def read_element(json: Json) -> Operator:
    """
    Make the operator of one element of a field list.

    Raises:
        InvalidPattern: It is invalid; its path is left to the caller.
    """
    if isinstance(json, str):
        return Text(json)
    if isinstance(json, Number):
        return Equal(json)
    if isinstance(json, list):
        raise InvalidPattern("", "Match value must be String, number, true, false, or null")
    if not isinstance(json, Object):
        return Constant(json)
    if not json.pairs:
        raise InvalidPattern("", "Match expression name not found")
    name, operand = json.pairs[0]
    make = _BY_NAME.get(name)
    if make is None:
        raise InvalidPattern("", f"Unrecognized match type {name}{_suggestion(name)}")
    if len(json.pairs) > 1:
        raise InvalidPattern("", "Only one key allowed in match expression")
    return make(operand)


def _suggestion(name: str) -> str:
    plain = name.lower().replace("_", "-")
    return f" (did you mean {plain}?)" if plain in _BY_NAME else ""


def _string(name: str, value: Json) -> str:
    if not isinstance(value, str):
        raise InvalidPattern("", f"{name} match pattern must be a string, not {_kind(value)}")
    return value


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    kinds = ((bool, "a boolean"), (Number, "a number"), (list, "an array"), (Object, "an object"))
    return next((kind for type_, kind in kinds if isinstance(value, type_)), "a string")

"""The operators for a whole string, its beginning or its end, with or without case."""

from __future__ import annotations

from ..exceptions import InvalidPattern
from .documents import Json, Object, Scalar
from .operators import TextOperator, require_string


class Exactly(TextOperator):
    """``exactly``: the equal string, never read as an IP address."""

    __slots__ = ("exact_text",)
    name = "exactly"

    def __init__(self, text: Json) -> None:
        self.exact_text: str = require_string(self.name, text)
        super().__init__(text)

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is the equal string."""
        return value == self.exact_text


class EqualsIgnoreCase(TextOperator):
    """``equals-ignore-case``: the string, whatever the case of its letters."""

    __slots__ = ("_folded",)
    name = "equals-ignore-case"
    excludable = True

    def __init__(self, text: Json) -> None:
        text = require_string(self.name, text)
        self._folded = FoldedText(text)
        super().__init__(text)

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is the string in any case."""
        return isinstance(value, str) and self._folded.equals(value)


class Affix(TextOperator):
    """The common base of ``prefix`` and ``suffix``."""

    __slots__ = ("_folded", "text")
    excludable = True

    def __init__(self, operand: Json) -> None:
        self._folded: FoldedText | None = None
        text = operand
        if isinstance(operand, Object):
            text = self._ignoring_case(operand)
            self._folded = FoldedText(text)

        self.text: str = require_string(self.name, text)
        super().__init__(operand, (self.text, self._folded is None))

    def _ignoring_case(self, operand: Object) -> str:
        """Return the string of an inner ``equals-ignore-case``."""
        if not operand.pairs:
            raise InvalidPattern("", f"{self.name.capitalize()} expression name not found")

        name, text = operand.pairs[0]
        if name != EqualsIgnoreCase.name:
            raise InvalidPattern("", f"Unsupported {self.name} pattern: {name}")
        if len(operand.pairs) > 1:
            raise InvalidPattern("", "Only one key allowed in match expression")

        return require_string(name, text)


class Prefix(Affix):
    """``prefix``: the beginning of a string."""

    __slots__ = ()
    name = "prefix"

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is a string with this beginning."""
        if not isinstance(value, str):
            return False
        return self._folded.begins(value) if self._folded else value.startswith(self.text)


class Suffix(Affix):
    """``suffix``: the end of a string."""

    __slots__ = ()
    name = "suffix"

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is a string with this end."""
        if not isinstance(value, str):
            return False
        return self._folded.finishes(value) if self._folded else value.endswith(self.text)


class FoldedText:
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
        """Return whether all of *value* is this string."""
        if self._ascii is not None:
            return value.isascii() and value.lower() == self._ascii
        return len(value) in self._lengths(value)

    def begins(self, value: str) -> bool:
        """Return whether *value* starts with this string."""
        return bool(self._lengths(value))

    def finishes(self, value: str) -> bool:
        """Return whether *value* ends with this string."""
        return bool(self._lengths(value, backwards=True))

    def _lengths(self, value: str, *, backwards: bool = False) -> set[int]:
        """Return how many characters of *value* the whole string may cover."""
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
    if character > "\uffff":  # EventBridge compares its two halves, and they have no case
        return (character,)
    return tuple({character.lower(), character.upper()})

"""The reader of tables: it checks their values by the rows of a section and collects the faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .._texts import close_match, echo
from ..exceptions import Problem
from ._hints import hint
from ._kind import Kind, fits
from ._paths import at_index, at_key, describe_secret, echo_unless_address
from .kinds import NOTIFIER
from .sections import Key


class TableReader:
    """
    Reads tables by the keys that they may have.

    Args:
        private: The section that may hold secrets: no error echoes its values.

    Attributes:
        faults: Everything that is wrong, with its path.
        warnings: What works, but may not be meant.
    """

    def __init__(self, private: str = "") -> None:
        self.faults: list[Problem] = []
        self.warnings: list[Problem] = []
        self._meant: set[str] = set()
        self._private = private

    def fault(self, path: str, message: str) -> None:
        """Add a fault."""
        self.faults.append(Problem(path, message))

    def read(
        self, table: Mapping[str, Any], keys: Sequence[Key], path: str, also: Iterable[str] = ()
    ) -> dict[str, Any]:
        """
        Return the values of *table*, by the arguments that they become.

        Args:
            table: A table of the document.
            keys: The keys that it may have.
            path: Its path.
            also: Names of keys that the caller reads.
        """
        names = [*also, *(key.name for key in keys)]
        for name in table:
            if name not in names:
                self._refuse_key(name, names, path)

        found: dict[str, Any] = {}
        for key in keys:
            if key.name in table:
                value = self._read(table[key.name], key.kind, at_key(path, key.name))
                found.setdefault(key.argument, value)
        for argument in dict.fromkeys(key.argument for key in keys):
            self._check_choice(table, [key for key in keys if key.argument == argument], path)

        return found

    def entries(self, value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each table of a list, with its path."""
        if not isinstance(value, list):
            got = "a single table" if isinstance(value, Mapping) else echo(value)
            self.fault(path, f"expected tables, each under [[{path}]] in TOML; got {got}")
            return

        for index, entry in enumerate(value):
            if isinstance(entry, Mapping):
                yield at_index(path, index), entry
            else:
                self.fault(
                    at_index(path, index), f"expected a table, got {echo_unless_address(entry)}"
                )

    def named(self, value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each table of a table, with its name."""
        if not isinstance(value, Mapping):
            self.fault(
                path,
                f"expected tables with names, such as [{path}.pager]; got {describe_secret(value)}",
            )
            return

        for name, entry in value.items():
            if not fits(NOTIFIER.schema, name):
                self.fault(path, NOTIFIER.secret_refusal(name))
            elif isinstance(entry, Mapping):
                yield name, entry
            else:
                self.fault(
                    at_key(path, name),
                    f"expected a table under [{path}.{name}], got {describe_secret(entry)}",
                )

    def convert(self, value: Any, kind: Kind, path: str) -> Any:
        """Return what the library takes for *value*; add a fault and return None if it is wrong."""
        try:
            return kind.read(value)
        except ValueError as error:
            is_private = self._is_private(path)
            refusal = kind.secret_refusal(value) if is_private else str(error)
            self.fault(path, refusal + hint(path, value))
            return None

    def was_meant(self, path: str, key: str) -> bool:
        """Return whether an unknown key of the table at *path* was taken for *key*."""
        return at_key(path, key) in self._meant

    def _is_private(self, path: str) -> bool:
        return path.partition(".")[0] == self._private

    def _refuse_key(self, name: str, names: Sequence[str], path: str) -> None:
        near = close_match(name, names)
        if near:
            self._meant.add(at_key(path, near))
            self.fault(at_key(path, name), f"unknown key, did you mean {near}?")
            return

        known = ", ".join(sorted(names))
        if self._is_private(path):
            message = f"unknown key (not shown: it may be a secret): expected one of {known}"
            self.fault(path, message)
        else:
            self.fault(at_key(path, name), f"unknown key: expected one of {known}")

    def _read(self, value: Any, kind: Kind, path: str) -> Any:
        """Read one value, or a list if the kind allows several."""
        if not kind.several:
            return self.convert(value, kind, path)
        if not isinstance(value, list):
            return (self.convert(value, kind, path),)

        if not value:
            self.fault(path, "expected at least one value, got an empty list: leave the key out")
        return tuple(
            self.convert(entry, kind, at_index(path, index)) for index, entry in enumerate(value)
        )

    def _check_choice(self, table: Mapping[str, Any], keys: Sequence[Key], path: str) -> None:
        """Check that one of *keys* is set: they all become the same argument."""
        given = [key.name for key in keys if key.name in table]
        names = [key.name for key in keys]

        if len(given) > 1:
            self.fault(path, f"{_listed(given, 'and')} are set together: keep one")
        elif given or not keys[0].required or any(self.was_meant(path, name) for name in names):
            return
        elif len(names) > 1:
            advice = f": add one, or set {keys[0].variable} where this runs"
            message = f"expected one of {_listed(names, 'or')}; got none"
            self.fault(path, message + advice * bool(keys[0].variable))
        else:
            self.fault(at_key(path, names[0]), f"expected {keys[0].kind.words}; got none")


def _listed(names: Sequence[str], word: str) -> str:
    """Return names as a list in a sentence: ``a, b and c``."""
    return f"{', '.join(names[:-1])} {word} {names[-1]}"

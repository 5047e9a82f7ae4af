"""The environment: each variable is parsed and checked by its row of the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Self

from .._log import LOGGER
from .._texts import clean, close_match, kind
from ..exceptions import SettingsError
from ..policy import FailurePolicy
from ._variables import DSN, SETTINGS, Setting

PREFIX: Final = "ECS_ALERTS_"

#: The beginning of a variable whose prefix may be misspelt.
_ALMOST_PREFIX: Final = "ECS_ALERT"

#: Characters of a variable's name that are shown.
_SHOWN: Final = 200

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Environment:
    """
    What the environment sets, by the arguments that the variables become.

    Args:
        variables: The environment, such as ``os.environ``.
        fallbacks: The arguments of each target for which no variable is set.
        paths: The name of each fallback argument in errors.

    Raises:
        TypeError: The environment is not a mapping.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        fallbacks: Mapping[str, Mapping[str, Any]] = _NOTHING,
        paths: Mapping[str, str] = _NOTHING,
    ) -> None:
        given: object = variables
        if not isinstance(given, Mapping):
            got = "None" if given is None else kind(given)
            raise TypeError(f"expected a mapping such as os.environ, got {got}")
        self._variables = variables
        self._fallbacks = fallbacks
        self._paths = paths

    def with_fallbacks(
        self, fallbacks: Mapping[str, Mapping[str, Any]], paths: Mapping[str, str]
    ) -> Self:
        """Return this environment with *fallbacks*, such as a configuration document."""
        return type(self)(self._variables, fallbacks, paths)

    def warn_of_unknown(self) -> None:
        """Log a warning for each variable that looks like a setting and is not one."""
        known = [setting.name for setting in SETTINGS]

        for variable in self._variables:
            if not isinstance(variable, str) or variable in known:
                continue
            if variable.upper().startswith(_ALMOST_PREFIX):
                near = close_match(variable.upper(), known, 0.9)  # they all have the same prefix
                hint = f": did you mean {near}?" if near else ""
                if near or variable.startswith(PREFIX):  # else it is another program's
                    LOGGER.warning("%s is unknown and ignored%s", clean(variable, _SHOWN), hint)

    @property
    def given(self) -> frozenset[str]:
        """The arguments that variables set, including those of Sentry."""
        return frozenset(
            row.argument
            for row in SETTINGS
            if self._text(row.name) or (row.fallback and self._text(row.fallback))
        )

    def arguments(
        self, target: str, *, without: str | None = None, sentry: bool = True
    ) -> dict[str, Any]:
        """
        Return the arguments of *target*; variables win over the fallbacks.

        Args:
            target: One of the targets of `Setting`.
            without: An argument to leave out, unchecked.
            sentry: Whether the variables of Sentry count if none of ours is set.
        """
        rows = (row for row in SETTINGS if row.target == target)
        names = dict.fromkeys(row.argument for row in rows if row.argument != without)
        found = {name: self.find(name, sentry=sentry) for name in names}
        own = {name: pair[1] for name, pair in found.items() if pair}
        return {**self._fallbacks.get(target, {}), **own}

    def name_of(self, argument: str) -> str:
        """Return what sets *argument*: a variable, or the path of a fallback."""
        rows = [row for row in SETTINGS if row.argument == argument]
        names = [*(row.name for row in rows), *(row.fallback for row in rows if row.fallback)]
        own = [name for name in names if self._text(name)]
        return own[0] if own else self._paths.get(argument, names[0])

    def find(self, argument: str, *, sentry: bool = True) -> tuple[str, Any] | None:
        """
        Return the variable that sets *argument*, and the value; None if no variable does.

        Raises:
            SettingsError: The value is wrong, or two variables set it.
        """
        rows = [row for row in SETTINGS if row.argument == argument]

        given = [row for row in rows if self._text(row.name)]
        if len(given) > 1:
            names = " and ".join(row.name for row in given)
            raise SettingsError(
                given[0].name, f"expected one {_NOUNS[argument]}, got {names}: set only one of them"
            )
        if given:
            return given[0].name, self._value(given[0], given[0].name)

        fallback = rows[0].fallback if sentry else None
        if fallback and self._text(fallback):
            return fallback, self._value(rows[0], fallback)
        return None

    def _value(self, setting: Setting, variable: str) -> Any:
        """Parse *variable* and check the value as its target does; every error names *variable*."""
        text = self._text(variable)
        if "://" in text and not setting.holds_addresses:  # an error may echo what it refuses
            raise SettingsError(
                variable, f"expected {setting.meaning}, got what looks like a DSN: set {DSN} to it"
            )

        try:
            value = setting.parse(text)
            if setting.target == "policy":
                FailurePolicy(**{setting.argument: value})
        except ValueError as error:
            said = str(error).removeprefix(f"{setting.argument}: ")  # the variable is named instead
            raise SettingsError(variable, said) from None
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"{variable}: {error}", name=error.name) from None

        return value

    def _text(self, variable: str) -> str:
        value: object = self._variables.get(variable, "")
        if not isinstance(value, str):
            got = "bytes" if isinstance(value, bytes | bytearray) else kind(value)
            raise SettingsError(variable, f"expected a string, got {got}")
        return value.strip()


#: The nouns for arguments that several variables can set.
_NOUNS: Final = {"dsn": "DSN", "config": "configuration"}

"""Files of settings: lines of a shell, or the variables of a Lambda."""

from __future__ import annotations

import re
import shlex
from typing import Final

from .._json import decode, load_or_none, read_json
from .._texts import echo
from ..configuration import SECTIONS, TOP
from ..exceptions import SettingsError
from ..policy import FailurePolicy
from ..settings import policy_from_env
from ..settings.config import read_and_warn
from ._files import read_file

_KEYS: Final = frozenset({*SECTIONS, *(key.name for key in TOP)})

#: The beginning of a line of a configuration in TOML.
_SECTION: Final = re.compile(rf"^\s*\[{{0,2}}(?:{'|'.join(sorted(_KEYS))})\b\s*[].=]", re.MULTILINE)

#: ``NAME=VALUE``, without the shell's quotes.
_SETTING: Final = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)


def read_policy(file: str) -> FailurePolicy:
    """
    Read the policy in a file of settings, or in a configuration.

    Args:
        file: Its name, or ``-``. It holds ``NAME=VALUE`` lines of a shell, with quotes around
            values with spaces, ``#`` before comments and perhaps ``export``; or a JSON object of
            strings, as ``aws lambda get-function-configuration --query Environment.Variables``
            prints; or a configuration in TOML or JSON.

    Raises:
        ConfigError: The configuration is wrong; the text names the file.
        ValueError: The file holds something else, or a wrong value; the text names the file.
        OSError: The file cannot be read.
    """
    text = decode(read_file(file))
    if _is_configuration(text):
        configuration = read_and_warn(text, "standard input" if file == "-" else file)
        return FailurePolicy(**configuration.arguments["policy"])

    try:
        return policy_from_env(_read_settings(file, text))
    except SettingsError as error:
        raise ValueError(f"{file}: {error}") from None


def _read_settings(file: str, text: str) -> dict[str, str]:
    if text.lstrip().startswith("{"):
        return _read_object(file, text)

    settings = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            settings.update(_read_line(line))
        except ValueError as error:
            raise ValueError(f"{file}: line {number}: {error}") from None
    return settings


def _is_configuration(text: str) -> bool:
    """Return whether *text* is a configuration, by its sections or keys."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _SECTION.search(text) is not None
    return not _KEYS.isdisjoint(load_or_none(text.removeprefix("\ufeff")) or ())


def _read_line(line: str) -> dict[str, str]:
    """Return the setting in a line. No error echoes the line, because it may hold a secret."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        raise ValueError("expected NAME=VALUE, got an open quote: close it") from None

    if words[:1] == ["export"]:
        words = words[1:]
    elif not words:
        return {}

    found = _SETTING.fullmatch(words[0]) if words else None
    if found is None:
        raise ValueError("expected NAME=VALUE, got something else")
    if len(words) > 1:
        raise ValueError("expected NAME=VALUE, got more words: put the value in quotes")
    return {found[1]: found[2]}


def _read_object(file: str, text: str) -> dict[str, str]:
    settings = read_json(text, lambda why: ValueError(f"{file}: {why}"))
    if "detail-type" in settings:
        raise ValueError(f"{file}: expected settings, got an event: pass it without the option")
    for name, value in settings.items():
        if not isinstance(value, str):
            raise ValueError(f"{file}: {name}: expected a string, got {echo(value)}")
    return dict(settings)

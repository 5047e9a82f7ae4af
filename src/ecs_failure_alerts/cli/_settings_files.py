"""Settings in a file, as people have them: lines of a shell, or the variables of a Lambda."""

from __future__ import annotations

import json
import re
from typing import Final

from .._json import decode
from .._texts import echo
from ._files import read_file

#: ``NAME=VALUE``, with or without ``export`` and quotes.
_LINE: Final = re.compile(
    r"""(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<quote>["']?)(?P<value>.*)(?P=quote)"""
)


def read_settings(file: str) -> dict[str, str]:
    """
    Read the variables in a file.

    Args:
        file: Its name, or ``-``. It holds ``NAME=VALUE`` lines, of which ``#`` begins a comment,
            or a JSON object of texts, such as ``aws lambda get-function-configuration --query
            Environment.Variables`` prints.

    Raises:
        ValueError: It is neither; the line is named.
        OSError: The file cannot be read.
    """
    text = decode(read_file(file))
    if text.lstrip().startswith("{"):
        return _read_object(file, text)

    settings = {}
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line and not line.startswith("#"):
            found = _LINE.fullmatch(line)
            if found is None:
                raise ValueError(f"{file}: line {number}: expected NAME=VALUE, got something else")
            settings[found["name"]] = found["value"]
    return settings


def _read_object(file: str, text: str) -> dict[str, str]:
    try:
        settings = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{file}: not JSON: {error.msg} (line {error.lineno})") from None

    for name, value in settings.items():
        if not isinstance(value, str):
            raise ValueError(f"{file}: {name}: expected a string, got {echo(value)}")
    return dict(settings)

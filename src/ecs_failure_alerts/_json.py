"""Foreign JSON text, read once and in one way."""

from __future__ import annotations

import json
from typing import Any

from .exceptions import EventError, Problem


def load(text: str | bytes | bytearray, path: str = "") -> Any:
    """
    Read JSON text.

    Args:
        text: JSON as text, or as UTF-8, UTF-16 or UTF-32 bytes.
        path: Where the text stands, for the error.

    Raises:
        EventError: It is not JSON, or it nests too deep. The text is not echoed.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        fault = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError as error:
        fault = f"not JSON: no {error.encoding} text at byte {error.start}"
    except RecursionError:
        fault = "not readable: nested too deep"
    except ValueError:
        fault = "not readable: a number has too many digits"
    raise EventError([Problem(path, fault)])

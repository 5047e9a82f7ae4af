"""What to do where a real component is not there."""

from __future__ import annotations

import importlib
import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """
    Skip the test, or fail it where ``TESTS_REQUIRE_INTEGRATION=1`` asks for it.

    Args:
        reason: What is missing.
    """
    if os.environ.get("TESTS_REQUIRE_INTEGRATION") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require(*modules: str) -> None:
    """Make sure that modules can be imported, see `unavailable()`."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            unavailable(f"{module} cannot be imported ({error}): install the extra 'integration'")

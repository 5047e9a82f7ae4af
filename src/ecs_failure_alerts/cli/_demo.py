"""The command ``demo``: three tasks stop, and two alerts arrive."""

from __future__ import annotations

import logging
from argparse import Namespace
from typing import Final

from .._log import LOGGER
from ._command import FAILED, OK, Command, add_dsn


def _run(arguments: Namespace) -> int:
    from ._demonstration import run_demo  # noqa: PLC0415 - loads a web server

    LOGGER.setLevel(logging.CRITICAL)  # the demo prints it
    return OK if run_demo(arguments.dsn, print) else FAILED


DEMO: Final = Command(
    "demo",
    "watch three tasks stop, and two alerts arrive",
    add_dsn,
    _run,
    "exit status: 0 if both alerts were confirmed, 1 if one was not",
)

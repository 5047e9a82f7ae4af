"""The commands, in the order of the help."""

from __future__ import annotations

from typing import Final

from ._check import CHECK
from ._command import Command
from ._demo import DEMO
from ._explain import EXPLAIN
from ._lint import LINT
from ._match import MATCH
from ._pattern import PATTERN
from ._report import REPORT
from ._send import SEND

COMMANDS: Final[tuple[Command, ...]] = (
    EXPLAIN,
    CHECK,
    REPORT,
    SEND,
    DEMO,
    PATTERN,
    MATCH,
    LINT,
)

"""The package's logger: for warnings, and for the line of each outcome."""

from __future__ import annotations

import logging
from typing import Final

LOGGER: Final = logging.getLogger("ecs_failure_alerts")

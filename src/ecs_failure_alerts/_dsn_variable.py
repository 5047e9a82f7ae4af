"""The variable of the environment for the Sentry project."""

from __future__ import annotations

from typing import Final

DSN_VARIABLE: Final = "ECS_ALERTS_SENTRY_DSN"

"""The command ``ecs-failure-alerts``."""

from ._command import main

__all__ = ["main"]

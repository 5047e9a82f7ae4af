"""The command ``ecs-failure-alerts``."""

from ._main import main

__all__ = ["main"]

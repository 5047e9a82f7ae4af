"""Threads that work within one time limit, each kept for the next work."""

from ._workers import Workers

__all__ = ["Workers"]

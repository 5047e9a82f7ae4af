"""Threads that work within one time limit, each kept for the next work."""

from ._workers import NO_THREAD, Workers

__all__ = ["NO_THREAD", "Workers"]

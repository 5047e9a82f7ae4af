"""Notifiers: one module for each backend. Each loads its library when it is built."""

from ._data import Notifier, Receipt
from ._function import function_notifier

__all__ = ["Notifier", "Receipt", "function_notifier"]

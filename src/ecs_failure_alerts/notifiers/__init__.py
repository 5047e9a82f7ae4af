"""Where alerts go: one module a backend, each loading its library on construction."""

from ._data import Notifier, Receipt
from ._function import function_notifier

__all__ = ["Notifier", "Receipt", "function_notifier"]

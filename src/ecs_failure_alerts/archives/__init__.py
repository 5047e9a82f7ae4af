"""Reports on an archive of events: how a policy judges it, or where two policies differ."""

from ._archive import ArchiveReport
from ._comparison import Comparison
from ._page import page
from ._text import text

__all__ = ["ArchiveReport", "Comparison", "page", "text"]

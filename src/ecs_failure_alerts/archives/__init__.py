"""What a policy would have said of an archive of events, or what two policies differ in."""

from ._archive import ArchiveReport
from ._comparison import Comparison
from ._page import page
from ._text import text

__all__ = ["ArchiveReport", "Comparison", "page", "text"]

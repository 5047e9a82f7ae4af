"""Look-ups that add to alerts, within one time limit and never at the cost of an alert."""

from ._enrichment import Enricher, enrich
from ._evidence import Evidence

__all__ = ["Enricher", "Evidence", "enrich"]

"""The sources of events: a payload becomes records, each with its place."""

from ._payload import Load, Payload, read_part, read_payload
from ._records import SourceRecord

__all__ = ["Load", "Payload", "SourceRecord", "read_part", "read_payload"]

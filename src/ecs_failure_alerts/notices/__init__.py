"""Notices: events about services, schedules, instances and jobs, all in one form."""

from ._alert import build_notice_alert, build_notice_title
from ._diagnosis import diagnose_notice
from ._notice import Notice
from ._table import READERS, parse_notice

__all__ = [
    "READERS",
    "Notice",
    "build_notice_alert",
    "build_notice_title",
    "diagnose_notice",
    "parse_notice",
]

"""
EventBridge event patterns: write, read, match and explain them.

Everything here behaves as Event Ruler does, the library behind EventBridge. See `the AWS page
on operators <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>`_.
"""

from ._builders import (
    any_of,
    anything_but,
    cidr,
    equals_ignore_case,
    exactly,
    exists,
    numeric,
    prefix,
    suffix,
    wildcard,
)
from ._explanation import BranchExplanation, ConditionExplanation, Explanation
from ._pattern import AnyOf, Element, EventPattern, FieldList, Fields

__all__ = [
    "AnyOf",
    "BranchExplanation",
    "ConditionExplanation",
    "Element",
    "EventPattern",
    "Explanation",
    "FieldList",
    "Fields",
    "any_of",
    "anything_but",
    "cidr",
    "equals_ignore_case",
    "exactly",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
]

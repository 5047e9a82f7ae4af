"""Failed look-ups, each in one sentence for a person on call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..exceptions import THROTTLED, AwsError
from ..judging import Judgement

_NO_ROUTE: Final = "check that the function's subnets can reach AWS (in a VPC through an endpoint)"
_DENIED: Final = "allow the action"
_TOO_MANY: Final = "AWS had too many requests"

#: What to do, by AWS's error code, or by the name of botocore's error if there was no answer.
ADVICE: Final[Mapping[str, str]] = {
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "ConnectTimeoutError": _NO_ROUTE,
    "EndpointConnectionError": _NO_ROUTE,
    "ReadTimeoutError": _NO_ROUTE,
    **dict.fromkeys(THROTTLED, _TOO_MANY),
}


def describe_failure(what: str, error: AwsError, advice: Mapping[str, str] = ADVICE) -> str:
    """
    Return a sentence: what could not be looked up, why, and what to do.

    Args:
        what: What was looked up, such as ``task definition``.
        error: The error of AWS.
        advice: What to do, by the error's code.
    """
    return f"The {what} could not be looked up: {error.advise(advice)}."


def describe_once(judgement: Judgement, what: str, error: AwsError) -> list[str]:
    """Return what `describe_failure()` does, or nothing if an earlier enricher has told *error*."""
    if any(str(error) in sentence for sentence in judgement.diagnosis.unknown):
        return []
    return [describe_failure(what, error)]

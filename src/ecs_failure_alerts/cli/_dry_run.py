"""A dry run of send: the Sentry events, printed."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from ..exceptions import EventError, UnsupportedEvent
from ..judging import judge
from ..notifiers.sentry import sentry_event
from ..settings import event_fields_from_env, policy_from_env
from ._command import FAILED, OK
from ._environ import environ_with, naming_options
from ._files import event_of, faults, place_of, read_records


def dry_run(arguments: Namespace) -> int:
    """Print the Sentry event of each alert, and to standard error why there is none."""
    if arguments.failed:
        raise ValueError(
            "expected --dry-run or --failed, got both: leave out --failed, as nothing is sent"
        )

    environ = environ_with(arguments)
    status = OK
    with naming_options(arguments):
        policy = policy_from_env(environ)
        fields = event_fields_from_env(environ)

    for record in read_records(arguments.files):
        try:
            judgement = judge(event_of(record), policy)
        except EventError as error:
            ignored = isinstance(error, UnsupportedEvent)
            status = status if ignored else FAILED
            why = "; ".join(faults(record, error))
            print(f"{place_of(record)}: {'ignored: ' * ignored}{why}", file=sys.stderr)
            continue

        if judgement.alert:
            print(json.dumps(sentry_event(judgement.alert, **fields)))
        else:
            print(f"{place_of(record)}: {judgement.diagnosis.decision}", file=sys.stderr)

    return status

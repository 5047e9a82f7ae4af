"""A dry run of ``send``: it prints the Sentry events, and where each alert would go."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence

from attrs import frozen

from ..configuration import SENTRY, Configuration, NotifierEntry
from ..exceptions import ConfigError, EventError, UnsupportedEvent
from ..judging import Judgement, judge
from ..notifiers.sentry import sentry_event
from ..policy import FailurePolicy
from ..settings import read_environment
from ..settings.config import notifier_entries, notifier_paths
from ..settings.environment import Environment
from ._command import FAILED, OK
from ._destinations import named_routes
from ._environ import environ_with, naming_options
from ._files import event_of, faults, place_of, read_records
from ._plain_values import try_plain_values
from ._presentation import presented
from ._steps import NamedRoute, trace_event


def dry_run(arguments: Namespace) -> int:
    """Print the Sentry event of each alert, and to standard error where it would go."""
    if arguments.failed:
        raise ValueError(
            "expected --dry-run or --failed, got both: leave out --failed, because nothing is sent"
        )

    status = OK
    with naming_options(arguments):
        environment, configuration = read_environment(environ_with(arguments))
        policy = FailurePolicy(**environment.arguments("policy"))
        destinations = _destinations(environment, configuration)

    for record in read_records(arguments.files, named=True):
        try:
            judgement = judge(event_of(record), policy)
        except EventError as error:
            ignored = isinstance(error, UnsupportedEvent)
            status = status if ignored else FAILED
            why = "; ".join(faults(record, error))
            print(f"{place_of(record)}: {'ignored: ' * ignored}{why}", file=sys.stderr)
            continue

        if judgement.alert:
            destinations.tell(place_of(record), judgement)
        else:
            print(f"{place_of(record)}: {judgement.diagnosis.decision}", file=sys.stderr)

    return status


@frozen(slots=False, eq=False, repr=False)
class _Destinations:
    """
    The destinations of alerts.

    Attributes:
        notifiers: The notifiers, by name.
        routes: The routes to them; None without a configuration: every alert goes to Sentry.
    """

    notifiers: Mapping[str, NotifierEntry]
    routes: Sequence[NamedRoute] | None

    def tell(self, place: str, judgement: Judgement) -> None:
        """Print the events for Sentry, and to standard error where the alert would go."""
        names: Sequence[str] = (SENTRY,)
        if self.routes is not None:
            trace = trace_event(judgement, self.routes)
            names = trace.told
            whom = ", ".join(names) or f"nobody: {trace.end}"
            title = presented(judgement.title)
            print(f"{place}: {title}: would be sent to {whom}", file=sys.stderr)

        for name in names:
            entry = self.notifiers[name]
            if entry.type == SENTRY and judgement.alert:
                fields = {key: value for key, value in entry.arguments.items() if key != "dsn"}
                print(json.dumps(sentry_event(judgement.alert, **fields)))


def _destinations(environment: Environment, configuration: Configuration | None) -> _Destinations:
    sentry = NotifierEntry(SENTRY, environment.arguments("notifier", without="dsn"))
    if configuration is None:
        return _Destinations({SENTRY: sentry}, None)

    entries = notifier_entries(configuration, environment)
    tried = try_plain_values(entries, notifier_paths(configuration, environment))
    if tried.faults or tried.missing:  # the real run would refuse it
        raise ConfigError(configuration.source, [*tried.faults, *tried.missing])

    notifiers = {SENTRY: sentry, **entries}
    return _Destinations(notifiers, list(named_routes(configuration, environment)))

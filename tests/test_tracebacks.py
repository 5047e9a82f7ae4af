"""What an error tracker takes along of an error: no frame of it may hold a secret."""

from __future__ import annotations

import inspect
import json
import logging
import math
import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module, util
from pathlib import Path
from pkgutil import walk_packages
from traceback import TracebackException
from typing import Any

import pytest
import sentry_sdk
from attrs import evolve
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from sentry_sdk.utils import event_from_exception

import ecs_failure_alerts
from ecs_failure_alerts import (
    DeliveryError,
    DeliveryFailed,
    Enricher,
    FailureAlerter,
    FailurePolicy,
    Route,
    SettingsError,
    alerter_from_env,
    build_alert,
    diagnose,
    function_notifier,
    judge,
    parse_event,
    parse_notice,
    read_payload,
)
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts._frames import without_locals
from ecs_failure_alerts.archives import ArchiveReport, Comparison
from ecs_failure_alerts.enrichers import (
    ContainerLogsEnricher,
    LogLinksEnricher,
    LogTemplates,
    TaskDefinitionEnricher,
    TaskDefinitions,
    TaskReleaseEnricher,
    TaskTagsEnricher,
)
from ecs_failure_alerts.notices import build_notice_alert, build_notice_title, diagnose_notice
from ecs_failure_alerts.notifiers._http import ConfirmedPost
from ecs_failure_alerts.notifiers.apprise import AppriseNotifier
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.notifiers.sns import SnsNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ecs_failure_alerts.settings import (
    CONFIG,
    event_fields_from_env,
    policy_from_env,
    read_environment,
)
from ecs_failure_alerts.testing import (
    RecordingNotifier,
    SentryInbox,
    service_action,
    task_state_change,
)
from http_notifiers import SECRET, HttpNotifier, for_each_notifier
from keeping_server import keeping_server
from ports import LOCALHOST, reserved_port
from rows import each

DSN, PARAMETER = "ECS_ALERTS_SENTRY_DSN", "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER"
HERE = str(Path(__file__).parent)

#: What an error says of an alert that was not confirmed.
UNCONFIRMED = r"answered|cannot be reached|did not|refused|broke the connection off"

EVENT = task_state_change(overrides={"containerOverrides": [{"command": [SECRET]}]})
ALERT = build_alert(parse_event(EVENT), diagnose(parse_event(EVENT)))


def taken_along(error: BaseException) -> Iterator[str]:
    """Yield the texts of *error* and its causes, and the variables of all frames but the tests'."""
    seen: TracebackException | None
    seen = TracebackException.from_exception(error, capture_locals=True)
    while seen is not None:
        yield str(seen)
        for frame in seen.stack:
            if not frame.filename.startswith(HERE):
                yield f"{frame.name}: {frame.locals}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def assert_clean(error: BaseException, secret: str = SECRET) -> None:
    """Make sure that nothing of *error* shows the secret."""
    assert [text for text in taken_along(error) if secret in text] == []
    assert secret not in captured(error)


def captured(error: BaseException) -> str:
    """Return what `sentry_sdk` makes of *error* with local variables, without the tests' frames."""
    sent: list[Envelope] = []

    class Kept(Transport):
        def capture_envelope(self, envelope: Envelope) -> None:
            sent.append(envelope)

    client = sentry_sdk.Client("http://k@h/1", transport=Kept, default_integrations=False)
    assert client.options["include_local_variables"]
    event, hint = event_from_exception(error, client_options=client.options)
    for value in event["exception"]["values"]:
        frames = (value.get("stacktrace") or {}).get("frames", [])
        frames[:] = [frame for frame in frames if not frame["abs_path"].startswith(HERE)]
    client.capture_event(event, hint)
    return json.dumps([envelope.get_event() for envelope in sent])


@each("of_a_function", [False, True], ids=["dsn", "function"])
@each("fault", [401, 413, 500, "html", "reset", "close", "hang"])
def test_an_unconfirmed_alert_takes_neither_dsn_nor_event_along(
    fault: Any, of_a_function: bool
) -> None:
    with SentryInbox(key=SECRET) as inbox:
        inbox.answer(fault)
        dsn: Any = (lambda: inbox.dsn) if of_a_function else inbox.dsn
        notifier = SentryNotifier(dsn, attempts=2)
        with pytest.raises(Exception, match=UNCONFIRMED) as caught:
            notifier.notify(ALERT, timeout=0.15 if fault == "hang" else 5)
    assert_clean(caught.value)


@each(
    "way",
    [
        pytest.param("http://{key}@127.0.0.1:{port}/1", id="refused"),
        pytest.param("http://{key}@sentry.invalid/1", id="name"),
        pytest.param("https://{key}@127.0.0.1:{port}/1", id="tls"),
    ],
)
@each("of_a_function", [False, True], ids=["dsn", "function"])
def test_an_alert_without_a_server_takes_neither_dsn_nor_event_along(
    way: str, of_a_function: bool
) -> None:
    with reserved_port() as port:
        given = way.format(key=SECRET, port=port)
        dsn: Any = (lambda: given) if of_a_function else given
        notifier = SentryNotifier(dsn, attempts=1)
        with pytest.raises(Exception, match=UNCONFIRMED) as caught:
            notifier.notify(ALERT, timeout=2)
    assert_clean(caught.value)


def test_a_refusing_proxy_takes_neither_password_nor_dsn_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with reserved_port() as port:
        monkeypatch.setenv("http_proxy", f"http://user:{SECRET}@{LOCALHOST}:{port}")
        notifier = SentryNotifier(f"http://{SECRET}@sentry.invalid/1", attempts=1)
        with pytest.raises(Exception, match=UNCONFIRMED) as caught:
            notifier.notify(ALERT, timeout=2)
    assert_clean(caught.value)


@each(
    "dsn",
    [
        f"https://{SECRET}@h/bad",
        f"htp://{SECRET}@h/1",
        f"https://{SECRET}@h:x/1",
        f"https://{SECRET}ключ@h/1",
        SECRET,
    ],
)
def test_a_malformed_dsn_is_not_taken_along(dsn: str) -> None:
    """Whoever gives it, the error can be shown."""
    with pytest.raises(ValueError, match="expected a Sentry DSN") as direct:
        SentryNotifier(dsn)
    assert_clean(direct.value)
    with pytest.raises(Exception, match="expected a Sentry DSN") as read:
        SentryNotifier(lambda: dsn).notify(ALERT)
    assert_clean(read.value)
    with pytest.raises(SettingsError) as setting:
        alerter_from_env({"ECS_ALERTS_SENTRY_DSN": dsn, "PASSWORD": SECRET})
    assert_clean(setting.value)


def test_a_dsn_of_bytes_is_malformed_and_not_taken_along() -> None:
    """Some services give bytes."""
    dsn: Any = f"https://{SECRET}@h/1".encode()
    with pytest.raises(ValueError, match="expected a Sentry DSN") as direct:
        SentryNotifier(dsn)
    assert_clean(direct.value)
    with pytest.raises(DeliveryError, match="cannot be used: expected a string") as read:
        SentryNotifier(lambda: dsn).notify(ALERT)
    assert_clean(read.value)


@for_each_notifier
def test_a_refused_argument_takes_neither_address_nor_key_along(new: HttpNotifier) -> None:
    """The constructor of a notifier is handed its secrets, so it is `without_locals`."""
    with pytest.raises(ValueError, match="at least one attempt") as caught:
        new(443, attempts=0)
    assert_clean(caught.value)


@each(
    "call",
    [
        pytest.param(FailureAlerter, id="alerter"),
        pytest.param(lambda given: FailureAlerter(LogNotifier(), enrichers=[given]), id="enricher"),
        pytest.param(lambda given: FailureAlerter(LogNotifier(), policy=given), id="policy"),
        pytest.param(Route, id="route"),
        pytest.param(function_notifier, id="function"),
        pytest.param(SnsNotifier, id="topic"),
    ],
)
@each("given", [f"https://{SECRET}@h/1", {DSN: SECRET}], ids=["dsn", "environment"])
def test_a_secret_in_the_place_of_something_else_is_not_taken_along(
    call: Callable[[Any], object], given: Any
) -> None:
    with pytest.raises((TypeError, ValueError), match="expected") as caught:
        call(given)
    assert_clean(caught.value)


@for_each_notifier
def test_an_event_in_the_place_of_an_alert_is_not_taken_along(new: HttpNotifier) -> None:
    event: Any = EVENT
    with pytest.raises(Exception, match=r".") as caught:
        new(9, attempts=1).notify(event, timeout=1)
    assert_clean(caught.value)


def test_wrong_certificates_take_neither_dsn_nor_password_along() -> None:
    with pytest.raises(ValueError, match="ca_certs: no CA certificates") as certificates:
        SentryNotifier("https://k@h/1", ca_certs="/nowhere", proxy=f"http://user:{SECRET}@h:1")
    assert_clean(certificates.value)


#: A key that signs, with the secret in it.
SIGNING_KEY = f"whsec_{SECRET}"


@each("by_function", [False, True], ids=["given", "function"])
@each("fault", [401, 500, "reset", "close", "hang"])
@for_each_notifier
def test_an_unconfirmed_post_takes_neither_address_nor_key_nor_event_along(
    new: HttpNotifier, fault: Any, by_function: bool
) -> None:
    steps = {
        "hang": "never",
        401: b"HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n",
        500: b"HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
    }
    with keeping_server(*[steps.get(fault, fault)] * 4) as server:
        notifier = new(server.port, "http", by_function=by_function, attempts=2)
        with pytest.raises(DeliveryError, match=UNCONFIRMED) as caught:
            notifier.notify(ALERT, timeout=0.15 if fault == "hang" else 5)
    assert_clean(caught.value)


@each(
    ("url", "key"),
    [
        (f"htp://h/{SECRET}", SIGNING_KEY),
        (f"https://user:{SECRET}@h:x/", SIGNING_KEY),
        ("https://h/", SECRET),
        (SECRET, None),
    ],
)
@each("of_a_function", [False, True], ids=["given", "function"])
def test_a_malformed_webhook_is_not_taken_along(
    url: str, key: str | None, of_a_function: bool
) -> None:
    given: Any = (lambda: url) if of_a_function else url
    with pytest.raises((ValueError, DeliveryError), match="expected a") as caught:
        WebhookNotifier(given, signing_key=key).notify(ALERT)
    assert_clean(caught.value)


@pytest.mark.parametrize("of_a_function", [False, True], ids=["given", "function"])
@pytest.mark.parametrize(
    "url",
    [
        f"json://user:{SECRET}@127.0.0.1:{{port}}/{SECRET}?+X-Key={SECRET}",
        f"nonsense://{SECRET}",
        SECRET,
    ],
)
def test_an_error_of_apprise_takes_nothing_of_the_url_along(
    url: str, of_a_function: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Though its debug log would hold it."""
    caplog.set_level(1)
    with reserved_port() as port:
        written = url.format(port=port)
        given: Any = (lambda: written) if of_a_function else written
        with pytest.raises((ValueError, DeliveryError)) as caught:
            AppriseNotifier(given).notify(ALERT, timeout=2)
    assert_clean(caught.value)


@pytest.mark.parametrize("raised", [KeyError(SECRET), SettingsError("X", "y")], ids=repr)
def test_an_error_of_the_function_that_reads_the_dsn_shows_its_type_alone(
    raised: Exception,
) -> None:
    def read() -> str:
        raise raised

    with pytest.raises(Exception, match=f"it raised {type(raised).__name__}") as caught:
        SentryNotifier(read).notify(ALERT)
    assert_clean(caught.value)


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({DSN: f"https://{SECRET}@h/1", "ECS_ALERTS_PARTIAL_BATCH": "x"}, id="switch"),
        pytest.param({DSN: f"https://{SECRET}@h/1", "ECS_ALERTS_ENVIRONMENT": "a/b"}, id="name"),
        pytest.param({DSN: f"https://{SECRET}@h/1", PARAMETER: "/p"}, id="conflict"),
        pytest.param({}, id="missing"),
        pytest.param({PARAMETER: f"https://{SECRET}@h/1"}, id="dsn-for-a-name"),
        pytest.param({PARAMETER: "/p"}, id="boto3"),
    ],
)
def test_an_error_of_the_settings_takes_nothing_of_the_environment_along(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises((SettingsError, ModuleNotFoundError)) as caught:
        alerter_from_env({**environ, "AWS_SECRET_ACCESS_KEY": SECRET})
    assert_clean(caught.value)


@pytest.mark.parametrize("read", [policy_from_env, event_fields_from_env])
def test_an_error_of_a_part_of_the_settings_takes_nothing_along(
    read: Callable[[dict[str, str]], object],
) -> None:
    wrong = {"ECS_ALERTS_IGNORE_EXIT_CODES": "x", "ECS_ALERTS_ENVIRONMENT": "a/b"}
    with pytest.raises(SettingsError) as caught:
        read({**wrong, "AWS_SECRET_ACCESS_KEY": SECRET})
    assert_clean(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(f"dsn = '{SECRET}", id="TOML"),
        pytest.param(f'{{"dsn": "{SECRET}"', id="JSON"),
        pytest.param(f"dsn = 'https://{SECRET}@h/1'", id="unknown key"),
        pytest.param(
            f"[notifiers.a]\ntype = 'sentry'\ndsn = 'https://{SECRET}@h/1'\nrelease = 5",
            id="fault beside it",
        ),
        pytest.param(
            f"[notifiers.a]\ntype = 'webhook'\nurl = 'https://{SECRET}@h/'\n"
            f"signing_key = '{SECRET}'",
            id="no notifier can be made of it",
        ),
    ],
)
def test_an_error_of_a_configuration_takes_no_secret_along(document: str) -> None:
    with pytest.raises(SettingsError) as caught:
        alerter_from_env({"ECS_ALERTS_CONFIG": document})
    assert_clean(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_unusable_proxy_is_named_by_its_variable_and_not_taken_along(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", f"http://user:{SECRET}@host:x")
    with pytest.raises(SettingsError) as caught:
        alerter_from_env({DSN: f"{scheme}://{SECRET}@h/1"})
    assert caught.value.variable == f"{scheme.upper()}_PROXY"
    assert_clean(caught.value)
    with pytest.raises(ValueError, match=r"^proxy: ") as given:
        SentryNotifier("http://k@h/1", proxy=f"http://user:{SECRET}@host:x")
    assert_clean(given.value)
    late = SentryNotifier(lambda: "http://k@h/1", proxy=f"http://user:{SECRET}@host:x")
    with pytest.raises(DeliveryError, match=r"^sentry: proxy: ") as used:
        late.notify(ALERT)
    assert_clean(used.value)
    with pytest.raises(Exception, match=f"^sentry: {scheme.upper()}_PROXY: ") as read:
        SentryNotifier(lambda: f"{scheme}://{SECRET}@h/1").notify(ALERT)
    assert_clean(read.value)


def test_unreadable_certificates_are_named_by_the_variable_that_gave_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    with pytest.raises(SettingsError) as caught:
        alerter_from_env({DSN: f"https://{SECRET}@h/1"})
    assert caught.value.variable == "SSL_CERT_FILE"
    assert_clean(caught.value)


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda event: event, id="direct"),
        pytest.param(
            lambda event: [event, {**event, "detail": {"lastStatus": 5}}], id="unreadable"
        ),
    ],
)
def test_only_the_handlers_own_frame_holds_the_event(
    wrap: Callable[[Any], Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    with SentryInbox(key=SECRET) as inbox:
        inbox.answer(503)
        alerter = FailureAlerter(SentryNotifier(inbox.dsn, attempts=1))
        with pytest.raises(DeliveryFailed) as caught:
            alerter.handle(wrap(EVENT), None)
    assert_clean(caught.value)
    for outcome in caught.value.report.outcomes:
        for error in outcome.errors:
            assert_clean(error)


@pytest.mark.parametrize("url", [f"htp://h/{SECRET}", f"http://h:x/{SECRET}", f"http:///{SECRET}"])
def test_an_address_with_a_token_is_not_taken_along(url: str) -> None:
    """An address that cannot be used shows nothing of its path."""
    with pytest.raises(ValueError, match="expected an address") as caught:
        ConfirmedPost(url, headers={"X-Token": SECRET})
    assert_clean(caught.value)


@pytest.mark.parametrize("fault", [401, 500, "reset"])
def test_a_post_that_fails_takes_no_address_along(fault: Any) -> None:
    """Neither the address with its token nor the headers stand in a frame."""
    with SentryInbox() as inbox:
        inbox.answer(fault)
        url = f"http://{LOCALHOST}:{inbox.port}/api/1/envelope/?token={SECRET}"
        post = ConfirmedPost(url, headers={"X-Token": SECRET}, attempts=1)
        with pytest.raises(DeliveryError) as caught:
            post.send(b"x", bool, Deadline.after(2))
    assert_clean(caught.value)


class Broken(dict[str, Any]):
    """An event that fails as it is read."""

    def get(self, *_: object) -> Any:
        """Fail."""
        raise RuntimeError("broken")

    items = __getitem__ = __iter__ = get


class BrokenContext:
    """A Lambda context that fails."""

    def get_remaining_time_in_millis(self) -> int:
        """Fail."""
        raise RuntimeError("broken")


WRONG_ENVIRONMENT = {
    "ECS_ALERTS_ENVIRONMENT": "a/b",
    "ECS_ALERTS_IGNORE_EXIT_CODES": "x",
    "PASSWORD": SECRET,
}
CUT_OFF = json.dumps(EVENT)[:-1]
WRONG_TYPE = {**EVENT, "detail": {**EVENT["detail"], "lastStatus": 5}}
WRONG_NOTICE = {**service_action("X", note=SECRET), "detail": [SECRET]}
ANOTHER = {**EVENT, "source": "custom", "detail-type": "x"}
TASK = evolve(parse_event(EVENT), stopped_reason=SECRET)
NOTICE = evolve(parse_notice(service_action("SERVICE_TASK_PLACEMENT_FAILURE")), reason=SECRET)
BROKEN = Broken(EVENT)
LIST: Any = [EVENT]
ALERTER = FailureAlerter(RecordingNotifier())
PATTERN = FailurePolicy().event_pattern()
MISSING: Any = None
NO_POLICY: Any = {}

#: Calls that raise, for each public function that is handed an event, a payload or the environment.
FAILING: dict[str, list[Callable[[], object]]] = {
    "alerter_from_env": [partial(alerter_from_env, WRONG_ENVIRONMENT)],
    "policy_from_env": [partial(policy_from_env, WRONG_ENVIRONMENT)],
    "read_environment": [partial(read_environment, {**WRONG_ENVIRONMENT, CONFIG: "[["})],
    "event_fields_from_env": [partial(event_fields_from_env, WRONG_ENVIRONMENT)],
    "parse_event": [
        partial(parse_event, event) for event in (CUT_OFF, WRONG_TYPE, ANOTHER, LIST, BROKEN)
    ],
    "parse_notice": [
        partial(parse_notice, event) for event in (CUT_OFF, WRONG_NOTICE, ANOTHER, LIST, BROKEN)
    ],
    "judge": [
        partial(judge, event)
        for event in (CUT_OFF, WRONG_TYPE, WRONG_NOTICE, {**ANOTHER, "detail": EVENT}, BROKEN)
    ],
    "diagnose": [partial(diagnose, evolve(TASK, containers=MISSING))],
    "build_alert": [partial(build_alert, TASK, MISSING), partial(build_alert, NOTICE, MISSING)],
    "diagnose_notice": [partial(diagnose_notice, NOTICE, MISSING)],
    "build_notice_alert": [partial(build_notice_alert, NOTICE, MISSING)],
    "build_notice_title": [partial(build_notice_title, NOTICE, MISSING)],
    "read_payload": [lambda: list(read_payload(BROKEN)), lambda: list(read_payload([BROKEN]))],
    "ArchiveReport.add": [partial(ArchiveReport(NO_POLICY).add, EVENT)],
    "ArchiveReport.add_diagnosis": [partial(ArchiveReport().add_diagnosis, TASK, MISSING)],
    "Comparison.add": [partial(Comparison.of(NO_POLICY, NO_POLICY).add, EVENT)],
    "EventPattern.matches": [partial(PATTERN.matches, event) for event in (CUT_OFF, LIST, BROKEN)],
    "EventPattern.explain": [partial(PATTERN.explain, event) for event in (CUT_OFF, LIST, BROKEN)],
    "FailureAlerter.process": [
        partial(ALERTER.process, BROKEN),
        partial(ALERTER.process, EVENT, timeout=math.nan),
    ],
    "FailureAlerter.process_records": [
        partial(ALERTER.process_records, LIST),
        partial(ALERTER.process_records, read_payload(EVENT), timeout=math.nan),
    ],
    "FailureAlerter.handle": [
        partial(ALERTER.handle, BROKEN, None),
        partial(ALERTER.handle, EVENT, BrokenContext()),
        partial(ALERTER.handle, CUT_OFF, None),
    ],
}


def public_functions() -> Iterator[Callable[..., object]]:
    """Find the functions and methods that a module's ``__all__`` offers, beside the test tools."""
    names = [
        found.name for found in walk_packages(ecs_failure_alerts.__path__, "ecs_failure_alerts.")
    ]
    apart = re.compile(r"ecs_failure_alerts\.(cli|testing|__main__)\b")
    for name in ["ecs_failure_alerts", *(name for name in names if not apart.match(name))]:
        module = import_module(name)
        for value in (getattr(module, name) for name in getattr(module, "__all__", ())):
            members = vars(value).items() if inspect.isclass(value) else [("", value)]
            for member, function in members:
                if inspect.isfunction(function) and not member.startswith("_"):
                    yield function


def test_every_public_function_that_is_handed_an_event_has_a_failing_call() -> None:
    """The functions are found by their parameters' names and types."""
    handed = re.compile(r"(environ|events?|payload|records?|notice): |\b(Raw)?Event\b|SourceRecord")
    found = {
        function.__qualname__
        for function in public_functions()
        for parameter in inspect.signature(function).parameters.values()
        if handed.search(f"{parameter.name}: {parameter.annotation}")
    }
    assert found == set(FAILING)


@each(
    "call",
    [
        pytest.param(call, id=f"{name}-{number}")
        for name, calls in FAILING.items()
        for number, call in enumerate(calls)
    ],
)
def test_what_a_public_function_raises_takes_nothing_along(call: Callable[[], object]) -> None:
    with pytest.raises(Exception, match=r".") as caught:
        call()
    assert_clean(caught.value)


def test_the_errors_of_records_and_outcomes_take_nothing_along() -> None:
    """They are handed over without being raised."""
    payload = [CUT_OFF, WRONG_TYPE, WRONG_NOTICE, {**ANOTHER, "detail": EVENT}]
    outcomes = ALERTER.process(payload).outcomes
    errors = [error for outcome in outcomes for error in outcome.errors]
    assert len(errors) == len(payload)
    for error in errors:
        assert_clean(error)


def test_the_lines_of_a_traceback_and_the_frames_of_the_caller_are_kept() -> None:
    """Nobody who looks for a bug misses more than the values."""

    def callers_own(value: str) -> None:
        raise LookupError(len(value))

    @without_locals
    def fail(value: str) -> None:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError(len(value)) from error

    try:
        callers_own(SECRET)
    except LookupError as error:
        handled = error
        with pytest.raises(ValueError, match="32") as caught:
            fail(SECRET)

    assert [entry.name for entry in caught.traceback][-2:] == ["call", "fail"]
    assert caught.traceback[-1].locals == {}
    inner = caught.value.__cause__
    assert inner is not None
    assert inner.__context__ is handled
    assert SECRET in str(
        TracebackException.from_exception(handled, capture_locals=True).stack[-1].locals
    )


TEMPLATES = LogTemplates("/ecs/{family}")
ENRICHERS: list[Enricher] = [
    ContainerLogsEnricher(templates=TEMPLATES),
    LogLinksEnricher(TEMPLATES),
    TaskDefinitionEnricher(),
    TaskReleaseEnricher(TaskDefinitions()),
    TaskTagsEnricher(TaskDefinitions(keys=["team"])),
]


class _Broken:
    """A judgement that cannot be read."""

    @property
    def event(self) -> None:
        raise RuntimeError("broken")


@each("enricher", ENRICHERS, ids=lambda enricher: type(enricher).__name__)
def test_an_enricher_takes_nothing_of_the_event_along(enricher: Enricher) -> None:
    """Its frame would hold the judgement, and that the event."""
    judgement: Any = _Broken()
    with pytest.raises(RuntimeError, match="broken") as caught:
        enricher.enrich(judgement, timeout=5)
    (frame,) = [entry for entry in caught.traceback if entry.name == "enrich"]
    assert frame.locals == {}

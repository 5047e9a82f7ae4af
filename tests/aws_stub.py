"""A loopback server that the AWS SDK takes for AWS, and that does as badly as it is told."""

from __future__ import annotations

import importlib
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl

import pytest

#: What the server does instead of answering: it hangs, sends a byte now and then, or hangs up.
Fault: TypeAlias = Literal["hang", "trickle", "reset"]

#: An answer, with its status; or a fault.
Answer: TypeAlias = tuple[int, Mapping[str, Any]] | Fault

#: The key and the token by which the server knows who assumed a role.
ROLE_KEY: Final = "ASIAOFTHEROLE0000000"
ROLE_TOKEN: Final = "t0ken-of-the-role"

#: What botocore's events are called. It finds that out for each of the hundred handlers of each
#: session anew, which takes a fifth of the time in which a client is made.
_EVENT_NAMES: Final[dict[str, str]] = {}

#: How long the SDK waits before it asks again: a second or two in life.
_BACKOFF_SECONDS: Final = 0.01

_ASSUMED: Final = f"""\
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId><Arn>arn:aws:sts::1:assumed-role/a/b</Arn>
</AssumedRoleUser><Credentials><AccessKeyId>{ROLE_KEY}</AccessKeyId>
<SecretAccessKey>s3cr3t-of-the-role</SecretAccessKey><SessionToken>{ROLE_TOKEN}</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
</AssumeRoleResponse>"""
_ANSWERED: Final = "<{0}Response><{0}Result>{1}</{0}Result></{0}Response>"
_REFUSED: Final = """\
<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>
<Message>arn:aws:iam::1:user/s3cr3t</Message></Error></ErrorResponse>"""


def refused(code: str) -> Answer:
    """Return AWS's refusal, with a text that names somebody."""
    return 400, {"__type": code, "message": "arn:aws:iam::1:user/s3cr3t"}


class AwsStub(ThreadingHTTPServer):
    """
    The server.

    Attributes:
        held: The answer to every request that has none of its own.
        answers: Answers of their own, by operation, such as ``DescribeTaskDefinition``.
        asked: The requests: their targets and bodies.
        regions: The Region of each request.
        keys: The access key by which each request was signed.
    """

    daemon_threads = True
    request_queue_size = 50  # who finds it full tries again after a second

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Aws)
        self.held: Answer = (200, {})
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.regions: list[str] = []
        self.keys: list[str] = []
        self.connections = 0
        self.closing = threading.Event()
        self._once: dict[str, Answer] = {}

    def answer_once(self, operation: str, answer: Answer) -> None:
        """Answer the next request of *operation* so, and the following as ever."""
        self._once[operation] = answer

    def next_answer(self, operation: str) -> Answer:
        """Return the answer to a request."""
        return self._once.pop(operation, self.answers.get(operation, self.held))

    def handle_error(self, *args: object) -> None:
        """Print nothing of a client that has left."""

    @property
    def env(self) -> dict[str, str]:
        """The variables that lead the AWS SDK to it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_address[1]}",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_CONFIG_FILE": os.devnull,
        }


class _Aws(BaseHTTPRequestHandler):
    """Answers as AWS's JSON services do, and STS and SNS in XML."""

    server: AwsStub
    protocol_version = "HTTP/1.1"
    timeout = 10

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        """Note the request and answer it, or do not."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target")
        fields = json.loads(body) if target else dict(parse_qsl(body.decode()))
        in_xml = target is None
        target = target or f"Query.{fields['Action']}"
        self.server.asked.append((target, fields))
        # Credential=KEY/DATE/REGION/SERVICE/aws4_request
        key, _, region, *_ = self.headers["Authorization"].partition("Credential=")[2].split("/")
        self.server.regions.append(region)
        self.server.keys.append(key)
        logging.getLogger("botocore.parsers").debug("of another thread")

        answer = self.server.next_answer(target.rpartition(".")[2])
        if answer == "reset":
            self.close_connection = True
        elif answer == "hang":
            self.server.closing.wait(30)
            self.close_connection = True
        elif isinstance(answer, str):
            self._head(200, 1000)
            while not self.server.closing.wait(0.02):
                self.wfile.write(b" ")
        else:
            self._send(*answer, operation=target.rpartition(".")[2] if in_xml else None)

    def _send(self, status: int, answer: Mapping[str, Any], *, operation: str | None) -> None:
        text = json.dumps(answer)
        if operation and status != 200:
            text = _REFUSED.format(code=answer["__type"])
        elif operation:
            values = "".join(f"<{name}>{value}</{name}>" for name, value in answer.items())
            text = _ASSUMED if operation == "AssumeRole" else _ANSWERED.format(operation, values)
        self._head(status, len(text.encode()))
        self.wfile.write(text.encode())

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@contextmanager
def aws_stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Run a server, and lead the AWS SDK of this process to it, while the block lasts."""
    pytest.importorskip("boto3")
    backoff = importlib.import_module("botocore.retries.standard").ExponentialBackoff
    monkeypatch.setattr(backoff, "delay_amount", lambda self, context: _BACKOFF_SECONDS)
    _remember_event_names(monkeypatch)
    with AwsStub() as server:
        threading.Thread(target=server.serve_forever, args=(0.002,), daemon=True).start()
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()


def _remember_event_names(monkeypatch: pytest.MonkeyPatch) -> None:
    aliaser = importlib.import_module("botocore.hooks").EventAliaser
    find = aliaser._alias_event_name

    def remembered(self: Any, name: str) -> str:
        if name not in _EVENT_NAMES:
            _EVENT_NAMES[name] = find(self, name)
        return _EVENT_NAMES[name]

    monkeypatch.setattr(aliaser, "_alias_event_name", remembered)

"""
AWS Lambda on loopback: the real Python runtime client under a Runtime API of our own.

The function runs in a process of its own with `awslambdaric`, as in Lambda's image. As
in Lambda, that process is frozen between invocations, killed and replaced when it runs
out of time, and sees only the environment variables that Lambda sets.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from types import TracebackType
from typing import Any, Self

from attrs import define, field, frozen

REGION = "eu-west-1"
FUNCTION_NAME = "ecs-failure-alerts"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:123456789012:function:{FUNCTION_NAME}"
INIT_SECONDS = 10.0  # Lambda's own limit for the init phase

_API = "/2018-06-01/runtime"


@frozen
class Invocation:
    """
    What became of one invocation.

    Attributes:
        request_id: Its id; the retries of an asynchronous event share it.
        payload: What the function was given.
        result: What it returned, read from its JSON; None where it failed.
        error: What Lambda would report of a failure (``errorType``, ``errorMessage``, …),
            or None where it succeeded.
        timed_out: Whether it was killed for taking too long.
        cold: Whether a new process was started for it.
        duration: Seconds from the hand-over to the answer, without the start.
        log: What the process wrote to stdout and stderr meanwhile; with the start, if cold.
    """

    request_id: str
    payload: Any = field(repr=False)
    result: Any
    error: Mapping[str, Any] | None
    timed_out: bool
    cold: bool
    duration: float
    log: str = field(repr=False)

    @property
    def succeeded(self) -> bool:
        """Whether Lambda would call it a success."""
        return self.error is None

    @property
    def error_type(self) -> str | None:
        """The type of the error, such as ``ValueError``."""
        return None if self.error is None else self.error.get("errorType")

    @property
    def error_message(self) -> str | None:
        """The message of the error."""
        return None if self.error is None else self.error.get("errorMessage")


@frozen
class AsyncInvocation:
    """
    What became of an event that was queued for the function, as EventBridge does.

    Attributes:
        attempts: Every attempt, in order.
        on_failure: The record that Lambda sends to the on-failure destination once all
            attempts failed, else None.
    """

    attempts: tuple[Invocation, ...]
    on_failure: Mapping[str, Any] | None

    @property
    def succeeded(self) -> bool:
        """Whether the last attempt succeeded."""
        return self.attempts[-1].succeeded


class LambdaSandbox:
    """
    One function and the process that it runs in; a context manager.

    Args:
        code: The folder that is deployed, or a file in it.
        handler: Module and function, as in Lambda's settings.
        env: The function's own environment variables.
        timeout_seconds: The function's timeout.
        python: The interpreter; the packages it has are the deployed ones.
    """

    def __init__(
        self,
        code: Path,
        handler: str = "handler.lambda_handler",
        *,
        env: Mapping[str, str] | None = None,
        timeout_seconds: float = 10.0,
        python: str = sys.executable,
    ) -> None:
        self._root = code.parent if code.is_file() else code
        self._handler = handler
        self._env = dict(env or {})
        self._timeout = timeout_seconds
        self._python = python
        self._process: _Process | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, as Lambda ends an idle one; the next invocation is a cold one."""
        if self._process is not None:
            self._process.close()
            self._process = None

    @property
    def pid(self) -> int | None:
        """The process that is kept warm, or None."""
        return None if self._process is None else self._process.pid

    def invoke(self, payload: Any, *, request_id: str | None = None) -> Invocation:
        """
        Invoke the function and wait for its answer.

        Args:
            payload: Anything JSON; a string or bytes go over as they are.
            request_id: A fixed id, or None for a new one.
        """
        request_id = request_id or str(uuid.uuid4())
        with self._lock:
            cold = self._process is None
            process = self._process or _Process(self._command(), self._environment(), self._root)
            self._process = process
            answer, duration = process.invoke(_body(payload), request_id, self._timeout)
            if answer.timed_out or process.ended:
                self.close()
            return Invocation(
                request_id,
                payload,
                answer.result,
                answer.error,
                answer.timed_out,
                cold,
                duration,
                process.new_log(),
            )

    def invoke_async(self, payload: Any, *, retries: int = 2) -> AsyncInvocation:
        """
        Invoke as EventBridge, SNS and S3 do: Lambda answers at once and retries failures.

        Lambda waits one minute, then two; here the retries follow at once.

        Args:
            payload: Anything JSON.
            retries: The function's ``MaximumRetryAttempts``.
        """
        request_id = str(uuid.uuid4())
        attempts = [self.invoke(payload, request_id=request_id)]
        while not attempts[-1].succeeded and len(attempts) <= retries:
            attempts.append(self.invoke(payload, request_id=request_id))
        failed = not attempts[-1].succeeded
        return AsyncInvocation(tuple(attempts), _destination_record(attempts) if failed else None)

    def _command(self) -> list[str]:
        return [self._python, "-m", "awslambdaric", self._handler]

    def _environment(self) -> dict[str, str]:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return {
            "_HANDLER": self._handler,
            "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example",
            "AWS_SESSION_TOKEN": "example",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_FUNCTION_NAME": FUNCTION_NAME,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{FUNCTION_NAME}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef",
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "LAMBDA_TASK_ROOT": str(self._root),
            "LANG": "en_US.UTF-8",
            "PATH": os.defpath,
            "TZ": ":UTC",
            **self._env,
        }


@contextlib.contextmanager
def invoke_api(sandbox: LambdaSandbox) -> Iterator[str]:
    """
    Serve Lambda's Invoke API for the function, and yield its URL.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["Content-Length"]))
            invocation = sandbox.invoke(payload)
            answer = invocation.result if invocation.succeeded else invocation.error
            body = json.dumps(answer).encode()

            self.send_response(200)
            if not invocation.succeeded:
                self.send_header("X-Amz-Function-Error", "Unhandled")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Be quiet."""

    with ThreadingTCPServer(("127.0.0.1", 0), Api) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _body(payload: Any) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return (payload if isinstance(payload, str) else json.dumps(payload)).encode()


def _destination_record(attempts: list[Invocation]) -> dict[str, Any]:
    """
    Build what an on-failure destination gets.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    last = attempts[-1]
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "requestContext": {
            "requestId": last.request_id,
            "functionArn": f"{FUNCTION_ARN}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": len(attempts),
        },
        "requestPayload": json.loads(_body(last.payload)),
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": last.error,
    }


@frozen
class _Answer:
    """What came back from the function, or what Lambda says in its place."""

    result: Any = None
    error: Mapping[str, Any] | None = None
    timed_out: bool = False


@define
class _State:
    """What the Runtime API and the process's watcher know; guarded by *changed*."""

    changed: threading.Condition = field(factory=threading.Condition)
    idle: bool = False
    pending: tuple[bytes, dict[str, str]] | None = None
    current: str | None = None
    answer: _Answer | None = None
    init_error: Mapping[str, Any] | None = None
    exit_code: int | None = None
    closing: bool = False


class _Process:
    """A process of the function, with its Runtime API."""

    def __init__(self, command: list[str], environment: dict[str, str], root: Path) -> None:
        self._state = _State()
        self._server = _RuntimeApi(self._state)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            command,
            cwd=root,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": self._server.address},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True),
            threading.Thread(target=self._watch, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self.pid = self._process.pid
        self._log_read = 0
        self._log_text: str | None = None

    def invoke(self, body: bytes, request_id: str, timeout: float) -> tuple[_Answer, float]:
        """Hand an event over, wait for the answer, and freeze the process."""
        state = self._state
        if not self._wait(lambda: state.idle, INIT_SECONDS):
            error = state.init_error or self._exit_error(request_id)
            return _Answer(error=error, timed_out=state.exit_code is None), 0.0
        self._signal(signal.SIGCONT)
        begin = time.monotonic()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
        }
        with state.changed:
            state.answer = None
            state.current = request_id
            state.idle = False
            state.pending = (body, headers)
            state.changed.notify_all()
        answered = self._wait(lambda: state.answer is not None, timeout)
        duration = time.monotonic() - begin
        if answered and state.answer is not None:
            self._wait(lambda: state.idle, INIT_SECONDS)
            self._signal(signal.SIGSTOP)
            return state.answer, duration
        if state.exit_code is not None:
            return _Answer(error=self._exit_error(request_id)), duration
        message = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
        error = {"errorType": "Sandbox.Timedout", "errorMessage": message}
        return _Answer(error=error, timed_out=True), duration

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        with self._state.changed:
            return self._state.exit_code is not None

    def new_log(self) -> str:
        """Return what was logged since the last call."""
        if self._log_text is None:
            text = self._read_log()
        else:
            text, self._log_text = self._log_text, ""
        return text

    def close(self) -> None:
        """Kill the process, frozen or not, and stop its Runtime API."""
        self._signal(signal.SIGKILL)
        with self._state.changed:
            self._state.closing = True
            self._state.changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()
        self._log_text = self._read_log()
        self._log.close()

    def _wait(self, holds: Callable[[], bool], timeout: float) -> bool:
        """Wait until *holds* or the process is gone; give what holds then."""
        with self._state.changed:
            self._state.changed.wait_for(
                lambda: holds() or self._state.exit_code is not None, timeout
            )
            return holds()

    def _exit_error(self, request_id: str) -> dict[str, str]:
        code = self._state.exit_code
        how = "no init within its time"
        if code is not None:
            how = f"exit status {code}" if code >= 0 else f"signal: {signal.strsignal(-code)}"
        message = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
        return {"errorType": "Runtime.ExitError", "errorMessage": message}

    def _watch(self) -> None:
        code = self._process.wait()
        with self._state.changed:
            self._state.exit_code = code
            self._state.changed.notify_all()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def _read_log(self) -> str:
        text = os.pread(self._log.fileno(), 10_000_000, self._log_read)
        self._log_read += len(text)
        return text.decode(errors="replace")


class _RuntimeApi(ThreadingTCPServer):
    """
    The API that a runtime polls.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
    """

    allow_reuse_address = True
    daemon_threads = False

    def __init__(self, state: _State) -> None:
        self.state = state
        super().__init__(("127.0.0.1", 0), _RuntimeApiHandler)
        host, port = self.server_address[:2]
        self.address = f"{host!s}:{port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show nothing of a connection that the killed process left."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _RuntimeApiHandler(BaseHTTPRequestHandler):
    """One request of the runtime."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise a warm call takes 85 ms
    server: _RuntimeApi

    def do_GET(self) -> None:
        """Answer ``next`` once there is an invocation."""
        state = self.server.state
        self.close_connection = True
        if self.path != f"{_API}/invocation/next":
            self._reply(404, b"{}", {})
            return
        with state.changed:
            state.idle = True
            state.changed.notify_all()
            state.changed.wait_for(lambda: state.pending is not None or state.closing)
            if state.pending is None:
                return
            body, headers = state.pending
            state.pending = None
        self._reply(200, body, headers)

    def do_POST(self) -> None:
        """Take a response or an error."""
        state = self.server.state
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with state.changed:
            kinds: dict[str, Callable[[Any], None]] = {
                f"{_API}/invocation/{state.current}/response": self._response,
                f"{_API}/invocation/{state.current}/error": self._error,
                f"{_API}/init/error": self._init_error,
            }
            take = kinds.get(self.path)
            if take is not None:
                take(json.loads(body))
                state.changed.notify_all()
        self._reply(202 if take else 400, b'{"status":"OK"}', {})

    def _response(self, result: Any) -> None:
        self.server.state.answer = _Answer(result=result)

    def _error(self, error: Any) -> None:
        self.server.state.answer = _Answer(error=error)

    def _init_error(self, error: Any) -> None:
        self.server.state.init_error = error

    def _reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""

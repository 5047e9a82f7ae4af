"""
Bugsink: a self-hosted server that takes the Sentry protocol, as a test tool.

It is installed from PyPI into a virtual environment of its own (it is not one of our
dependencies, and its licence is not an open-source one) and kept, with a migrated
database, in the checkout's ``.cache`` folder. The first use takes about half a minute.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from attrs import field, frozen

from integration.servers import server
from ports import LOCALHOST, reserved_port

VERSION = "2.6.1"
CACHE = (
    Path(__file__).parents[2]
    / ".cache"
    / f"bugsink-{VERSION}-python-{sys.version_info.major}.{sys.version_info.minor}"
)

_SETTINGS = """
import os
BUGSINK["BASE_URL"] = os.environ.get("BUGSINK_BASE_URL", "http://127.0.0.1")
BUGSINK["PHONEHOME"] = False
for _scope in ("", "PER_PROJECT_"):
    for _span in ("5_MINUTES", "HOUR", "MONTH"):
        BUGSINK[f"MAX_EVENTS_{_scope}PER_{_span}"] = 100_000_000
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
"""

_SEED = """
import json, pathlib
from bsmain.models import AuthToken
from teams.models import Team
team = Team.objects.create(name="tests")
token = AuthToken.create_full_access()
pathlib.Path("seed.json").write_text(json.dumps({"team": str(team.id), "token": token.token}))
"""


_SIGN_IN = """
import importlib, json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
user = get_user_model().objects.create_superuser("reader", password=None)
session = importlib.import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(json.dumps({"name": settings.SESSION_COOKIE_NAME, "value": session.session_key}))
"""


class BugsinkUnavailable(Exception):
    """Bugsink could not be installed."""


@frozen
class BugsinkServer:
    """A server that runs."""

    port: int
    _token: str = field(repr=False)
    _team: str

    def new_project(self) -> Bugsink:
        """Make an empty project."""
        body = {"team": self._team, "name": f"project {uuid.uuid4()}"}
        project = self.call("POST", "projects/", body)
        found = self.call("GET", f"projects/{project['id']}/")
        return Bugsink(self, str(project["id"]), found["dsn"])

    def url(self, path: str) -> str:
        """Return the address of one of its pages."""
        return f"http://{LOCALHOST}:{self.port}{path}"

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call Bugsink's API and give the JSON answered."""
        connection = http.client.HTTPConnection(LOCALHOST, self.port, timeout=10)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, f"/api/canonical/0/{path}", content, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            msg = f"Bugsink answered {answer.status} to {method} {path}: {text[:500]}"
            raise RuntimeError(msg)
        return json.loads(text)


@frozen
class Bugsink:
    """
    One project of a Bugsink server, and what it has kept.

    Attributes:
        dsn: What a Sentry client is to be configured with.
    """

    _server: BugsinkServer
    _project: str
    dsn: str

    def issues(self) -> list[dict[str, Any]]:
        """Return the issues (``id``, ``calculated_type``, ``calculated_value``, …)."""
        return self._list("issues/", project=self._project)

    def events(self, issue: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return an issue's events (``id`` is Bugsink's own), without their data."""
        return self._list("events/", issue=issue["id"])

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the payload of one of `events()` as it is kept."""
        data = self._server.call("GET", f"events/{event['id']}/")["data"]
        return dict(data)

    def payloads(self) -> list[dict[str, Any]]:
        """Return the payload of every event of every issue."""
        return [self.event(event) for issue in self.issues() for event in self.events(issue)]

    def _list(self, path: str, **query: str) -> list[dict[str, Any]]:
        listed = self._server.call("GET", f"{path}?{urlencode(query)}")
        return list(listed["results"])


@contextlib.contextmanager
def bugsink_server(folder: Path) -> Iterator[BugsinkServer]:
    """
    Run a server with an empty database while the block lasts.

    Args:
        folder: An empty folder for its files.

    Raises:
        BugsinkUnavailable: It is not there and could not be installed.
    """
    template = _prepared()
    home = folder / "bugsink"
    shutil.copytree(template, home)
    seed = json.loads((home / "seed.json").read_text())
    log = folder / "bugsink.log"
    with reserved_port() as port:
        command = [
            str(CACHE / "venv/bin/python"),
            *("-m", "gunicorn", "bugsink.wsgi", f"--bind={LOCALHOST}:{port}"),
            *("--workers=1", "--threads=4", "--graceful-timeout=1", "--no-control-socket"),
        ]
        env = {**_environment(), "BUGSINK_BASE_URL": f"http://{LOCALHOST}:{port}"}
        with server(command, port=port, ready="/health/ready", log=log, cwd=home, env=env):
            yield BugsinkServer(port, seed["token"], seed["team"])


def sign_in(folder: Path) -> dict[str, str]:
    """
    Make a user of the server that runs in *folder*, and a session.

    Returns:
        The session's cookie, as WebDriver takes it.
    """
    python = str(CACHE / "venv/bin/python")
    shell = [python, "-m", "bugsink.scripts.manage", "shell", "-v0", "-c", _SIGN_IN]
    return dict(json.loads(_run(shell, cwd=folder / "bugsink")))


def _prepared() -> Path:
    """Return the folder with settings and a migrated database; make it where it is missing."""
    template = CACHE / "template"
    if (template / "seed.json").exists():  # the last thing that is written
        return template
    shutil.rmtree(CACHE, ignore_errors=True)
    template.mkdir(parents=True)
    python = str(CACHE / "venv/bin/python")
    _run([sys.executable, "-m", "venv", str(CACHE / "venv")])
    _run([python, "-m", "pip", "install", "-q", f"bugsink=={VERSION}"], env=dict(os.environ))
    create = ["--template=local", "--port=0", f"--host={LOCALHOST}"]
    _run([str(CACHE / "venv/bin/bugsink-create-conf"), *create], cwd=template)
    with (template / "bugsink_conf.py").open("a") as settings:
        settings.write(_SETTINGS)
    manage = [python, "-m", "bugsink.scripts.manage"]
    _run([*manage, "migrate", "-v0"], cwd=template)
    _run([*manage, "migrate", "-v0", "--database=snappea"], cwd=template)
    _run([*manage, "shell", "-v0", "-c", _SEED], cwd=template)
    return template


def _run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env or _environment(),
            check=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        detail = str(getattr(error, "stderr", None) or error)
        msg = f"Bugsink {VERSION} could not be installed: {detail[-1000:]}"
        raise BugsinkUnavailable(msg) from error
    return done.stdout


def _environment() -> dict[str, str]:
    """Keep the settings of our own process (proxies, Django, Sentry) away from Bugsink."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}

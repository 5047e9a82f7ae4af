"""The Lambda's zip: reproducible, small, pure, and complete."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.util import source_from_cache
from pathlib import Path

import pytest

import answering_server
from ecs_failure_alerts._version import __version__
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from integration.components import require
from integration.lambda_package import (
    BUILD,
    ROOT,
    bare_python,
    build,
    has_pip,
    other_pythons,
    unpack,
)
from integration.lambda_runtime import LambdaSandbox

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the zip."""
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture
def code(package: Path, tmp_path: Path) -> Path:
    """Return the folder that the zip is unpacked in."""
    return unpack(package, tmp_path / "task")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an interpreter that has what Lambda's image has, and nothing else."""
    return bare_python(tmp_path_factory.mktemp("runtime"))


@pytest.fixture(scope="module")
def names(package: Path) -> list[str]:
    """Return the names of the files in the zip."""
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def bill(package: Path) -> Path:
    """Return the zip's bill of materials."""
    return package.with_name(f"{package.name}.cdx.json")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--handler", "/nothing/here.py", "expected a file, found none: /nothing/here.py"),
        ("--out", "/dev/null/dist", "expected a folder that can be made, got /dev/null/dist: "),
    ],
)
def test_a_path_that_cannot_be_right_is_refused_before_anything_is_downloaded(
    tmp_path: Path, option: str, value: str, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, str(BUILD), "--out", str(tmp_path), option, value],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "", "PIP_NO_INDEX": "1"},
    )
    assert done.returncode == 2
    assert f"argument {option}: {said}" in done.stderr
    assert list(tmp_path.iterdir()) == []


def sha256(path: Path) -> str:
    """Return a file's digest."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_zip_built_again_is_the_same_byte_for_byte(
    package: Path, bill: Path, tmp_path: Path
) -> None:
    again = build(tmp_path)
    assert sha256(again) == sha256(package)
    assert sha256(tmp_path / bill.name) == sha256(bill)


def test_bill_of_materials_names_every_wheel(package: Path, bill: Path) -> None:
    """The bill has the zip's own hash, and each locked version with its hash and licence."""
    written = json.loads(bill.read_text())
    assert written["metadata"]["component"]["hashes"][0]["content"] == sha256(package)
    found = {
        f"{part['name']}=={part['version']} --hash=sha256:{part['hashes'][0]['content']}"
        for part in written["components"]
    }
    assert found == set(locked("adapters/lambda/requirements.lock"))
    licences = {part["licenses"][0]["license"]["name"] for part in written["components"]}
    assert licences == {"MIT", "MPL-2.0"}


def test_bill_of_materials_is_cyclonedx(bill: Path) -> None:
    """The bill is valid by CycloneDX's own schema."""
    require("cyclonedx")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.read_text()) is None


def test_another_handler_goes_into_the_zip_under_the_same_name(tmp_path: Path) -> None:
    """In the place of ours."""
    own = tmp_path / "alerts.py"
    own.write_text("def lambda_handler(event, context): ...\n")
    with zipfile.ZipFile(build(tmp_path, "--handler", str(own))) as archive:
        assert archive.read("handler.py") == own.read_bytes()


@pytest.mark.parametrize("other", other_pythons(), ids=lambda path: Path(path).parent.parent.name)
def test_the_zip_built_by_another_python_is_the_same(
    package: Path, tmp_path: Path, other: str
) -> None:
    """Who compiles is decided by ``--python`` alone."""
    if not has_pip(other):
        pytest.skip(f"{other} has no pip")
    assert sha256(build(tmp_path, python=other)) == sha256(package)


@pytest.mark.parametrize("other", other_pythons(), ids=lambda path: Path(path).parent.parent.name)
def test_the_zip_compiled_by_another_python_has_the_same_sources(
    package: Path, tmp_path: Path, other: str
) -> None:
    """It has another name and byte code of that Python's own."""
    compiled = build(tmp_path, "--python", other)
    assert compiled.name != package.name
    assert sources(compiled) == sources(package)
    assert not byte_code(compiled).keys() & byte_code(package).keys()


def sources(package: Path) -> dict[str, bytes]:
    """Return what is in a zip but byte code."""
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name[-4:] != ".pyc"}


def byte_code(package: Path) -> dict[str, bytes]:
    """Return the byte code that is in a zip."""
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name[-4:] == ".pyc"}


def test_the_zip_has_its_version_and_the_compiling_release_in_its_name(package: Path) -> None:
    python = f"cpython-{platform.python_version()}"
    assert package.name == f"ecs-failure-alerts-lambda-{__version__}-{python}.zip"


def test_the_zip_stays_small(package: Path) -> None:
    """It is about 3.1 MB: more says that something came along which no Lambda needs."""
    assert package.stat().st_size < 3_300_000  # bytes


def test_the_byte_code_is_never_checked_against_its_source(package: Path) -> None:
    """The times of a zip's files are no real ones: byte code that trusted them would be refused."""
    flags = {content[4:8] for content in byte_code(package).values()}
    assert flags == {b"\x01\x00\x00\x00"}  # by its hash, unchecked: see PEP 552


def test_all_of_the_library_is_compiled_and_of_the_wheels_what_an_alert_imports(
    package: Path,
) -> None:
    compiled = {source_from_cache(name) for name in byte_code(package)}
    own = {name for name in sources(package) if name.startswith("ecs_failure_alerts/")}
    assert own - {"ecs_failure_alerts/py.typed"} <= compiled
    assert {"sentry_sdk/envelope.py", "urllib3/util/ssl_.py", "attr/_make.py"} <= compiled
    assert "sentry_sdk/integrations/django/__init__.py" not in compiled


def test_a_handler_that_is_edited_in_place_counts(package: Path) -> None:
    """As in Lambda's console: byte code of the handler would win over its source."""
    assert "handler.py" not in {source_from_cache(name) for name in byte_code(package)}


def test_nothing_is_compiled_when_an_alert_is_delivered(
    code: Path, python: str, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> None:
    """Every module that comes from the zip has its byte code there."""
    (code / "handler.py").write_text(WHAT_IS_LOADED)
    function = sandbox(code, env={"ECS_ALERTS_SENTRY_DSN": inbox.dsn}, python=python)
    done = function.invoke(task_state_change())
    assert done.succeeded, done.log
    without = [name for name, compiled in done.result.items() if not compiled]
    assert without == ["handler"]
    assert {"ecs_failure_alerts.alerter", "sentry_sdk.envelope"} <= done.result.keys()


#: Returns for each module of the zip whether it has byte code.
WHAT_IS_LOADED = """
import os, sys
from ecs_failure_alerts import alerter_from_env
ALERTER = alerter_from_env(os.environ)

def lambda_handler(event, context):
    ALERTER.handle(event, context)
    root = os.environ["LAMBDA_TASK_ROOT"]
    return {
        name: os.path.exists(module.__spec__.cached)
        for name, module in list(sys.modules.items())
        if (getattr(module, "__file__", None) or "").startswith(root)
    }
"""


def test_the_zip_has_what_it_needs_with_licences(names: list[str]) -> None:
    """Nothing native, and not boto3."""
    assert {"handler.py", "ecs_failure_alerts/py.typed", "certifi/cacert.pem"} <= set(names)
    tops = {name.split("/")[0] for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert tops == {
        *("handler.py", "ecs_failure_alerts", "ecs_failure_alerts-LICENSE"),
        *("attr", "attrs", "certifi", "sentry_sdk", "urllib3"),
    }
    assert not [name for name in names if name.endswith((".so", ".pyd", ".dylib"))]
    licences = [name for name in names if ".dist-info/licenses/" in name]
    assert len(licences) == 4


def test_every_module_of_the_library_is_in_the_zip(names: list[str]) -> None:
    source = ROOT / "src"
    modules = {path.relative_to(source).as_posix() for path in source.rglob("*.py")}
    assert modules == {
        name for name in names if name.startswith("ecs_failure_alerts/") and name.endswith(".py")
    }


def test_the_unpacked_zip_delivers_an_alert_by_itself(
    code: Path, python: str, inbox: SentryInbox, sandbox: Callable[..., LambdaSandbox]
) -> None:
    """Beside it stand Lambda's own packages only."""
    function = sandbox(code, env={"ECS_ALERTS_SENTRY_DSN": inbox.dsn}, python=python)
    done = function.invoke(task_state_change())
    assert done.succeeded, done.log
    assert inbox.event_ids == (done.result["outcomes"][0]["event_id"],)


@pytest.fixture(scope="module")
def with_apprise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the zip with Apprise in it."""
    return build(tmp_path_factory.mktemp("dist"), "--extra", "apprise")


def test_the_zip_with_apprise_has_no_native_code_and_its_own_name(with_apprise: Path) -> None:
    """So that it serves both architectures, too."""
    with zipfile.ZipFile(with_apprise) as archive:
        names = archive.namelist()
    assert {"apprise", "requests", "yaml", "sentry_sdk"} <= {name.split("/")[0] for name in names}
    assert not [name for name in names if name.endswith((".so", ".pyd", ".dylib"))]
    assert f"-{__version__}-apprise-cpython-" in with_apprise.name


def test_the_zip_with_apprise_is_far_below_lambdas_limits(with_apprise: Path) -> None:
    """They are at https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ."""
    with zipfile.ZipFile(with_apprise) as archive:
        unpacked = sum(info.file_size for info in archive.infolist())
    assert with_apprise.stat().st_size < 12_000_000  # bytes, of 50 MB
    assert unpacked < 30_000_000  # of 250 MB


def test_the_unpacked_zip_sends_by_apprise(
    with_apprise: Path, python: str, sandbox: Callable[..., LambdaSandbox], tmp_path: Path
) -> None:
    """All of Apprise has byte code: it loads each of its services for the first alert."""
    code = unpack(with_apprise, tmp_path / "task")
    (code / "handler.py").write_text(WHAT_APPRISE_SENDS)
    with answering_server.server(answering_server.answer("200 OK")) as (url, requests):
        done = sandbox(code, python=python).invoke([url.replace("http://", "json://")])
    assert done.result == {"sent": True, "without_byte_code": []}, done.log
    assert b"a task failed" in requests[0]


WHAT_APPRISE_SENDS = """
import os, sys
import apprise

def lambda_handler(event, context):
    return {
        "sent": bool(apprise.Apprise(event).notify("a task failed")),
        "without_byte_code": [
            name
            for name, module in list(sys.modules.items())
            if name.startswith("apprise.") and not os.path.exists(module.__spec__.cached)
        ],
    }
"""


def test_nothing_comes_from_this_environment(
    python: str, sandbox: Callable[..., LambdaSandbox], tmp_path: Path
) -> None:
    """The interpreter of these tests has Lambda's packages and not those of the zip."""
    (tmp_path / "handler.py").write_text(
        "from importlib.util import find_spec\n"
        "def lambda_handler(event, context):\n"
        "    return [name for name in event if find_spec(name)]\n"
    )
    asked = ["boto3", "awslambdaric", "attrs", "certifi", "sentry_sdk", "ecs_failure_alerts"]
    assert sandbox(tmp_path, python=python).invoke(asked).result == ["boto3", "awslambdaric"]


def locked(path: str) -> list[str]:
    """Read the lines of a lock file."""
    lines = (ROOT / path).read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("adapters/lambda/requirements.lock", {"attrs", "certifi", "sentry-sdk", "urllib3"}),
        ("adapters/lambda/requirements-apprise.lock", {"apprise", "requests", "PyYAML"}),
        (".github/build-requirements.txt", {"build", "hatchling"}),
    ],
)
def test_every_line_of_a_lock_file_is_a_version_with_its_hash(path: str, names: set[str]) -> None:
    lines = locked(path)
    assert names <= {line.partition("==")[0] for line in lines}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)


def test_no_two_locks_of_the_zip_name_the_same() -> None:
    """Two versions of one package would overwrite each other in the zip."""
    locks = ("requirements.lock", "requirements-apprise.lock")
    names = [
        line.partition("==")[0] for lock in locks for line in locked(f"adapters/lambda/{lock}")
    ]
    assert len(names) == len(set(names))


def test_ci_builds_with_what_is_locked() -> None:
    """The sdist and the wheel are built by tools that are held to their hashes."""
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    (build_job,) = re.findall(r"\n  build:\n(.*?)\n  \w+:\n", text, re.DOTALL)
    installs = re.findall(r"pip install (.*)", build_job)
    assert installs == [
        "--quiet --require-hashes --only-binary=:all: -r .github/build-requirements.txt"
    ]
    assert build_job.count("python -m build --no-isolation") == 2


def test_sam_template_names_the_zip() -> None:
    """The SAM template names the zip as its first lines have it copied."""
    template = (ROOT / "examples" / "sam" / "template.yaml").read_text()
    assert 'cp "$(python adapters/lambda/build.py | head -1)" dist/lambda.zip\n' in template
    assert "CodeUri: ../../dist/lambda.zip\n" in template


def test_a_compiler_that_is_none_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, str(BUILD), "--out", str(tmp_path), "--python", "no-such-python"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "expected an interpreter of Python, got no-such-python" in done.stderr
    assert not list(tmp_path.iterdir())

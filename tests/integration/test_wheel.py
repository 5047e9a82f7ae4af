"""The wheel, built once and installed in an empty environment, without extras."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import attrs
import pytest

from ecs_failure_alerts import __version__
from integration.components import require

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
EVENT = ROOT / "tests/aws_answers/ecs-describe-tasks.json"
INSTALL = "pip install '.[sentry]' in a checkout"


@attrs.frozen
class Built:
    """What `python -m build` made, and a folder with the wheel installed alone."""

    sdist: Path
    wheel: Path
    bin: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command."""
        return _run(self.bin / "ecs-failure-alerts", *arguments)


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the sdist, the wheel from it, and install that with what it always needs."""
    require("build")
    folder = tmp_path_factory.mktemp("wheel")
    done = _run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    venv.create(folder / "alone", with_pip=True)
    bin_ = folder / "alone" / ("Scripts" if sys.platform == "win32" else "bin")
    done = _run(bin_ / "python", "-m", "pip", "install", "--quiet", wheel)
    assert done.returncode == 0, done.stderr
    return Built(sdist, wheel, bin_)


def test_the_wheel_holds_the_package_and_its_metadata_alone(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    package = ROOT / "src" / "ecs_failure_alerts"
    own = {
        file.relative_to(package.parent).as_posix()
        for file in package.rglob("*")
        if file.suffix == ".py" or file.name in {"py.typed", "schema.json"}
    }
    info = f"ecs_failure_alerts-{__version__}.dist-info"
    about = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    assert "ecs_failure_alerts/py.typed" in own
    assert names == own | {f"{info}/{name}" for name in about}


def test_built_from_the_checkout_the_wheel_is_the_same_byte_for_byte(
    built: Built, tmp_path: Path
) -> None:
    """Not from the sdist."""
    done = _run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / built.wheel.name).read_bytes() == built.wheel.read_bytes()


def test_metadata_command_and_file_name_say_the_same_version(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        name = f"ecs_failure_alerts-{__version__}.dist-info/METADATA"
        metadata = BytesParser(policy=default).parsebytes(archive.read(name))
    answer = built.run("--version")
    version = f"ecs-failure-alerts {metadata['Version']}"
    assert (answer.returncode, answer.stdout.strip()) == (0, version)


def test_the_sdist_has_what_its_tests_read(built: Built) -> None:
    """The sdist holds the files that the unit tests and the wheel's build read."""
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = """
        LICENSE README.md SECURITY.md CHANGELOG.md CONTRIBUTING.md pyproject.toml
        adapters/lambda/handler.py docs/delivery.md examples/terraform/README.md
        tests/conftest.py tests/aws_answers/ecs-describe-tasks.json tests/oldest-dependencies.txt
        tests/events/out_of_memory_fargate.json tests/patterns/event-patterns.jsonl
    """
    assert set(wanted.split()) - names == set()


def test_without_extras_the_wheel_brings_attrs_alone(built: Built) -> None:
    listed = _run(built.bin / "python", "-m", "pip", "list", "--format=json")
    installed = {package["name"] for package in json.loads(listed.stdout)}
    assert installed - {"pip", "setuptools"} == {"attrs", "ecs-failure-alerts"}


def test_explain_and_a_dry_run_work_without_extras(built: Built) -> None:
    answer = built.run("explain", str(EVENT))
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("OutOfMemory: ")
    dry = built.run("send", "--dry-run", str(EVENT))
    assert json.loads(dry.stdout)["tags"]["ecs.cause"] == "out_of_memory"


@pytest.mark.parametrize("dsn", [(), ("--dsn", "https://key@sentry.invalid/1")], ids=len)
@pytest.mark.parametrize("command", ["send", "demo"])
def test_a_missing_sentry_sdk_is_said_in_one_line_with_the_way_to_get_it(
    built: Built, command: str, dsn: tuple[str, ...]
) -> None:
    """The status is 2, without a traceback."""
    files = [str(EVENT)] if command == "send" else []
    answer = built.run(command, *dsn, *files)
    assert answer.returncode == 2
    (line,) = answer.stderr.splitlines()
    assert line.startswith("ecs-failure-alerts: ")
    assert INSTALL in line
    assert answer.stdout == ""

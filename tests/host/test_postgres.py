"""The embedded server: what it keeps, whom it answers, and how it dies."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tenure.host.binaries import find_binaries
from tenure.host.cluster import discard_cluster
from tenure.host.errors import HostError
from tenure.host.postgres import Server
from tenure.host.processes import is_alive, wait_for_exit
from tests.host.places import Place, eventually, new_place
from tests.patience import PATIENCE


def ask(server: Server, question: str) -> object:
    """The one value that ``question`` gives."""
    with psycopg.connect(server.url, connect_timeout=int(PATIENCE)) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[arg-type] - a literal of ours
    assert row is not None
    return row[0]


def keep(server: Server, word: str) -> None:
    """Commit ``word``."""
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [word])


def mode(path: Path) -> int:
    """The rights on ``path``."""
    return stat.S_IMODE(path.stat().st_mode)


def test_it_keeps_its_data_and_starts_a_second_time(place: Place) -> None:
    first = place.server()
    first.start()
    keep(first, "hello")
    first.stop()
    assert place.is_deserted(1)
    again = place.server()
    again.start()
    assert again.url == first.url
    assert ask(again, "SELECT word FROM kept") == "hello"
    again.stop()


def test_only_who_knows_the_password_gets_in_and_only_by_the_socket(bare_place: Place) -> None:
    place = bare_place
    server = place.server()
    server.start()
    assert ask(server, "SHOW listen_addresses") == ""
    assert int(str(ask(server, "SHOW max_connections"))) >= 300
    assert str(ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = 'tenure'")) == "False"
    assert ask(server, "SELECT upper('é')") == "É"
    wrong = server.url.replace(server.cluster.password.replace("=", "%3D"), "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert mode(server.cluster.sockets) == 0o700
    assert mode(place.data_dir) == 0o700
    assert mode(place.data_dir / "database.json") == 0o600
    assert server.cluster.password not in repr(server.cluster)
    server.stop()


def test_as_root_it_runs_as_a_user_of_its_own(bare_place: Place) -> None:
    place = bare_place
    server = place.server()
    server.start()
    user = Path(f"/proc/{server.pid}").stat().st_uid
    server.stop()
    if os.geteuid() == 0:
        assert user not in {0, 65534}
        assert server.cluster.home.is_relative_to(place.server_dir)
        with new_place() as other:
            assert other.cluster().user is not None
        (place.server_dir / "another").mkdir()
        os.chown(place.server_dir / "another", user, user)
        discard_cluster(place.data_dir)
        assert place.cluster().user != user
    else:
        assert user == os.geteuid()
        assert server.cluster.home.is_relative_to(place.data_dir)


def test_what_was_committed_survives_the_kill_of_the_server(place: Place) -> None:
    server = place.server()
    server.start()
    keep(server, "committed")
    connection = psycopg.connect(server.url)
    connection.execute("INSERT INTO kept VALUES ('never committed')")
    os.kill(server.pid, signal.SIGKILL)
    again = place.server()
    again.start()  # which waits for what the killed one left
    connection.close()
    assert wait_for_exit(server.pid, seconds=5) == -signal.SIGKILL
    assert ask(again, "SELECT count(*) FROM kept") == 1
    again.stop()
    assert place.is_deserted()


_PARENT = """
import sys, time
from pathlib import Path
from tests.host.places import Place
server = Place(Path(sys.argv[1])).server()
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def test_it_dies_with_its_parent_and_the_next_start_waits_for_that(place: Place) -> None:
    place.cluster()
    parent = place.popen("-c", _PARENT, str(place.path))
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_alive(pid)
    parent.kill()
    again = place.server()
    again.start()
    assert not is_alive(pid)
    again.stop()
    parent.wait()
    assert place.is_deserted()


def test_a_parent_that_died_first_is_noticed(place: Place) -> None:
    launcher = Path(sys.modules["tenure.host.processes"].__file__ or "").with_name("launcher.py")
    arguments = ["1", "15", "-", "--", "/bin/sleep", "600"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", launcher, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=place.environ,
    )
    assert done.returncode == 1
    assert "the parent is gone" in done.stderr


def test_the_number_of_a_stranger_in_a_stale_pid_file_is_no_server(place: Place) -> None:
    server = place.server()
    server.start()
    server.stop()
    stranger = subprocess.Popen(["sleep", "600"], user=server.cluster.user)
    try:
        lines = [str(stranger.pid), str(server.cluster.data), "1", "5432", "", "", "", "ready"]
        stale = server.cluster.data / "postmaster.pid"
        stale.write_text("\n".join(lines) + "\n")
        server.start()
        assert ask(server, "SELECT 1") == 1
        server.stop()
        assert is_alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_long_path_has_its_socket_elsewhere() -> None:
    with new_place("long-" * 20) as place:
        server = place.server()
        server.start()
        socket = server.cluster.sockets / ".s.PGSQL.5432"
        assert len(os.fsencode(socket)) < 108
        assert not socket.is_relative_to(place.path)
        assert mode(server.cluster.sockets) == 0o700
        assert ask(server, "SELECT 1") == 1
        server.stop()
        server.cluster.sockets.chmod(0o755)
        with pytest.raises(HostError, match="open to others"):
            place.cluster()
        server.cluster.sockets.rmdir()


def test_an_interrupted_making_is_begun_again(bare_place: Place) -> None:
    place = bare_place
    home = place.cluster().home
    pointer = place.data_dir / "database.json"
    kept = json.loads(pointer.read_text())
    pointer.write_text(json.dumps(kept | {"made": False}))
    (home / "data" / "PG_VERSION").unlink()
    server = place.server()
    server.start()
    assert ask(server, "SELECT 1") == 1
    server.stop()


def test_lost_data_are_named_and_never_silently_replaced(place: Place) -> None:
    home = place.cluster().home
    home.rename(home.with_name("elsewhere"))
    with pytest.raises(HostError, match=str(home)):
        place.cluster()
    home.with_name("elsewhere").rename(home)
    discard_cluster(place.data_dir)
    assert not home.exists()
    discard_cluster(place.data_dir)


def test_data_that_cannot_be_started_say_why(place: Place) -> None:
    server = place.server()
    control = server.cluster.data / "global" / "pg_control"
    control.rename(control.with_name("gone"))
    with pytest.raises(HostError, match="could not find the database system") as caught:
        server.start()
    assert str(server.cluster.log) in caught.value.text("fr")


def test_data_of_somebody_else_are_left_alone(place: Place) -> None:
    place.cluster()
    if os.geteuid() == 0:
        os.chown(place.data_dir / "database.json", 65534, 65534)
        with pytest.raises(HostError, match="nobody"):
            place.cluster()


def test_a_system_postgres_of_the_right_version_is_found() -> None:
    found = find_binaries()
    assert found.major >= 15
    assert (found.directory / "initdb").exists()
    with pytest.raises(HostError, match="No PostgreSQL 99"):
        find_binaries(major=99)


def test_a_long_log_is_put_aside(place: Place) -> None:
    server = place.server()
    server.cluster.log.write_text("x" * 8_000_001)
    server.start()
    server.stop()
    assert server.cluster.log.stat().st_size < 100_000
    assert server.cluster.log.with_suffix(".log.1").exists()


def test_a_server_that_hangs_is_cut_short(place: Place) -> None:
    server = place.server()
    server.start()
    keep(server, "hello")
    os.kill(server.pid, signal.SIGSTOP)
    server.stop(seconds=0.1)
    assert eventually(lambda: not place.survivors())
    server.start()
    assert ask(server, "SELECT word FROM kept") == "hello"
    server.stop()


_WITHOUT_WHEEL = """
import os
from tenure.host.installation import database
from tenure.host.settings import read_settings
with database(read_settings(os.environ)) as url:
    print(url)
"""


def test_without_the_wheel_a_system_postgres_serves_or_its_lack_is_named(
    bare_place: Place,
) -> None:
    source = Path(sys.modules["tenure.host.processes"].__file__ or "").parents[2]
    done = subprocess.run(
        [sys.executable, "-S", "-c", _WITHOUT_WHEEL],
        env=bare_place.environ | {"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    if any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        assert done.stdout.startswith("postgresql://tenure:"), done.stderr
        server = bare_place.server()  # found again by its version, though the wheel is there
        server.start()
        assert ask(server, "SELECT upper('é')") == "É"
        server.stop()
    else:
        assert "No PostgreSQL 15+ was found" in done.stderr
    assert bare_place.is_deserted()

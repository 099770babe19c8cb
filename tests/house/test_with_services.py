"""The servers from wheels: they come up, keep what they are told to keep, and never outlive their starter."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / "tools" / "with_services.py"
SHOW = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True)"

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="process supervision is made for Linux"),
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="does not depend on the engine of the run"),
]


def environment(**extra) -> dict[str, str]:
    """Ours without what the suite's settings and the given servers put there."""
    ours = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "JOBS_BACKEND", "VAR_DIR")
    return {key: value for key, value in os.environ.items() if key not in ours} | extra


def launch(*arguments, **extra) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, str(TOOL), *arguments],
        env=environment(**extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def ports(line: str) -> list[int]:
    return [int(port) for port in re.findall(r"@127\.0\.0\.1:(\d+)/", line)]


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def all_closed(numbers: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(is_open(port) for port in numbers):
            return True
        time.sleep(0.1)
    return False


def has_ended(process: int, seconds: float) -> bool:
    """Gone, or dead and only not yet collected by the system's first process."""
    status = Path(f"/proc/{process}/stat")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if status.read_text().rpartition(")")[2].split()[0] in "ZX":
                return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_starter(how):
    starter = launch(
        sys.executable, "-c", f"{SHOW}; print(os.getpid(), flush=True); import time; time.sleep(300)"
    )
    numbers = ports(starter.stdout.readline())
    command = int(starter.stdout.readline())
    assert len(numbers) == 2 and all(is_open(port) for port in numbers)

    starter.send_signal(how)
    starter.wait(120)
    starter.stdout.close()

    assert all_closed(numbers, 120)
    assert has_ended(command, 120)


def test_kept_data_is_there_at_the_second_start_also_where_the_path_has_spaces(tmp_path):
    folder = tmp_path / "a folder" / "kept"
    code = (
        "import os, psycopg2, sys\n"
        "connection = psycopg2.connect(os.environ['DATABASE_URL']); cursor = connection.cursor()\n"
        "cursor.execute(sys.argv[1]); print(cursor.fetchone()[0]); connection.commit()\n"
    )
    sql = ["CREATE TABLE kept AS SELECT 42 AS answer; SELECT answer FROM kept", "SELECT answer + 1 FROM kept"]
    outputs = []
    for statement in sql:
        starter = launch("--data", str(folder), sys.executable, "-c", code, statement)
        outputs.append(starter.communicate(timeout=300)[0].strip())
        assert starter.returncode == 0
    assert outputs == ["42", "43"]


def test_given_servers_are_left_alone_and_the_exit_code_is_the_commands():
    given = {"DATABASE_URL": "postgres://elsewhere/x", "REDIS_URL": "redis://elsewhere/0"}
    starter = launch(sys.executable, "-c", f"{SHOW}; raise SystemExit(7)", **given)
    assert starter.communicate(timeout=300)[0].split() == list(given.values())
    assert starter.returncode == 7

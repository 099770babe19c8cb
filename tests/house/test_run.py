"""`make run`: a first start, a second one that keeps everything, and a Ctrl-C that stops it at once."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.house.test_full import answer
from tests.house.test_with_services import ROOT, environment, pytestmark  # noqa: F401
from tools.processes import free_port


@pytest.mark.slow
def test_ctrl_c_stops_at_once_and_the_second_start_keeps_the_keys(tmp_path):
    var, port = tmp_path / "kept here", free_port()
    settings = {"VAR_DIR": str(var), "PORT": str(port), "DEMO": "0"}
    settings["DJANGO_SETTINGS_MODULE"] = "vaxcampaign.settings.base"
    settings["GUNICORN_CMD_ARGS"] = (
        "--graceful-timeout 300"  # a worker that does not listen is not helped along
    )
    keys = []
    for _ in range(2):
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "tools" / "run.py")],
            env=environment(**settings),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 300
        while not (said := answer(port)) and server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        assert '"ready": true' in said
        os.killpg(server.pid, signal.SIGINT)  # as the terminal does: to the master and the worker
        assert server.wait(100) == 0
        assert (var / "secrets.env").stat().st_mode & 0o777 == 0o600
        keys.append((var / "secrets.env").read_text())
    assert keys[0] == keys[1]


def test_a_bad_port_is_refused_in_one_sentence(tmp_path):
    settings = {"VAR_DIR": str(tmp_path), "PORT": "none", "DEMO": "0"}
    tool = [sys.executable, str(ROOT / "tools" / "run.py")]
    refused = subprocess.run(tool, env=environment(**settings), capture_output=True, text=True, timeout=300)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "PORT" in refused.stderr

"""`make full`: every part comes up together and none outlives the program that started it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.house.test_with_services import ROOT, environment, has_ended, pytestmark  # noqa: F401
from tools.processes import free_port

TOOL = ROOT / "tools" / "full.py"


def answer(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return response.read().decode()
    except (OSError, urllib.error.HTTPError):
        return ""


def parts_of(var: Path) -> list[int]:
    """Every process that was given this VAR_DIR, and the servers that keep their files in it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "environ").read_bytes()
            where = os.readlink(folder / "cwd")
        except OSError:
            continue
        if f"VAR_DIR={var}".encode() in said or where.startswith(str(var)):
            found.append(int(folder.name))
    return found


@pytest.mark.slow
def test_all_parts_answer_and_all_end_also_when_killed_and_started_again(tmp_path):
    var, port = tmp_path / "kept here", free_port()
    settings = {"VAR_DIR": str(var), "PORT": str(port), "DEMO": "0"}
    settings |= {"DJANGO_SETTINGS_MODULE": "vaxcampaign.settings.base"}
    for how in (signal.SIGKILL, signal.SIGINT):
        full = subprocess.Popen(
            [sys.executable, str(TOOL)], env=environment(**settings), stdin=subprocess.DEVNULL, cwd=tmp_path
        )
        deadline = time.monotonic() + 300
        while not (said := answer(port)) and full.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
        assert '"ready": true' in said and '"broker": "ok"' in said
        parts = parts_of(var)
        assert len(parts) > 6  # the two servers, two web workers and their master, the Celery worker, beat

        full.send_signal(how)
        full.wait(120)

        assert [part for part in parts if not has_ended(part, 120)] == []
        assert full.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 0)

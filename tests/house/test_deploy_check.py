"""Django's own checks of a server on the open net find nothing to say about the settings behind HTTPS."""

import os
import subprocess
import sys

from tests.house.test_settings import KEYS, ROOT


def test_nothing_to_say_about_the_settings_behind_https(tmp_path):
    clean = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    chosen = {"HTTPS": "1", "ALLOWED_HOSTS": "vax.example.cn", "VAR_DIR": str(tmp_path)}
    chosen["SECRET_KEY"] = "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789"
    result = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"],
        cwd=tmp_path,
        env={**clean, **KEYS, **chosen},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (result.returncode, result.stderr) == (0, "")

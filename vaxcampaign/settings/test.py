"""Settings of the suite: fixed keys, a fast password hasher, jobs inline. DATABASE_URL names the engine."""

import atexit
import base64
import os
import shutil
import tempfile

os.environ.setdefault("SECRET_KEY", "test-secret-key-of-the-suite-only")
_k = base64.b64encode(b"k" * 32).decode()
_i = base64.b64encode(b"i" * 32).decode()
os.environ.setdefault("FIELD_ENCRYPTION_KEYS", f"t1:{_k},idx:{_i}")
if "VAR_DIR" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="vax-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
os.environ.setdefault("JOBS_BACKEND", "inline")

from .base import *  # noqa: E402, F403
from .base import CACHES, DATABASES, MEDIA_ROOT, REDIS_URL, VAR_DIR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False  # the lock-out has its own tests, which switch it on
LOG_INS_PER_MINUTE = VERIFIES_PER_MINUTE = 1_000_000  # all tests come from one address
# Many tests log one user in twice or go on the next day; what ends a log-in has tests of its own.
ACCESS_POLICY = {"one_session": False, "idle_minutes": 0, "floor_idle_minutes": 0}
ACCESS_POLICY |= {"longest_hours": 24, "floor_longest_hours": 24}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: live servers and the race tests use several connections.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    # Nobody cuts the power of a test, so nothing waits for the disk.
    hasty = DATABASES["default"]["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    DATABASES["default"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | {"init_command": hasty}
if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    # Parallel test processes share disk and server: each has files and a database of its own, as on the SQL side.
    MEDIA_ROOT = MEDIA_ROOT / worker
    if REDIS_URL:
        CACHES["default"]["LOCATION"] = f"{REDIS_URL.rpartition('/')[0]}/{int(worker) + 1}"
(VAR_DIR / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns about a missing one
# Files are looked up when asked for: each test client would otherwise list all of them at its first request.
WHITENOISE_AUTOREFRESH = True

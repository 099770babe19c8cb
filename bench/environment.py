"""What a program of the bench is told of: keys and folders of the bench alone, the same in every run, so that a register that was
kept can be read again."""

import base64
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_OURS = ("DATABASE_URL", "REDIS_URL", "JOBS_BACKEND", "HTTPS", "ALLOWED_HOSTS")


def environment(work: Path, **more: str) -> dict[str, str]:
    """The environment of a program that works in ``work``; ``more`` is added."""
    key, index = (base64.b64encode(letter * 32).decode() for letter in (b"k", b"i"))
    return {
        **{name: value for name, value in os.environ.items() if name not in _OURS},
        "SECRET_KEY": "secret-key-of-the-bench-only",
        "FIELD_ENCRYPTION_KEYS": f"b1:{key},idx:{index}",
        "VAR_DIR": str(work),
        "PYTHONPATH": str(ROOT),
        **more,
    }

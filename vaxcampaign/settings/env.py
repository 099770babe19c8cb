"""Strict readers of environment variables: a bad value names its variable and stops the start."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def load_file(path: Path) -> None:
    """Read ``KEY=value`` lines of ``path`` (if it exists) as defaults; the real environment wins."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            key, sep, value = line.partition("=")
            key = key.strip()
            # NAME_FILE in the real environment is a choice too, which a default must not overrule.
            taken = os.environ.get(key) or os.environ.get(f"{key}_FILE")
            if sep and not key.startswith("#") and not taken:
                os.environ[key] = value.strip()


def text(name: str, default: str | None = None) -> str:
    """The value of ``name``, or the content of the file named by ``name_FILE``.

    Raises ImproperlyConfigured when neither is set and there is no default.
    """
    if os.environ.get(name):
        return os.environ[name]
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {file}: {error.strerror}") from error
    if default is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set {name} or {name}_FILE, or start once with `make run`."
        )
    return default


def flag(name: str, default: bool = False) -> bool:
    """A yes/no variable; raises ImproperlyConfigured on anything else."""
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1/0/true/false/yes/no/on/off, not {value!r}")


def words(name: str, default: str) -> list[str]:
    """A comma separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def choice(name: str, default: str, allowed: set[str]) -> str:
    """One of ``allowed``; raises ImproperlyConfigured on anything else."""
    value = os.environ.get(name) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(allowed))}, not {value!r}")
    return value


def number(name: str) -> int | None:
    """A whole number from 0 to 9999, or None when it is not set; raises ImproperlyConfigured on anything else."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 4):
        raise ImproperlyConfigured(f"{name} must be a whole number from 0 to 9999, not {value!r}")
    return int(value)

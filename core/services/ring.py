"""Changing the key ring itself where it is kept: a new key at its end, another key first, a key that nobody needs any more
away. The processes read it when they start."""

import base64
import os
from pathlib import Path

from django.conf import settings

from core.crypto import AUDIT, FORMER_INDEX, INDEX, KeyRing, key_ring
from core.errors import RuleBroken
from core.services import rotation
from core.suites import CIPHERS

_SPECIAL = {INDEX, FORMER_INDEX, AUDIT}


def with_new(name: str, suite: str) -> str:
    """The ring with a new random key that decrypts only: every process must know it before one encrypts with it.

    Raises RuleBroken KEY_NAME; ImproperlyConfigured when this machine lacks the suite.
    """
    parts = _parts()
    if name in parts or name in _SPECIAL:
        raise RuleBroken("KEY_NAME", f"密钥环里已经有“{name}”,请换一个名称。")
    key = base64.b64encode(os.urandom(CIPHERS[suite].length)).decode()
    return _checked([*parts.values(), f"{name}:{suite}:{key}"])


def with_first(name: str) -> str:
    """The ring with ``name`` in front: from the next start on it encrypts. Raises RuleBroken KEY_NAME."""
    parts = _parts()
    chosen = _known(parts, name)
    return _checked([chosen, *(part for part in parts.values() if part != chosen)])


def without(name: str) -> str:
    """The ring without ``name``. Raises RuleBroken: KEY_NAME, KEY_FIRST, KEY_NEEDED."""
    parts = _parts()
    _known(parts, name)
    if name == key_ring().current:
        raise RuleBroken("KEY_FIRST", f"“{name}”是正在使用的密钥,不能去掉。")
    if count := rotation.left(rotation.held()).get(name):
        raise RuleBroken("KEY_NEEDED", f"还有 {count} 项内容用“{name}”加密。请先运行 rotate_keys,再去掉它。")
    return _checked([part for kid, part in parts.items() if kid != name])


def keep(ring: str) -> Path | None:
    """Put ``ring`` in place of the present one in the file that holds it; None when no file does."""
    for path in filter(
        None, (os.environ.get("FIELD_ENCRYPTION_KEYS_FILE"), settings.VAR_DIR / "secrets.env")
    ):
        path = Path(path)
        if path.is_file() and settings.FIELD_ENCRYPTION_KEYS in (text := path.read_text(encoding="utf-8")):
            _replace(path, text.replace(settings.FIELD_ENCRYPTION_KEYS, ring))
            return path
    return None


def _replace(path: Path, text: str) -> None:
    """All of it or nothing; readable for its owner only, from its first byte on."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _parts() -> dict[str, str]:
    parts = [part.strip() for part in settings.FIELD_ENCRYPTION_KEYS.split(",")]
    return {part.partition(":")[0]: part for part in parts}


def _known(parts: dict[str, str], name: str) -> str:
    if name not in parts or name in _SPECIAL:
        raise RuleBroken("KEY_NAME", f"密钥环里没有“{name}”。现有:{'、'.join(key_ring().names)}。")
    return parts[name]


def _checked(parts: list[str]) -> str:
    ring = ",".join(parts)
    KeyRing(ring)
    return ring

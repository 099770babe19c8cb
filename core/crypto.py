"""Field encryption (authenticated, with a key ring) and the blind index that makes an encrypted number findable.

Key ring: ``settings.FIELD_ENCRYPTION_KEYS`` = "kid:base64,kid:sm4:base64,idx:base64". The first key encrypts, every listed
key decrypts; a key without a suite is AES (``core.suites``). Three names are no cipher keys:

* ``idx`` keys the blind index (``idx:sm3:…`` for HMAC-SM3) and stays the same while people work;
* ``was``, only during ``rotate_keys --index``: the index key before;
* ``aud`` keys the audit trail; without it ``idx`` does, so an index key that leaves goes on under this name.

A stored value is ``kid:base64(nonce + ciphertext + tag)``, so a rotation can tell which rows still carry an old key.
"""

import base64
import binascii
import os
import re
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import models

from core import suites

_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM
_KID = re.compile(r"[A-Za-z0-9._-]{1,20}")
INDEX, FORMER_INDEX, AUDIT = "idx", "was", "aud"


class Undecipherable(Exception):
    """A stored value was changed, or its key is not in the ring."""


class KeyRing:
    """Parsed ``FIELD_ENCRYPTION_KEYS``. Raises ImproperlyConfigured naming the variable on a bad value."""

    def __init__(self, text: str):
        made = {}
        for part in text.split(","):
            kid, *more = part.strip().split(":")
            if kid in made or not _KID.fullmatch(kid) or len(more) not in (1, 2):
                raise _bad(f"{kid!r} must be a name of its own, then (a suite and) the key in base64")
            made[kid] = _key(kid, *more[:-1], encoded=more[-1])
        index = made.pop(INDEX, None)
        former, audit = made.pop(FORMER_INDEX, None), made.pop(AUDIT, None)
        if index is None or not made:
            raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS needs one key and the index key named idx")
        self._index, self._former_index, self.audit_mac = index, former, audit or index
        self.has_audit_key = audit is not None
        self.current = next(iter(made))
        self._ciphers = made

    @property
    def names(self) -> list[str]:
        """Of the keys that decrypt, the one that encrypts first."""
        return list(self._ciphers)

    def encrypt(self, plain: str, context: str) -> str:
        """Encrypt ``plain``; ``context`` (a short name of the field) is authenticated with it."""
        nonce = os.urandom(_NONCE)
        sealed = self._ciphers[self.current].encrypt(nonce, plain.encode(), context.encode())
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, context: str) -> str:
        """The plain text of ``stored``. Raises Undecipherable."""
        kid, _, encoded = stored.partition(":")
        try:
            raw = base64.b64decode(encoded)
            return self._ciphers[kid].decrypt(raw[:_NONCE], raw[_NONCE:], context.encode()).decode()
        except (KeyError, InvalidTag, ValueError) as error:
            raise Undecipherable(f"value of {context} under key {kid!r}") from error

    def blind_index(self, text: str) -> str:
        """64 hex digits that are equal exactly for equal ``text`` and reveal nothing without the index key."""
        return self._index(text.encode()).hex()

    def former_blind_index(self, text: str) -> str | None:
        """As ``blind_index`` was with the key before; None when the ring does not name it (``was``)."""
        return self._former_index(text.encode()).hex() if self._former_index else None


def _key(kid: str, suite: str = "", *, encoded: str):
    """The cipher or MAC that a key of the ring stands for."""
    is_mac = kid in {INDEX, FORMER_INDEX, AUDIT}
    known = suites.MACS if is_mac else suites.CIPHERS
    suite = suite or next(iter(known))
    if suite not in known:
        raise _bad(f"suite {suite!r} of key {kid!r} must be one of {', '.join(known)}")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise _bad(f"key {kid!r} is not base64") from error
    if len(key) != known[suite].length:
        raise _bad(f"key {kid!r} must be {known[suite].length} bytes in base64 ({suite})")
    if suites.lacks(suite):
        raise _bad(f"key {kid!r} needs {suite}, which the OpenSSL of this machine was built without")
    return known[suite].make(key)


def _bad(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS: {what}")


@lru_cache(maxsize=1)
def key_ring() -> KeyRing:
    """The ring of this process."""
    return KeyRing(settings.FIELD_ENCRYPTION_KEYS)


def _forget_ring(*, setting, **kwargs):
    if setting == "FIELD_ENCRYPTION_KEYS":
        key_ring.cache_clear()


setting_changed.connect(_forget_ring)


def blind_index(text: str) -> str:
    """See ``KeyRing.blind_index``."""
    return key_ring().blind_index(text)


class EncryptedTextField(models.TextField):
    """Text that is encrypted in the database. ``context`` names the field and is bound to the ciphertext."""

    def __init__(self, *args, context: str = "", **kwargs):
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "context": self.context}

    def from_db_value(self, value, expression, connection):
        return value if value in (None, "") else key_ring().decrypt(value, self.context)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value in (None, "") else key_ring().encrypt(value, self.context)

"""Field encryption (authenticated, with a key ring) and the blind index that makes an encrypted number findable.

Key ring: ``settings.FIELD_ENCRYPTION_KEYS`` = "kid:base64,kid:base64,idx:base64". The first key encrypts, every listed
key decrypts; ``idx`` keys the blind index and must stay the same for the life of the data. A stored value is
``kid:base64(nonce + ciphertext + tag)``, so a rotation can tell which rows still carry an old key.
"""

import base64
import binascii
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import models

_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM


class Undecipherable(Exception):
    """A stored value was changed, or its key is not in the ring."""


class KeyRing:
    """Parsed ``FIELD_ENCRYPTION_KEYS``. Raises ImproperlyConfigured naming the variable on a bad value."""

    def __init__(self, text: str):
        keys: dict[str, bytes] = {}
        for part in text.split(","):
            kid, _, encoded = part.strip().partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error as error:
                raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS: key {kid!r} is not base64") from error
            if not kid or len(key) != 32:
                raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS: key {kid!r} must be 32 bytes in base64")
            keys[kid] = key
        self.index_key = keys.pop("idx", None)
        if self.index_key is None or not keys:
            raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS needs one key and the index key named idx")
        self.current = next(iter(keys))
        self._ciphers = {kid: AESGCM(key) for kid, key in keys.items()}

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
        return hmac.digest(self.index_key, text.encode(), "sha256").hex()


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

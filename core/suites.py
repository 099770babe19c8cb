"""Cipher suites of the key ring: AES-256-GCM with HMAC-SHA-256, and the national one, SM4-GCM (RFC 8998) with HMAC-SM3.

A ring may mix them: each key says which suite it belongs to, so data moves from one to the other by a rotation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hmac import digest as hmac_digest

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_TAG = 16  # bytes at the end of what both ciphers seal
_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM

Mac = Callable[[bytes], bytes]


class SM4GCM:
    """SM4 in GCM with the calls of the library's ``AESGCM``, which has no SM4 beside it. Raises InvalidTag on what was changed."""

    def __init__(self, key: bytes):
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, context: bytes) -> bytes:
        """Ciphertext and tag."""
        sealing = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(context)
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        """The data, once the tag has been checked."""
        if len(nonce) != _NONCE or len(sealed) < _TAG:
            raise InvalidTag
        opening = Cipher(self._cipher, modes.GCM(nonce, sealed[-_TAG:])).decryptor()
        opening.authenticate_additional_data(context)
        return opening.update(sealed[:-_TAG]) + opening.finalize()


def _sha256(key: bytes) -> Mac:
    return lambda text: hmac_digest(key, text, "sha256")


def _sm3(key: bytes) -> Mac:
    keyed = hmac.HMAC(key, hashes.SM3())

    def mac(text: bytes) -> bytes:
        copy = keyed.copy()
        copy.update(text)
        return copy.finalize()

    return mac


@dataclass(frozen=True)
class Suite:
    """What a key of this suite is: its length in bytes, and what is made of it. Not every OpenSSL has the national one."""

    length: int
    make: Callable[[bytes], object]


CIPHERS = {"aes": Suite(32, AESGCM), "sm4": Suite(16, SM4GCM)}
MACS = {"sha256": Suite(32, _sha256), "sm3": Suite(32, _sm3)}


def lacks(suite: str) -> bool:
    """True when the OpenSSL of this machine was built without what ``suite`` needs."""
    try:
        if suite in CIPHERS:
            CIPHERS[suite].make(bytes(CIPHERS[suite].length)).encrypt(bytes(_NONCE), b"", b"")
        else:
            MACS[suite].make(bytes(MACS[suite].length))(b"")
    except UnsupportedAlgorithm:
        return True
    return False

"""The sealed text behind the QR code of a certificate: a CWT signed with ES256 (COSE_Sign1), packed with zlib, written in
base45 behind ``TVC1:``. The envelope is that of the EU's HCERT (domain §9); the payload is ours.

Pure: keys in, text out, and back. Whoever has the list of public keys can open a text without asking anybody.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import base45
import cbor2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey

PREFIX = "TVC1:"
ES256 = -7
_ALG, _KID = 1, 4  # labels of the protected header, RFC 9052 §3.1
_LONGEST = 4000  # characters; a QR code holds 4296
_LARGEST = 20_000  # bytes after unpacking: a text from a stranger must not unpack without end


class BadSeal(Exception):
    """The text cannot be trusted. ``code``: NOT_OURS, DAMAGED, UNKNOWN_KEY, FORGED."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class NewKey:
    """A fresh P-256 key pair: ``kid`` (16 hex digits), private key as PEM, public key as PEM."""

    kid: str
    private_pem: str
    public_pem: str


def make_key() -> NewKey:
    """A key pair; ``kid`` is the beginning of the SHA-256 of the public key, so nobody has to hand out numbers."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return NewKey(
        kid=hashlib.sha256(public).hexdigest()[:16],
        private_pem=private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        public_pem=private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


def coordinates(public_pem: str) -> tuple[bytes, bytes]:
    """x and y of a public key, 32 bytes each: what a browser needs."""
    numbers = serialization.load_pem_public_key(public_pem.encode()).public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


def seal(claims: Mapping[int, object], *, kid: str, private_pem: str) -> str:
    """``claims`` (CWT labels → values) signed and written as text for a QR code."""
    key = COSEKey.from_pem(private_pem, alg="ES256", kid=bytes.fromhex(kid))
    signed = COSE.new().encode_and_sign(
        cbor2.dumps(dict(claims)), key, protected={_ALG: ES256, _KID: bytes.fromhex(kid)}
    )
    return PREFIX + base45.b45encode(zlib.compress(signed, 9)).decode()


def opened(text: str, public_keys: Mapping[str, str]) -> dict[int, object]:
    """The claims of a sealed text that one of ``public_keys`` (kid → PEM) signed. Raises BadSeal."""
    signed = _unpacked(text)
    kid = _key_of(signed)
    if kid not in public_keys:
        raise BadSeal("UNKNOWN_KEY")
    key = COSEKey.from_pem(public_keys[kid], alg="ES256", kid=bytes.fromhex(kid))
    try:
        claims = cbor2.loads(COSE.new().decode(signed, key))
    except Exception as error:  # the library raises many kinds; each means that the signature does not stand
        raise BadSeal("FORGED") from error
    if not isinstance(claims, dict):
        raise BadSeal("DAMAGED")
    return claims


def _unpacked(text: str) -> bytes:
    text = text.strip()
    if not text.startswith(PREFIX) or len(text) > _LONGEST:
        raise BadSeal("NOT_OURS")
    try:
        packed = base45.b45decode(text.removeprefix(PREFIX))
        unpacker = zlib.decompressobj()
        signed = unpacker.decompress(packed, _LARGEST)
    except (ValueError, zlib.error) as error:
        raise BadSeal("DAMAGED") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise BadSeal("DAMAGED")
    return signed


def _key_of(signed: bytes) -> str:
    """The key that the text names; only ES256 is accepted, whatever the text asks for."""
    try:
        tagged = cbor2.loads(signed)
        header = cbor2.loads(tagged.value[0])
        kid = header[_KID].hex()
        algorithm = header[_ALG]
    except Exception as error:  # cbor2 and wrong shapes
        raise BadSeal("DAMAGED") from error
    if tagged.tag != 18 or algorithm != ES256:
        raise BadSeal("FORGED")
    return kid

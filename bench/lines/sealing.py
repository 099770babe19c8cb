"""P12: encryption and blind index of ID numbers, beside the bare calls of the library, and their share of an import."""

import base64
import hmac
import os
from collections.abc import Iterator
from time import process_time

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import census_file, crowd, databases, ground
from bench.lines import census
from bench.measure import Line, apart
from residents.models import ResidentIdentifier

NUMBERS, IMPORTED = 50_000, 20_000
MOST_OF_RAW, MOST_OF_IMPORT = 1.6, 0.25


def lines(setup) -> Iterator[Line]:
    """One line: what the product does with each number when it writes it, against the same two calls by hand."""
    numbers = [person.number for person in crowd.people(NUMBERS, seed=4)]
    contenders = {"ours": _ours, "raw AES-GCM + HMAC": _raw, "peer: Fernet + HMAC": _peer}
    line = Line("P12", setup.engine, "encryption and blind index of an ID number, processor time", "µs", {})
    for _ in range(setup.rounds):
        for name, work in contenders.items():
            began = process_time()
            work(numbers)
            took = (process_time() - began) / NUMBERS * 1e6
            line.figures.setdefault(name, []).append(took)
    line.at_most("of raw", line.median("ours") / line.median("raw AES-GCM + HMAC"), MOST_OF_RAW, " ×")
    rows = min(setup.rows, IMPORTED)
    processor = _import(setup, rows)
    share = line.median("ours") / 1e6 * rows / processor
    line.at_most(f"share of the processor time of an import of {rows} rows", share, MOST_OF_IMPORT)
    line.notes.append(f"the import took {processor:.1f} processor seconds")
    yield line


def _import(setup, rows: int) -> float:
    """Processor seconds of an import into an empty register."""
    ground.use_empty()
    file = census_file.make(setup.work / f"census-{rows}.xlsx", rows)
    databases.copy(ground.EMPTY, census.TRIAL)
    try:
        return apart(census.import_ours, file=str(file))["cpu"]
    finally:
        databases.drop(census.TRIAL)


def _ours(numbers: list[str]) -> None:
    field = ResidentIdentifier._meta.get_field("number")
    for number in numbers:
        field.get_prep_value(number)
        ResidentIdentifier.hash_of("01", number)


def _raw(numbers: list[str]) -> None:
    """What must be done: nonce, seal, encode as text; HMAC in hexadecimal."""
    seal, key = AESGCM(b"k" * 32).encrypt, b"i" * 32
    for number in numbers:
        nonce = os.urandom(12)
        base64.b64encode(nonce + seal(nonce, number.encode(), b"id_number")).decode()
        hmac.digest(key, b"CN18:" + number.encode(), "sha256").hex()


def _peer(numbers: list[str]) -> None:
    fernet, key = Fernet(base64.urlsafe_b64encode(b"k" * 32)), b"i" * 32
    for number in numbers:
        fernet.encrypt(number.encode())
        hmac.digest(key, number.encode(), "sha256").hex()

"""The key ring: authenticated encryption with rotation, and an index that finds without revealing."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.crypto import KeyRing, Undecipherable

OLD, NEW, IDX = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
NUMBER = "11010519491231002X"


def test_what_is_encrypted_comes_back_and_never_looks_the_same_twice():
    ring = KeyRing(f"a:{OLD},idx:{IDX}")
    first, second = ring.encrypt(NUMBER, "id_number"), ring.encrypt(NUMBER, "id_number")
    assert first != second
    assert NUMBER not in first
    assert ring.decrypt(first, "id_number") == ring.decrypt(second, "id_number") == NUMBER


def test_a_new_first_key_encrypts_and_the_old_one_still_reads():
    stored = KeyRing(f"a:{OLD},idx:{IDX}").encrypt(NUMBER, "id_number")
    rotated = KeyRing(f"b:{NEW},a:{OLD},idx:{IDX}")
    assert rotated.decrypt(stored, "id_number") == NUMBER
    assert rotated.encrypt(NUMBER, "id_number").startswith("b:")
    with pytest.raises(Undecipherable):
        KeyRing(f"b:{NEW},idx:{IDX}").decrypt(stored, "id_number")


def test_a_changed_value_and_another_field_are_noticed():
    ring = KeyRing(f"a:{OLD},idx:{IDX}")
    stored = ring.encrypt(NUMBER, "id_number")
    raw = bytearray(base64.b64decode(stored.partition(":")[2]))
    raw[-1] ^= 1
    with pytest.raises(Undecipherable):
        ring.decrypt("a:" + base64.b64encode(bytes(raw)).decode(), "id_number")
    with pytest.raises(Undecipherable):
        ring.decrypt(stored, "another_field")


def test_the_index_is_stable_across_rotation_and_needs_its_key():
    one, two = KeyRing(f"a:{OLD},idx:{IDX}"), KeyRing(f"b:{NEW},a:{OLD},idx:{IDX}")
    assert (
        one.blind_index(NUMBER)
        == two.blind_index(NUMBER)
        != KeyRing(f"a:{OLD},idx:{NEW}").blind_index(NUMBER)
    )


@pytest.mark.parametrize("text", ["", "a:short,idx:" + IDX, "a:" + OLD, "idx:" + IDX, "a:***,idx:" + IDX])
def test_a_bad_ring_names_the_variable(text):
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        KeyRing(text)

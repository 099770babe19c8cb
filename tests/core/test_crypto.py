"""The key ring: authenticated encryption with rotation, and an index that finds without revealing."""

import base64

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured

from core.crypto import KeyRing, Undecipherable
from core.suites import CIPHERS, MACS, SM4GCM, Suite

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


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"a:short,idx:{IDX}",
        f"a:{OLD}",
        f"idx:{IDX}",
        f"a:***,idx:{IDX}",
        f"a:des:{OLD},idx:{IDX}",
        f"a:sm4:{OLD},idx:{IDX}",
        f"a:{OLD},a:{NEW},idx:{IDX}",
        f"a:{OLD},idx:sm4:{IDX}",
        f"a b:{OLD},idx:{IDX}",
    ],
)
def test_a_bad_ring_names_the_variable(text):
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        KeyRing(text)


SM4, SM3 = base64.b64encode(bytes([4]) * 16).decode(), base64.b64encode(bytes([5]) * 32).decode()


def test_the_national_suite_answers_as_its_standards_say():
    """GB/T 32907 annex A, GB/T 32905 annex A, RFC 8998 appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    assert block.update(key).hex() == "681edf34d206965e86b3e94f536e4246"
    abc = hashes.Hash(hashes.SM3())
    abc.update(b"abc")
    assert abc.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    nonce, about = (
        bytes.fromhex("00001234567800000000abcd"),
        bytes.fromhex("feedfacedeadbeef" * 2 + "abaddad2"),
    )
    plain = bytes.fromhex("".join(pair * 8 for pair in ("aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa")))
    sealed = SM4GCM(key).encrypt(nonce, plain, about)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert SM4GCM(key).decrypt(nonce, sealed, about) == plain
    keyed = MACS["sm3"].make(bytes(range(1, 33)))(b"abc")
    assert keyed.hex() == "44809d3ff5336f44071be1917887380730ae145f940a53819279801784c65e17"


def test_a_ring_may_mix_suites_and_moves_from_one_to_the_other():
    stored = KeyRing(f"a:{OLD},idx:{IDX}").encrypt(NUMBER, "id_number")
    mixed = KeyRing(f"gm:sm4:{SM4},a:{OLD},idx:sm3:{SM3}")
    assert mixed.decrypt(stored, "id_number") == NUMBER
    national = mixed.encrypt(NUMBER, "id_number")
    assert national.startswith("gm:")
    assert mixed.decrypt(national, "id_number") == NUMBER
    assert KeyRing(f"a:aes:{OLD},gm:sm4:{SM4},idx:{IDX}").decrypt(national, "id_number") == NUMBER
    assert mixed.blind_index(NUMBER) != KeyRing(f"a:{OLD},idx:{SM3}").blind_index(NUMBER)
    for spoilt in (f"{national[:-6]}AAAA==", "gm:", "gm:AAAA"):
        with pytest.raises(Undecipherable):
            mixed.decrypt(spoilt, "id_number")


def test_without_the_national_suite_the_start_says_so(monkeypatch):
    def unsupported(key):
        raise UnsupportedAlgorithm("sm4")

    monkeypatch.setitem(CIPHERS, "sm4", Suite(16, unsupported))
    with pytest.raises(ImproperlyConfigured, match="'gm' needs sm4, which the OpenSSL of this machine"):
        KeyRing(f"gm:sm4:{SM4},idx:{IDX}")


def test_the_audit_trail_may_keep_its_key_when_the_index_gets_another():
    before, after = KeyRing(f"a:{OLD},idx:{IDX}"), KeyRing(f"a:{OLD},idx:{NEW},was:{IDX},aud:{IDX}")
    assert before.audit_mac(b"x") == after.audit_mac(b"x") != KeyRing(f"a:{OLD},idx:{NEW}").audit_mac(b"x")
    assert after.former_blind_index(NUMBER) == before.blind_index(NUMBER) != after.blind_index(NUMBER)
    assert before.former_blind_index(NUMBER) is None

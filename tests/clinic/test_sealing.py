"""The envelope and the content of a certificate: what was sealed is read back, what was touched is refused."""

import zlib
from datetime import UTC, date, datetime

import base45
import cbor2
import pytest
import segno
from cwt import COSE, COSEKey
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic import sealing
from clinic.certificate_rules import Content, DoseLine, check, claims_of, content_of, revocation_mark
from tests.walks import examples

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
KEY, OTHER = sealing.make_key(), sealing.make_key()
TRUST = {KEY.kid: KEY.public_pem}
DOSES = tuple(
    DoseLine(n, "CV-BJ", f"20210{n}001A", date(2021, 3 + n, 10), "迎泽街道社区卫生服务中心接种点")
    for n in (1, 2, 3)
)


def content(**given) -> Content:
    values = {
        "name": "欧阳𬭚卓",
        "masked": "150622********1234",
        "birth_date": date(1966, 4, 23),
        "disease": "COVID",
        "doses": DOSES,
        "issuer": "迎泽街道",
        "issued_at": NOW,
        "number": bytes(range(16)),
    }
    return Content(**values | given)


def sealed(key=KEY, **given) -> str:
    return sealing.seal(claims_of(content(**given)), kid=key.kid, private_pem=key.private_pem)


SEALED = sealed()


def found(text: str, *, trust=TRUST, revoked=()):
    return check(text, public_keys=trust, revoked=revoked, now=NOW)


def repacked(text: str, change) -> str:
    """The same envelope around a message that ``change`` (list of four parts → list) has touched."""
    message = cbor2.loads(zlib.decompress(base45.b45decode(text.removeprefix(sealing.PREFIX))))
    packed = zlib.compress(cbor2.dumps(cbor2.CBORTag(message.tag, change(list(message.value)))))
    return sealing.PREFIX + base45.b45encode(packed).decode()


def test_what_was_sealed_is_read_back():
    finding = found(sealed())
    assert (finding.code, finding.content) == ("VALID", content())


def test_three_doses_fit_a_code_that_a_cheap_phone_reads():
    code = segno.make_qr(sealed(), error="m")
    assert code.version <= 15, "more than 77 modules a side"
    assert code.mode == "alphanumeric"


def test_a_changed_name_is_a_forgery():
    def rename(parts):
        claims = cbor2.loads(parts[2])
        claims[-65537][0] = "李四"
        return [parts[0], parts[1], cbor2.dumps(claims), parts[3]]

    assert found(repacked(sealed(), rename)).code == "FORGED"


def test_a_key_that_is_not_on_the_list_is_not_trusted():
    assert found(sealed(OTHER)).code == "UNKNOWN_KEY"


def test_a_stranger_who_names_our_key_is_a_forger():
    stranger = COSEKey.from_pem(OTHER.private_pem, alg="ES256", kid=bytes.fromhex(KEY.kid))
    header = {1: sealing.ES256, 4: bytes.fromhex(KEY.kid)}
    signed = COSE.new().encode_and_sign(cbor2.dumps(claims_of(content())), stranger, protected=header)
    text = sealing.PREFIX + base45.b45encode(zlib.compress(signed)).decode()
    assert found(text).code == "FORGED"


@pytest.mark.parametrize("algorithm", [-35, 5, None])
def test_another_algorithm_is_never_accepted(algorithm):
    def weaken(parts):
        return [cbor2.dumps({1: algorithm, 4: bytes.fromhex(KEY.kid)}), *parts[1:]]

    assert found(repacked(sealed(), weaken)).code == "FORGED"


def test_a_revoked_certificate_is_told_with_its_content():
    finding = found(sealed(), revoked={revocation_mark(content().number)})
    assert finding.code == "REVOKED"
    assert finding.content.name == "欧阳𬭚卓"


def test_an_expired_one_is_told():
    claims = claims_of(content()) | {4: int(NOW.timestamp())}
    assert found(sealing.seal(claims, kid=KEY.kid, private_pem=KEY.private_pem)).code == "EXPIRED"


@pytest.mark.parametrize("text", ["", "HC1:ABC", "https://example.org", "TVC1:" + "A" * 5000])
def test_another_code_is_not_ours(text):
    assert found(text).code == "NOT_OURS"


def test_a_text_that_unpacks_without_end_is_refused():
    bomb = sealing.PREFIX + base45.b45encode(zlib.compress(b"0" * 1_000_000, 9)).decode()
    assert found(bomb).code == "DAMAGED"


@settings(max_examples=examples(200))
@given(st.data())
def test_no_touched_text_is_ever_valid(data):
    """One changed character: told as damaged, forged or unknown, never as valid with another content."""
    text = SEALED
    at = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
    touched = text[:at] + sign + text[at + 1 :]
    finding = found(touched)
    assert finding.code != "VALID" or (touched.strip() == text or finding.content == content())


@settings(max_examples=examples(200))
@given(st.recursive(st.integers() | st.text() | st.binary(), lambda inner: st.lists(inner)))
def test_any_signed_payload_of_another_shape_is_damaged(payload):
    with pytest.raises(sealing.BadSeal):
        content_of({1: "x", 6: 0, 7: b"", -65537: payload})

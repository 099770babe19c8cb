"""What a certificate says, and what a checker is told about one. Pure."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from clinic import sealing

# CWT claims (RFC 8392 §3.1), and the private one that holds our payload.
_ISSUER, _EXPIRES, _ISSUED, _ID, _PAYLOAD = 1, 4, 6, 7, -65537

WORDS = {
    "VALID": (
        "done",
        "凭证有效",
        "签名由本系统签发,没有被改动,也没有被撤销。请核对本人证件与姓名、证件尾号。",
    ),
    "REVOKED": ("stop", "凭证已撤销", "凭证上的接种记录后来被更正或作废。请到接种点打印新的凭证。"),
    "EXPIRED": ("stop", "凭证已过期", "请到接种点打印新的凭证。"),
    "NOT_OURS": ("stop", "不是接种凭证", "扫到的不是本系统的接种凭证。请对准凭证上的二维码再扫一次。"),
    "DAMAGED": ("stop", "没有读全", "二维码的内容不完整。请擦净镜头、摊平纸张再扫一次。"),
    "UNKNOWN_KEY": (
        "hold",
        "不认识的签发方",
        "凭证由另一套系统签发,或核验用的名单太旧。请联网更新名单后再查。",
    ),
    "FORGED": ("stop", "凭证是假的", "内容与签名不符,凭证被改动过。请留下凭证并报告接种点。"),
}


@dataclass(frozen=True)
class DoseLine:
    """One dose on a certificate; ``product`` is the code of the vaccine."""

    number: int
    product: str
    lot_no: str
    given_on: date
    place: str


@dataclass(frozen=True)
class Content:
    """What a certificate says: the person (number masked), the disease, the doses, who issued it and when."""

    name: str
    masked: str
    birth_date: date
    disease: str
    doses: tuple[DoseLine, ...]
    issuer: str
    issued_at: datetime
    number: bytes  # 16 bytes, the id of the certificate


@dataclass(frozen=True)
class Finding:
    """What a checker is told: a key of ``WORDS`` and, where the signature stands, the content."""

    code: str
    content: Content | None = None

    @property
    def words(self) -> tuple[str, str, str]:
        """(tone, big word, what to do)."""
        return WORDS[self.code]


def claims_of(content: Content) -> dict[int, object]:
    """The CWT claims; days as numbers 20261121 and lists instead of names keep the QR code small."""
    return {
        _ISSUER: content.issuer,
        _ISSUED: int(content.issued_at.timestamp()),
        _ID: content.number,
        _PAYLOAD: [
            content.name,
            content.masked,
            _day_number(content.birth_date),
            content.disease,
            [[d.number, d.product, d.lot_no, _day_number(d.given_on), d.place] for d in content.doses],
        ],
    }


def content_of(claims: Mapping[int, object]) -> Content:
    """The reverse of ``claims_of``. Raises BadSeal DAMAGED when the claims have another shape."""
    try:
        name, masked, birth, disease, doses = claims[_PAYLOAD]
        return Content(
            name=str(name),
            masked=str(masked),
            birth_date=_day(birth),
            disease=str(disease),
            doses=tuple(DoseLine(int(n), str(p), str(lot), _day(day), str(w)) for n, p, lot, day, w in doses),
            issuer=str(claims[_ISSUER]),
            issued_at=datetime.fromtimestamp(claims[_ISSUED], UTC),
            number=bytes(claims[_ID]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise sealing.BadSeal("DAMAGED") from error


def revocation_mark(number: bytes) -> str:
    """How a certificate is named on the public list of revoked ones: 16 hex digits that tell nothing about it."""
    return hashlib.sha256(number).hexdigest()[:16]


def check(text: str, *, public_keys: Mapping[str, str], revoked: Collection[str], now: datetime) -> Finding:
    """What to tell whoever holds ``text`` before a checker: no register is asked, only the two public lists.

    ``public_keys``: kid → PEM; ``revoked``: marks of ``revocation_mark``.
    """
    try:
        claims = sealing.opened(text, public_keys)
        content = content_of(claims)
    except sealing.BadSeal as error:
        return Finding(error.code)
    expires = claims.get(_EXPIRES)
    if isinstance(expires, int) and now.timestamp() >= expires:
        return Finding("EXPIRED", content)
    return Finding("REVOKED" if revocation_mark(content.number) in revoked else "VALID", content)


def _day_number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _day(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)

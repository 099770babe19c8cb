"""Issuing certificates (预防接种凭证), taking them back, and the public lists that let anybody check one."""

import uuid
from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from campaigns.models import Campaign
from clinic import certificate_rules, sealing
from clinic.certificate_rules import Content, DoseLine, revocation_mark
from clinic.models import Certificate, SigningKey
from core import audit
from core.errors import RuleBroken
from core.locks import deed, lock
from inventory.models import Vaccine
from residents.choices import IdType
from residents.models import Enrolment, Resident, VaccinationRecord

_PLACE = 24  # characters of the site's name; every one costs the QR code three bytes


def records_for(resident: Resident, campaign: Campaign) -> list[VaccinationRecord]:
    """The doses a certificate may state: counted and verified, of the campaign's disease and season."""
    mine = resident.records.counted().filter(disease=campaign.disease, season=campaign.season)
    return list(mine.filter(is_verified=True).select_related("vaccine").order_by("dose_number"))


def current(resident: Resident, campaign: Campaign) -> Certificate | None:
    """The standing certificate that states exactly the doses of today, if one was issued."""
    wanted = {record.pk for record in records_for(resident, campaign)}
    mine = resident.certificates.standing().filter(disease=campaign.disease, season=campaign.season)
    for certificate in mine.prefetch_related("records"):
        if {record.pk for record in certificate.records.all()} == wanted:
            return certificate
    return None


@deed()
def issue(*, resident: Resident, campaign: Campaign, actor, key: uuid.UUID, now: datetime) -> Certificate:
    """Certify the doses of ``resident``. What was certified already is returned, not issued again; so is a repeat of
    ``key``.

    Raises RuleBroken NO_DOSES (nothing verified to state), NO_DOCUMENT (a person without any document is not certified,
    domain §1.2).
    """
    # A correction of the doses waits until this is written, or this sees what was corrected.
    lock(Enrolment, resident.enrolments.values_list("pk", flat=True))
    if (done := Certificate.objects.filter(key=key).first()) or (done := current(resident, campaign)):
        return done
    records = records_for(resident, campaign)
    if not records:
        raise RuleBroken("NO_DOSES", "还没有核实过的接种记录,不能签发凭证。外地接种的请先核实凭据。")
    document = resident.primary_identifier
    if document is None or document.id_type == IdType.NONE:
        raise RuleBroken("NO_DOCUMENT", "没有证件的人不能签发凭证。请先在个人页面补登证件。")
    signing_key = _signing_key(now)
    uid = uuid.uuid4()
    content = Content(
        name=resident.name,
        masked=document.masked,
        birth_date=resident.birth_date,
        disease=campaign.disease,
        doses=tuple(
            DoseLine(r.dose_number, r.vaccine.code, r.lot_no, r.given_on, r.given_at_place[:_PLACE])
            for r in records
        ),
        issuer=str(resident.village.parent),
        issued_at=now,
        number=uid.bytes,
    )
    claims = certificate_rules.claims_of(content)
    certificate = Certificate.objects.create(
        uid=uid,
        key=key,
        resident=resident,
        disease=campaign.disease,
        season=campaign.season,
        signing_key=signing_key,
        mark=revocation_mark(uid.bytes),
        text=sealing.seal(claims, kid=signing_key.kid, private_pem=signing_key.private_pem),
        issued_at=now,
        issued_by=actor,
    )
    certificate.records.set(records)
    audit.record("certificate.issued", actor=actor, target=certificate, subject=resident)
    return certificate


@deed()
def revoke(*, certificate: Certificate, actor, reason: str, now: datetime) -> Certificate:
    """Take a certificate back (stolen, wrong name). Doses that are voided revoke theirs by themselves.

    Raises RuleBroken REASON_MISSING, REVOKED_ALREADY.
    """
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明撤销原因(凭证遗失、姓名写错等)。", "reason")
    mine = Certificate.objects.filter(pk=certificate.pk, revoked_at__isnull=True)
    if not mine.update(revoked_at=now, revoked_by=actor, revoke_reason=reason.strip()):
        raise RuleBroken("REVOKED_ALREADY", "这张凭证已经撤销,不用再做。")
    certificate.refresh_from_db()
    audit.record("certificate.revoked", actor=actor, target=certificate, subject=certificate.resident)
    return certificate


@deed()
def rotate_key(*, now: datetime, distrust: bool = False, reason: str = "") -> SigningKey:
    """A new signing key. The old one goes on being trusted, unless ``distrust`` (it leaked): then all its certificates
    fall, and ``reason`` says why. Raises RuleBroken REASON_MISSING."""
    if distrust and not reason.strip():
        raise RuleBroken("REASON_MISSING", "不再信任旧密钥时必须写明原因。", "reason")
    old = SigningKey.objects.filter(is_signing=True)
    if distrust:
        old.update(is_signing=False, distrusted_at=now, distrust_reason=reason.strip())
    else:
        old.update(is_signing=False)
    made = _make_key(now)
    audit.record("certificate.key_rotated", actor=None, target=made, data={"distrust": distrust})
    return made


def trust_list(now: datetime) -> dict:
    """All that a checker needs, and nothing about anybody: public keys (x, y in hex), marks of revoked certificates,
    names of products. JSON-ready."""
    keys = []
    for key in SigningKey.objects.trusted().order_by("made_at"):
        x, y = sealing.coordinates(key.public_pem)
        keys.append({"kid": key.kid, "x": x.hex(), "y": y.hex()})
    return {
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "keys": keys,
        "revoked": sorted(Certificate.objects.revoked().values_list("mark", flat=True)),
        "products": product_names(),
        "words": certificate_rules.WORDS,
    }


def product_names() -> dict[str, str]:
    """Code → name of every vaccine, as checkers read it."""
    return {vaccine.code: str(vaccine) for vaccine in Vaccine.objects.all()}


def check(text: str, *, now: datetime) -> certificate_rules.Finding:
    """Tell what ``text`` (scanned or typed) is worth. Reads keys and revocations only, never the register."""
    keys = dict(SigningKey.objects.trusted().values_list("kid", "public_pem"))
    revoked = set(Certificate.objects.revoked().values_list("mark", flat=True))
    return certificate_rules.check(text, public_keys=keys, revoked=revoked, now=now)


def _signing_key(now: datetime) -> SigningKey:
    return SigningKey.objects.filter(is_signing=True).first() or _make_key(now)


def _make_key(now: datetime) -> SigningKey:
    made = sealing.make_key()
    try:
        with transaction.atomic():
            return SigningKey.objects.create(
                kid=made.kid, public_pem=made.public_pem, private_pem=made.private_pem, made_at=now
            )
    except IntegrityError:  # another process made the first key this very moment
        return SigningKey.objects.get(is_signing=True)

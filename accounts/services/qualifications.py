"""Certificates of staff: a vaccinator without a valid one is stopped at the needle (疫苗管理法 art. 44)."""

from datetime import date, timedelta

from accounts.models import StaffQualification, User
from accounts.services.accounts import check_manages
from core import audit
from core.errors import RuleBroken
from core.locks import deed

LONGEST = timedelta(days=366 * 50)  # a slipped digit in the year
WARN_DAYS = 30


@deed()
def put_qualification(
    *, actor: User, user: User, kind: str, cert_no: str, valid_to: date, today: date
) -> StaffQualification:
    """Enter a certificate of ``user``, or the new end of one that was renewed under its number.

    Raises NotAllowed, RuleBroken("CERTIFICATE_DATE") when it has ended already or ends absurdly late.
    """
    check_manages(actor, user)
    if not today <= valid_to <= today + LONGEST:
        raise RuleBroken("CERTIFICATE_DATE", "有效期应在今天或以后,请核对证书上的日期。", "valid_to")
    row, is_new = StaffQualification.objects.get_or_create(
        user=user, kind=kind, cert_no=cert_no, defaults={"valid_to": valid_to}
    )
    before = None if is_new else row.valid_to
    if before != valid_to:
        StaffQualification.objects.filter(pk=row.pk).update(valid_to=valid_to)
        row.valid_to = valid_to
        data = {"kind": kind, "cert_no": cert_no, "valid_to": str(valid_to), "before": before and str(before)}
        audit.record("account.certificate_put", actor=actor, target=user, data=data)
    return row


@deed()
def drop_qualification(*, actor: User, qualification: StaffQualification, reason: str) -> None:
    """Take out a certificate that was entered wrongly or withdrawn; the trail keeps what it was. Raises NotAllowed."""
    check_manages(actor, qualification.user)
    data = {
        "kind": qualification.kind,
        "cert_no": qualification.cert_no,
        "valid_to": str(qualification.valid_to),
        "reason": reason,
    }
    user = qualification.user
    qualification.delete()
    audit.record("account.certificate_dropped", actor=actor, target=user, data=data)

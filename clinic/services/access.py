"""Who stands at the table: the right at this very site, and the vaccinator's certificate."""

from datetime import date

from django.db.models import Expression, Q, QuerySet, Subquery

from accounts.choices import QualificationKind
from accounts.models import RoleAssignment, StaffQualification, User
from accounts.permissions import roles_with
from core.errors import NotAllowed, RuleBroken
from places.models import Site


def require(actor, action: str, site: Site) -> None:
    """Raise NotAllowed unless ``actor`` may do ``action`` at ``site``. ``actor`` None is refused: a deed has a name."""
    scope = actor.scope(action) if actor is not None else None
    if scope is None or not (site.pk in scope.sites or scope.covers(site.place.code)):
        raise NotAllowed


def is_entitled(actor, action: str, site: Site) -> bool:
    """Whether ``require`` lets ``actor`` pass: what a page asks before it shows a button."""
    try:
        require(actor, action, site)
    except NotAllowed:
        return False
    return True


def require_any(actor, actions, site: Site) -> None:
    """Like ``require`` with several rights, one of which is enough."""
    if not any(is_entitled(actor, action, site) for action in actions):
        raise NotAllowed


def confirmers_of(site: Site, today: date) -> QuerySet[User]:
    """Who at ``site`` may be the second person of a correction (the offices of its places may too)."""
    roles = RoleAssignment.objects.current(today).filter(
        site=site, role__in=roles_with("corrections.confirm")
    )
    return User.objects.filter(is_active=True, pk__in=roles.values("user")).order_by("username")


def doctors_of(site: Site, today: date) -> QuerySet[User]:
    """Who may say at ``site`` that somebody can go early: the screening doctors, and staff with a doctor's certificate."""
    here = RoleAssignment.objects.current(today).filter(site=site, role__in=roles_with("clinic.view"))
    screeners = here.filter(role__in=roles_with("visits.screen"))
    certified = StaffQualification.objects.filter(kind=QualificationKind.DOCTOR, valid_to__gte=today)
    is_doctor = Q(pk__in=screeners.values("user")) | Q(pk__in=certified.values("user"))
    return User.objects.filter(is_doctor, is_active=True, pk__in=here.values("user")).order_by("username")


def certified_until(user: Expression) -> Subquery:
    """The last good day of the vaccinator's certificates of ``user``, to be read with other things; None: there is none."""
    certificates = StaffQualification.objects.filter(user=user, kind=QualificationKind.VACCINATOR)
    return Subquery(certificates.order_by("-valid_to").values("valid_to")[:1])


def check_certificate(ends: date | None, today: date) -> None:
    """A vaccinator works only with a valid training certificate (疫苗管理法 art. 44); ``ends`` of ``certified_until``. Raises
    RuleBroken CERTIFICATE_*."""
    if ends is None:
        raise RuleBroken(
            "CERTIFICATE_MISSING",
            "您的帐号没有登记预防接种培训合格证,不能接种。请换有证人员接种,并联系镇办补登证书。",
        )
    if ends < today:
        raise RuleBroken(
            "CERTIFICATE_EXPIRED",
            f"您的预防接种培训合格证已于 {ends} 到期,不能接种。请换有证人员接种,并尽快复训换证。",
        )

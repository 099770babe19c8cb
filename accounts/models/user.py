"""Who may do what where."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.choices import QualificationKind, Role, RoleState
from accounts.permissions import ACTIONS
from accounts.querysets import AccountManager, RoleAssignmentQuerySet
from core.kept import Hole, Kept
from places.models import Organisation, Place, Site


@dataclass(frozen=True)
class Scope:
    """Where a user may do something: code prefixes of places, ids of sites and of organisations.

    ``prefixes`` are places the user answers for. ``town_prefixes`` adds the towns of the user's sites, because the
    floor must find anybody of its township.
    """

    prefixes: frozenset[str] = frozenset()
    sites: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    town_prefixes: frozenset[str] = frozenset()

    def covers(self, code: str) -> bool:
        """True when a place code lies inside ``prefixes``."""
        return any(code.startswith(prefix) for prefix in self.prefixes)


_NOT_ASKED = [
    *(
        f"{path}place__{name}"
        for path in ("", "site__", "organisation__")
        for name in ("valid_from", "valid_to", "successor")
    ),
    *(f"site__{name}" for name in ("address", "phone", "opening")),
    *(
        f"organisation__{name}"
        for name in ("starts_on", "ends_on", "address", "contact_name", "contact_phone")
    ),
]


class User(AbstractUser):
    """An account of one real person."""

    first_name = last_name = None
    display_name = models.CharField("姓名", max_length=30)
    phone = models.CharField("手机", max_length=20, blank=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    lock_reason = models.CharField("停用原因", max_length=120, blank=True)
    locked_by_guard = models.BooleanField("由安全管理员停用", default=False)  # only one of them may lift it
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    # Names the one log-in that is in force, where only one is allowed at a time; the log-in carries it too.
    session_mark = models.CharField(max_length=32, blank=True)

    objects = AccountManager()
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = "帐号"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_absolute_url(self) -> str:
        return reverse("accounts:detail", args=[self.pk])

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def roles(self) -> list["RoleAssignment"]:
        """Assignments in force today; read once per request."""
        if not hasattr(self, "_roles"):
            self._roles = _ROLES(user=self.pk, today=timezone.localdate())
            for assignment in self._roles:
                assignment.user = self
        return self._roles

    def can(self, action: str) -> bool:
        """True when one of the user's roles includes ``action`` (somewhere)."""
        return any(action in assignment.actions for assignment in self.roles())

    def scope(self, action: str | None = None) -> Scope:
        """Where the user may do ``action``; without one, wherever any role reaches."""
        cache = self.__dict__.setdefault("_scopes", {})
        if action not in cache:
            held = [a for a in self.roles() if action is None or action in a.actions]
            prefixes = frozenset(a.place.prefix for a in held if a.place_id)
            cache[action] = Scope(
                prefixes=prefixes,
                sites=frozenset(a.site_id for a in held if a.site_id),
                organisations=self._with_branches({a.organisation_id for a in held if a.organisation_id}),
                town_prefixes=prefixes | frozenset(a.site.place.prefix for a in held if a.site_id),
            )
        return cache[action]

    def _with_branches(self, organisations: set[int]) -> frozenset[int]:
        """A unit answers for its branches too (S9). The branches are read once per request."""
        if not organisations:
            return frozenset()
        if not hasattr(self, "_branches"):
            own = {assignment.organisation_id for assignment in self.roles()} - {None}
            self._branches = list(Organisation.objects.filter(parent__in=own).values_list("pk", "parent_id"))
        return frozenset(organisations | {pk for pk, parent in self._branches if parent in organisations})

    @property
    def main_role(self) -> "RoleAssignment | None":
        """The assignment that decides which desk the user lands on."""
        return self.roles()[0] if self.roles() else None


class RoleAssignment(models.Model):
    """A role at a place, a site or an organisation, from a day until a day (inclusive) or open-ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    role = models.CharField("岗位", max_length=12, choices=Role)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地方"
    )
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接种点"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    since = models.DateField("自")
    until = models.DateField("至", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=RoleState, default=RoleState.IN_FORCE)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(place__isnull=False, site__isnull=True, organisation__isnull=True)
                    | Q(place__isnull=True, site__isnull=False, organisation__isnull=True)
                    | Q(place__isnull=True, site__isnull=True, organisation__isnull=False)
                ),
                name="role_is_somewhere",
                violation_error_message="岗位必须且只能对应一个地方、接种点或单位。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="role_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.where} {self.get_role_display()}"

    @property
    def where(self) -> Place | Site | Organisation:
        """The place, site or organisation of this role."""
        return self.place or self.site or self.organisation

    def is_current(self, today) -> bool:
        """In force on ``today``; the same rule as ``objects.current``."""
        is_in_time = self.since <= today and (self.until is None or self.until >= today)
        return is_in_time and self.state == RoleState.IN_FORCE

    @property
    def is_waiting(self) -> bool:
        """The security administrator has not decided yet."""
        return self.state == RoleState.WAITING

    @property
    def is_refused(self) -> bool:
        """The security administrator said no."""
        return self.state == RoleState.REFUSED

    @property
    def actions(self) -> frozenset[str]:
        """What this role may do."""
        return ACTIONS[self.role]

    @property
    def home(self) -> Place:
        """The place the role belongs to: its own, or the one its site or organisation stands on."""
        return self.place or self.where.place


class StaffQualification(models.Model):
    """A certificate without which a vaccinator must not work (疫苗管理法 art. 44: training and county examination)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="qualifications")
    kind = models.CharField("资质", max_length=12, choices=QualificationKind)
    cert_no = models.CharField("证书编号", max_length=40)
    valid_to = models.DateField("有效期至")

    class Meta:
        verbose_name = "人员资质"
        constraints = [models.UniqueConstraint(fields=["user", "kind", "cert_no"], name="qualification_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.get_kind_display()} {self.valid_to}"


_ROLES = Kept(
    lambda: (
        RoleAssignment.objects.current(Hole("today"))
        .filter(user=Hole("user"))
        .select_related("place", "site__place", "organisation__place")
        .defer(*_NOT_ASKED)
        .order_by("pk")
    )
)

"""Who belongs to a school, an enterprise, a building site, a shop, a care home or a unit."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from places.models import Organisation
from residents.choices import Grade, GuardianRelation
from residents.grades import class_word
from residents.models.resident import Resident
from residents.querysets import RosterQuerySet


class RosterEntry(models.Model):
    """One person on the roster of one organisation, from a day until a day. A person may be on several rosters (village,
    school, employer); where the person is counted is another matter (``residents.rules.accounting_unit``)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="roster_entries", verbose_name="单位"
    )
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="roster_entries")
    grade = models.PositiveSmallIntegerField("年级", choices=Grade, null=True, blank=True)
    class_no = models.CharField("班", max_length=10, blank=True)
    job = models.CharField("岗位(班组)", max_length=30, blank=True)
    member_no = models.CharField("学号(工号)", max_length=30, blank=True)
    guardian_name = models.CharField("监护人", max_length=60, blank=True)
    guardian_phone = models.CharField("监护人电话", max_length=20, blank=True)
    guardian_relation = models.CharField("监护人关系", max_length=12, choices=GuardianRelation, blank=True)
    # Pupils only: the county (province, city, county) where the pupil lives, when it is not ours (S32).
    home_county = models.CharField("现居住的外县(区)", max_length=80, blank=True)
    since = models.DateField("进入日期")
    until = models.DateField("离开日期", null=True, blank=True)
    end_reason = models.CharField("离开原因", max_length=80, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField("登记时间", auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("核对时间", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # When the pupil was told to the county of ``home_county``.
    pushed_at = models.DateTimeField("推送时间", null=True, blank=True)
    pushed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = "单位名册"
        ordering = ["organisation", "grade", "class_no", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "resident"],
                condition=Q(until__isnull=True),
                name="on_a_roster_once",
                violation_error_message="这个人已经在这个单位的名册上。",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, end_reason="") | (Q(until__isnull=False) & ~Q(end_reason="")),
                name="leaving_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="roster_dates"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "until"], name="roster_of_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.resident}"

    @property
    def class_word(self) -> str:
        """三年级2班; "" for staff."""
        return class_word(self.grade, self.class_no)

    @property
    def part_word(self) -> str:
        """Under what the roster lists the person: the class of a pupil, the job of staff."""
        return self.class_word or self.job

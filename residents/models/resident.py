"""A person on the register, with every document that identifies the person."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import PriorityGroup
from core.addresses import address_of
from core.choices import Sex
from core.crypto import EncryptedTextField, blind_index
from core.idnumbers import number_family
from places.models import Organisation, Place
from residents.choices import IdType, NotVaccinatedReason, PhoneOwner, Removal, Residence, TagKind
from residents.models.tag import Tag
from residents.querysets import HouseholdQuerySet, ResidentQuerySet


def _prefix_index(field: str) -> models.Index:
    return models.Index(fields=[field], name=f"resident_{field}", opclasses=["varchar_pattern_ops"])


class Household(models.Model):
    """村 + 门牌(户号)."""

    village = models.ForeignKey(Place, models.PROTECT, related_name="households")
    number = models.CharField("户号", max_length=20)
    address = models.CharField("门牌地址", max_length=120, blank=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "户"
        constraints = [models.UniqueConstraint(fields=["village", "number"], name="household_once")]

    def __str__(self) -> str:
        return self.number


_ACCOMPANIED = frozenset({"sight", "mobility", "onearm", "company"})  # general words of services/tags.py


class Resident(models.Model):
    """One person. ``village`` is where the village registers the person, not necessarily where the person is counted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField("表单号", null=True, blank=True, unique=True, editable=False)
    name = models.CharField("姓名", max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, editable=False)
    initials = models.CharField(max_length=40, blank=True, editable=False)
    given = models.CharField(
        max_length=60, blank=True, editable=False
    )  # the name without its first character
    sex = models.CharField("性别", max_length=1, choices=Sex)
    birth_date = models.DateField("出生日期")
    nationality = models.CharField("国籍", max_length=3, default="156")  # ISO 3166 numeric
    village = models.ForeignKey(Place, models.PROTECT, related_name="residents", verbose_name="村(社区)")
    village_code = models.CharField(
        max_length=18, editable=False
    )  # copied from village: scope without a join
    group_no = models.CharField("组", max_length=10, blank=True)
    grid = models.CharField("网格", max_length=20, blank=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, verbose_name="户号")
    relation_to_head = models.CharField("与户主关系", max_length=20, blank=True)
    residence = models.CharField(
        "人员类别", max_length=14, choices=Residence, default=Residence.LOCAL_RESIDENT
    )
    hukou_address = models.CharField("户籍地址", max_length=120, blank=True)
    address = models.CharField("现住址", max_length=120, blank=True)
    away_place = models.CharField("外出地(流出地)", max_length=80, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True, editable=False)
    phone_owner = models.CharField("电话机主", max_length=8, choices=PhoneOwner, default=PhoneOwner.SELF)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name="工作单位(学校)",
    )
    workplace = models.CharField("单位名称(未登记的)", max_length=80, blank=True)
    school_class = models.CharField("年级班级", max_length=30, blank=True)
    occupation = models.CharField("职业", max_length=30, blank=True)
    priority_groups = models.ManyToManyField(PriorityGroup, blank=True, verbose_name="重点人群")
    tags = models.ManyToManyField(Tag, blank=True, related_name="residents", verbose_name="标签和特殊需要")
    conditions = models.CharField("慢病/自述禁忌", max_length=200, blank=True)
    special_needs = models.CharField("特殊需要说明", max_length=80, blank=True)
    guardian_name = models.CharField("监护人", max_length=60, blank=True)
    willing = models.BooleanField("愿意接种", null=True, blank=True)
    not_vaccinated_reason = models.CharField(
        "未接种原因", max_length=3, choices=NotVaccinatedReason, blank=True
    )
    # What the census file said; whoever really holds the person follows from the duties (residents.responsibility).
    responsible_name = models.CharField("包保人", max_length=30, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    removed_on = models.DateField("移出日期", null=True, blank=True)
    removal = models.CharField("移出原因", max_length=10, choices=Removal, blank=True)
    # A record that was found to be a second one of the same person: the other, which now has all its facts.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="tombstones"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = "居民"
        ordering = ["village_code", "id"]
        indexes = [
            # The register's list in its order, its number, and the groups of a village: read without touching the rows.
            models.Index(fields=["village_code", "group_no", "id", "removed_on"], name="resident_listed"),
            models.Index(fields=["village_code", "birth_date"], name="resident_village_birth"),
            # Prefix searches; the operator class lets PostgreSQL answer LIKE 'x%' in any collation, SQLite ignores it.
            _prefix_index("name"),
            _prefix_index("given"),
            _prefix_index("pinyin"),
            _prefix_index("initials"),
            _prefix_index("phone"),
            models.Index(fields=["phone_tail"], name="resident_phone_tail"),
            # Few of all: the daily report counts them.
            models.Index(
                fields=["not_vaccinated_reason"],
                condition=Q(not_vaccinated_reason=NotVaccinatedReason.REFUSED),
                name="resident_refused",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True, removal="")
                | (Q(removed_on__isnull=False) & ~Q(removal="")),
                name="removal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(removal="duplicate"), name="merged_is_removed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("residents:detail", self.uid)

    @property
    def group_word(self) -> str:
        """3组; what villages call otherwise stays as it is."""
        return f"{self.group_no}组" if self.group_no.isdigit() else self.group_no

    @property
    def need_words(self) -> list[str]:
        """What the person needs at the site: the tags of that kind, then the remark; prefetch ``tags`` for lists."""
        words = [tag.name for tag in self.tags.all() if tag.kind == TagKind.NEED]
        return [*words, self.special_needs] if self.special_needs else words

    @property
    def needs_companion(self) -> bool:
        """Somebody stays with this person all the way (S92); prefetch ``tags`` for lists."""
        return bool(self.special_needs) or any(tag.code in _ACCOMPANIED for tag in self.tags.all())

    @property
    def needs(self) -> str:
        """All needs in one line."""
        return "、".join(self.need_words)

    @property
    def primary_identifier(self) -> "ResidentIdentifier | None":
        """The document shown on lists; prefetch ``identifiers`` for lists."""
        documents = sorted(self.identifiers.all(), key=lambda d: (not d.is_primary, d.pk))
        return documents[0] if documents else None


class ResidentIdentifier(models.Model):
    """A document of a resident. The number is encrypted; ``number_hash`` finds it and keeps it unique per family."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="identifiers")
    id_type = models.CharField("证件类型", max_length=3, choices=IdType, default=IdType.ID_CARD)
    number = EncryptedTextField("证件号码", context="id_number")
    number_hash = models.CharField(max_length=64, editable=False)
    masked = models.CharField(max_length=30, editable=False)  # what lists show: 330782********1234
    last4 = models.CharField(max_length=4, editable=False, db_index=True)
    is_primary = models.BooleanField("主要证件", default=True)
    flags = models.JSONField(default=list, blank=True)  # ID_REGION, ID_LEGACY15 …
    no_document_reason = models.CharField("无证件原因", max_length=80, blank=True)
    guarantor = models.CharField("担保人", max_length=60, blank=True)

    class Meta:
        verbose_name = "证件"
        constraints = [
            models.UniqueConstraint(
                fields=["number_hash"],
                name="identifier_once",
                violation_error_message="这个证件号码已经登记过。",
            ),
            models.CheckConstraint(
                condition=~Q(id_type="N0") | ~(Q(no_document_reason="") | Q(guarantor="")),
                name="no_document_is_vouched",
            ),
        ]

    def __str__(self) -> str:
        return self.masked

    @staticmethod
    def hash_of(id_type: str, number: str) -> str:
        """The blind index of a normalised number; types that share one number space collide on purpose."""
        return blind_index(f"{number_family(id_type)}:{number}")

"""Census files on their way into the register."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from campaigns.models import Campaign
from core.crypto import EncryptedTextField
from core.models import Job
from places.models import Organisation, Place
from residents.choices import Decision, ImportState, RowState
from residents.models.resident import Resident
from residents.querysets import CensusQuerySet, CensusRowQuerySet


class CensusImport(models.Model):
    """One uploaded file: checked, shown, then committed; good rows go in, bad rows come back with the reason."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="村(社区)")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="+")
    # Set when a school or employer sends its roster: everybody on it belongs to the organisation.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    file_name = models.CharField("文件名", max_length=120)
    file_sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.CHECKING)
    counts = models.JSONField(default=dict)
    message = models.CharField("说明", max_length=500, blank=True)
    # What the check could not tell by itself: {"columns": [{header, title, where, field}], "sheets": [name]}.
    questions = models.JSONField(default=dict)
    understood_by = models.CharField(
        max_length=64, blank=True
    )  # digest of all that the rows were understood by
    sheets = models.JSONField(default=dict)  # what the user said: sheet name → village code, "" = leave out
    job = models.ForeignKey(Job, models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CensusQuerySet.as_manager()

    class Meta:
        verbose_name = "摸排导入"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("residents:import_detail", args=[self.uid])


class CensusRow(models.Model):
    """One row of a file: what it will do, and what is wrong with it. What it says stands in ``RowCells``."""

    census = models.ForeignKey(CensusImport, models.CASCADE, related_name="rows", db_index=False)
    sheet = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField("行号")
    position = models.PositiveIntegerField(default=0)  # among all rows of people in the file, from 1
    # JSON {field key: text as the file has it} of a row that was checked before rows stood together in RowCells.
    cells = EncryptedTextField(context="census_row", blank=True)
    state = models.CharField(max_length=10, choices=RowState)
    problems = models.JSONField(default=list)  # [{column, code, message, level}]
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # Rows with one number are shown together: all of them carry the position of the first, the others their own.
    beside = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)
    before = EncryptedTextField(context="census_row", blank=True)  # JSON: what an undo puts back
    conflicts = EncryptedTextField(context="census_row", blank=True)  # JSON [[field, register, file]]
    decision = models.CharField("处理", max_length=9, choices=Decision, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = CensusRowQuerySet.as_manager()

    class Meta:
        verbose_name = "摸排导入行"
        ordering = ["id"]
        # An import writes a hundred thousand rows at once: an index has only those that are looked up by it.
        indexes = [
            models.Index(fields=["census", "state"], name="census_row_state"),
            models.Index(
                fields=["resident"], name="census_row_resident", condition=models.Q(resident__isnull=False)
            ),
            models.Index(
                fields=["decided_by"],
                name="census_row_decided_by",
                condition=models.Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"


class RowCells(models.Model):
    """What some neighbouring rows of a file say (encrypted: they hold ID numbers)."""

    census = models.ForeignKey(CensusImport, models.CASCADE, related_name="cells", db_index=False)
    number = models.PositiveIntegerField()  # from 0; ``census_cells`` knows which rows these are
    text = EncryptedTextField(context="census_cells")  # JSON [{field key: text as the file has it}]

    class Meta:
        verbose_name = "摸排导入行内容"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["census", "number"], name="row_cells_once")]

    def __str__(self) -> str:
        return str(self.number)


class UnderstoodRows(models.Model):
    """The persons of some rows of a file as the check understood them, until the rows are put in (encrypted)."""

    census = models.ForeignKey(CensusImport, models.CASCADE, related_name="understood")
    keys = models.JSONField(default=list)  # of the rows, in their order
    first = models.BigIntegerField()  # of these keys
    last = models.BigIntegerField()
    people = EncryptedTextField(context="census_people")  # as ``census_keeping`` writes them, in this order

    class Meta:
        verbose_name = "摸排导入暂存"
        ordering = ["last"]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"


class HeaderMemory(models.Model):
    """What the offices of a township mean by a header that the form does not have. An empty ``field``: pass over it."""

    town = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name="乡镇(街道)")
    header = models.CharField(max_length=120)  # as ``residents.fields.plain_title`` writes it
    title = models.CharField("表头", max_length=120)
    field = models.CharField("作为", max_length=30, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "记住的表头"
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["town", "header"], name="header_once")]

    def __str__(self) -> str:
        return self.title

"""The picture or paper that proves a dose given elsewhere, or what a person says of the own health."""

import uuid

from django.conf import settings
from django.db import models

from residents.models.facts import Hold, VaccinationRecord


class _KeptPaper(models.Model):
    """One kept file; its content lies encrypted outside the database (``core.papers``)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stored_as = models.CharField(max_length=80)
    content_type = models.CharField("文件类型", max_length=20)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class DoseProof(_KeptPaper):
    """Of a dose given elsewhere."""

    record = models.ForeignKey(VaccinationRecord, models.PROTECT, related_name="proofs")

    class Meta:
        verbose_name = "接种凭证"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.record} {self.content_type}"


class HoldProof(_KeptPaper):
    """Of a contraindication or a reason to wait: a doctor's certificate, a discharge letter."""

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="proofs")

    class Meta:
        verbose_name = "禁忌证明"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["hold", "sha256"], name="hold_proof_once")]

    def __str__(self) -> str:
        return f"{self.hold} {self.content_type}"

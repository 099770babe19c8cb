"""The picture or paper that proves a dose given elsewhere."""

import uuid

from django.conf import settings
from django.db import models

from residents.models.facts import VaccinationRecord


class DoseProof(models.Model):
    """One kept file; its content lies encrypted outside the database (``core.files``)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(VaccinationRecord, models.PROTECT, related_name="proofs")
    stored_as = models.CharField(max_length=80)
    content_type = models.CharField("文件类型", max_length=20)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField("上传时间")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "接种凭证"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.record} {self.content_type}"

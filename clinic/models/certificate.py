"""Certificates (预防接种凭证) and the keys that sign them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from clinic.querysets import CertificateQuerySet, SigningKeyQuerySet
from core.crypto import EncryptedTextField
from residents.models import Resident, VaccinationRecord


class SigningKey(models.Model):
    """A key pair. One signs; retired ones go on being trusted; a distrusted one makes all its certificates void."""

    kid = models.CharField(max_length=16, unique=True)
    public_pem = models.TextField()
    private_pem = EncryptedTextField(context="signing_key")
    made_at = models.DateTimeField()
    is_signing = models.BooleanField(default=True)
    distrusted_at = models.DateTimeField(null=True, blank=True)
    distrust_reason = models.CharField(max_length=200, blank=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "签名密钥"
        constraints = [
            models.UniqueConstraint(fields=["is_signing"], condition=Q(is_signing=True), name="one_key_signs")
        ]

    def __str__(self) -> str:
        return self.kid


class Certificate(models.Model):
    """What was certified about a person at a time. Never edited; it falls with any dose on it that is voided."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="certificates")
    disease = models.CharField(max_length=12)
    season = models.CharField(max_length=10, blank=True)
    records = models.ManyToManyField(VaccinationRecord, related_name="certificates")
    signing_key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+")
    mark = models.CharField(max_length=16, db_index=True)  # its name on the public list of revoked ones
    text = EncryptedTextField(context="certificate")  # what the QR code says
    issued_at = models.DateTimeField("签发时间")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoke_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "接种凭证"
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | ~Q(revoke_reason=""), name="revocation_has_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("clinic:certificate", args=[self.resident.uid])

    @property
    def number(self) -> str:
        """What is printed for people to read aloud."""
        return f"PZ{self.issued_at:%Y%m%d}-{str(self.uid)[:8].upper()}"

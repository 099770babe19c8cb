"""The audit trail: append-only, hash-chained, written in the same transaction as the fact."""

from django.conf import settings
from django.db import models


class AuditChain(models.Model):
    """One chain per actor, so that two people working at once never wait for each other's audit row."""

    key = models.CharField(max_length=40, unique=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)
    seal = models.CharField(max_length=64, blank=True)  # keyed hash of the above; "" once it was found broken

    class Meta:
        verbose_name = "审计链"

    def __str__(self) -> str:
        return f"{self.key} ({self.length})"


class AuditEvent(models.Model):
    """Who did or saw what, when, from where. Never changed, never deleted (the database refuses it)."""

    chain = models.ForeignKey(AuditChain, models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField("动作", max_length=60)
    # The thing acted upon, by label and key: audit must outlive and never constrain domain rows.
    target = models.CharField(max_length=80, blank=True)
    subject = models.CharField("涉及居民", max_length=40, blank=True)
    place_code = models.CharField(max_length=18, blank=True)
    data = models.JSONField(default=dict)
    ip = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计记录"
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_seq_once")]
        indexes = [
            models.Index(fields=["subject", "at"], name="audit_subject"),
            models.Index(fields=["target"], name="audit_target"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target}"


class AuditProof(models.Model):
    """One walk over all chains: what it found, and how far each chain went then. Proofs are a chain too."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField("核对时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    rows = models.PositiveBigIntegerField("行数")
    problem_count = models.PositiveIntegerField("问题")
    problems = models.JSONField(default=list)  # sentences, the first of them
    reaches = models.JSONField(default=dict)  # {chain key: [length, hash of its last row]}
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计链核对"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} ({self.at:%Y-%m-%d %H:%M})"

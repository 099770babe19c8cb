"""How far each chain goes is sealed, and every proof of the trail is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.audit_seals import seal
from core.triggers import append_only


def seal_all(apps, schema_editor):
    """The chains as they stand: a cut before this day was not noticed, one after it is."""
    for chain in apps.get_model("core", "AuditChain").objects.iterator():
        chain.seal = seal(chain)
        chain.save(update_fields=["seal"])


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "auditchain", "seal", models.CharField(blank=True, default="", max_length=64), False
        ),
        migrations.RunPython(seal_all, migrations.RunPython.noop),
        migrations.CreateModel(
            name="AuditProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("at", models.DateTimeField(verbose_name="核对时间")),
                ("rows", models.PositiveBigIntegerField(verbose_name="行数")),
                ("problem_count", models.PositiveIntegerField(verbose_name="问题")),
                ("problems", models.JSONField(default=list)),
                ("reaches", models.JSONField(default=dict)),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "审计链核对", "ordering": ["-number"]},
        ),
        append_only("core_auditproof"),
    ]

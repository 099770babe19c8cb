"""All tables of this room as they were made step by step until 0003_audit_proofs; a new installation makes them at once."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tables import CreateTogether
from core.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_append_only"),
        ("core", "0003_audit_proofs"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="AuditChain",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=40, unique=True)),
                        ("length", models.PositiveBigIntegerField(default=0)),
                        (
                            "head",
                            models.CharField(
                                default="0000000000000000000000000000000000000000000000000000000000000000",
                                max_length=64,
                            ),
                        ),
                        ("seal", models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        "verbose_name": "审计链",
                    },
                ),
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
                    options={
                        "verbose_name": "审计链核对",
                        "ordering": ["-number"],
                    },
                ),
                migrations.CreateModel(
                    name="ChangeNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("topic", models.CharField(max_length=20)),
                        ("place_code", models.CharField(max_length=18)),
                        ("day", models.DateField()),
                    ],
                    options={
                        "verbose_name": "变更通知",
                        "indexes": [
                            models.Index(fields=["topic", "place_code", "day"], name="change_topic_place_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Job",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("kind", models.CharField(max_length=40)),
                        ("title", models.CharField(max_length=120, verbose_name="名称")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "排队中"),
                                    ("running", "进行中"),
                                    ("done", "已完成"),
                                    ("failed", "未完成"),
                                    ("cancelled", "已取消"),
                                ],
                                default="waiting",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("message", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                        ("result", models.JSONField(blank=True, default=dict)),
                        ("cancel_asked", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("beat_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "后台任务",
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("seq", models.PositiveBigIntegerField()),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=60, verbose_name="动作")),
                        ("target", models.CharField(blank=True, max_length=80)),
                        ("subject", models.CharField(blank=True, max_length=40, verbose_name="涉及居民")),
                        ("place_code", models.CharField(blank=True, max_length=18)),
                        ("data", models.JSONField(default=dict)),
                        ("ip", models.CharField(blank=True, max_length=45)),
                        ("request_id", models.CharField(blank=True, max_length=36)),
                        ("previous", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "chain",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="core.auditchain",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "审计记录",
                        "indexes": [
                            models.Index(fields=["subject", "at"], name="audit_subject"),
                            models.Index(fields=["target"], name="audit_target"),
                            models.Index(fields=["at"], name="audit_at"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("chain", "seq"), name="audit_seq_once")
                        ],
                    },
                ),
            ],
        ),
        append_only(
            "core_auditevent",
            "core_auditproof",
        ),
    ]

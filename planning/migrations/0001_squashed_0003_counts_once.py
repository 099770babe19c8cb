"""All tables of this room as they were made step by step until 0003_counts_once; a new installation makes them at once."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tables import CreateTogether
from core.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("planning", "0001_plans"),
        ("planning", "0002_clear_outs"),
        ("planning", "0003_counts_once"),
    ]

    dependencies = [
        ("campaigns", "0001_squashed_0008_campaign_text"),
        ("inventory", "0001_squashed_0009_lot_places"),
        ("places", "0001_squashed_0003_code_scan"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="AllocationPlan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("year", models.PositiveSmallIntegerField()),
                        ("serial", models.PositiveIntegerField(verbose_name="编号")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(verbose_name="至")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待审"),
                                    ("approved", "已批准,待发"),
                                    ("sent", "已发出"),
                                    ("dropped", "已作废"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("facts", models.JSONField(default=dict)),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="调整说明")),
                        ("end_reason", models.CharField(blank=True, max_length=120, verbose_name="作废原因")),
                        ("made_at", models.DateTimeField(verbose_name="提出时间")),
                        ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="批准时间")),
                        ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="发出时间")),
                        (
                            "approved_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
                                verbose_name="接种活动",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="分配范围",
                            ),
                        ),
                        (
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.site",
                                verbose_name="出库点",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "分配方案",
                        "ordering": ["-made_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("place", "year", "serial"), name="plan_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until__gte", models.F("since"))), name="plan_period"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AllocationShare",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "document",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.stockdocument",
                                verbose_name="出库单据",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shares",
                                to="planning.allocationplan",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.site",
                                verbose_name="接收单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "分配对象",
                        "ordering": ["site__place__code", "site__code"],
                        "constraints": [models.UniqueConstraint(fields=("plan", "site"), name="share_once")],
                    },
                ),
                migrations.CreateModel(
                    name="AllocationLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("people", models.PositiveIntegerField(default=0, verbose_name="计划人数")),
                        ("proposed", models.PositiveIntegerField(default=0, verbose_name="建议(支)")),
                        ("quantity", models.PositiveIntegerField(default=0, verbose_name="分配(支)")),
                        (
                            "lot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.lot",
                                verbose_name="批号",
                            ),
                        ),
                        (
                            "supply_lot",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.supplylot",
                                verbose_name="耗材批号",
                            ),
                        ),
                        (
                            "share",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="planning.allocationshare",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "分配明细",
                        "ordering": ["share", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("share", "lot"), name="line_once_per_lot"),
                            models.UniqueConstraint(
                                fields=("share", "supply_lot"), name="line_once_per_supply"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lot__isnull", False), ("supply_lot__isnull", True)),
                                    models.Q(("lot__isnull", True), ("supply_lot__isnull", False)),
                                    _connector="OR",
                                ),
                                name="line_of_vaccine_or_supply",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClearOut",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("deadline_at", models.DateTimeField(verbose_name="限期")),
                        (
                            "owed_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="以后第2剂的安排"),
                        ),
                        ("started_at", models.DateTimeField(verbose_name="开始时间")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                        ("end_note", models.CharField(blank=True, max_length=120, verbose_name="结束说明")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
                                verbose_name="接种活动",
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="范围",
                            ),
                        ),
                        (
                            "sites",
                            models.ManyToManyField(related_name="+", to="places.site", verbose_name="接种点"),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "vaccines",
                            models.ManyToManyField(
                                related_name="+", to="inventory.vaccine", verbose_name="疫苗"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "库存清零",
                        "ordering": ["-started_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("deadline_at__gt", models.F("started_at"))),
                                name="clear_out_deadline",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClearOutCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField()),
                        ("book_vials", models.PositiveIntegerField(verbose_name="账面(支)")),
                        ("book_open", models.PositiveIntegerField(verbose_name="账面已开启(剂)")),
                        ("vials", models.PositiveIntegerField(verbose_name="实盘(支)")),
                        ("open_doses", models.PositiveIntegerField(verbose_name="实盘已开启(剂)")),
                        ("reason", models.CharField(blank=True, max_length=120, verbose_name="不符的原因")),
                        ("second_name", models.CharField(max_length=30, verbose_name="另一位盘点人")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "clear_out",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="counts",
                                to="planning.clearout",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.lot",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.site",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "清零盘点",
                        "ordering": ["-pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("key", "lot"), name="clear_out_count_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClearOutStart",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("vials", models.PositiveIntegerField(verbose_name="支")),
                        ("open_doses", models.PositiveIntegerField(default=0, verbose_name="已开启(剂)")),
                        (
                            "clear_out",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="starts",
                                to="planning.clearout",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.lot",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.site",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "清零起点",
                        "ordering": ["site__code", "lot__expires_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("clear_out", "site", "lot"), name="clear_out_start_once"
                            )
                        ],
                    },
                ),
            ],
        ),
        append_only(
            "planning_clearoutcount",
            "planning_clearoutstart",
        ),
    ]

"""The duty and meetings book; what was written is not changed."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_campaign_text"),
        ("places", "0003_code_scan"),
        ("reports", "0006_produced_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="reportfile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("daily", "日报"),
                    ("progress", "进度报告"),
                    ("weekly", "周排名"),
                    ("census", "摸排登记表"),
                    ("plan", "接种计划"),
                    ("roster", "次日预约名单"),
                    ("unvaccinated", "未接种名单"),
                    ("elderly", "老年人台账"),
                    ("school", "学校汇总"),
                    ("stickers", "安心便签"),
                    ("stock", "库存表"),
                    ("aefi", "异常反应统计"),
                    ("bulletin", "总结和简报"),
                    ("zero", "零消号清单"),
                    ("week_plan", "下周接种安排"),
                    ("duty", "带班和会议"),
                ],
                max_length=14,
                verbose_name="报表",
            ),
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                ("key", models.UUIDField(unique=True)),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="更正原因")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("deploy", "部署会"),
                            ("push", "推进会"),
                            ("dispatch", "调度会"),
                            ("on_site", "现场办公会"),
                        ],
                        max_length=8,
                        verbose_name="会议",
                    ),
                ),
                ("on", models.DateField(verbose_name="日期")),
                ("starts_at", models.TimeField(blank=True, null=True, verbose_name="时间")),
                ("where", models.CharField(blank=True, max_length=80, verbose_name="地点")),
                ("subject", models.CharField(max_length=120, verbose_name="议题")),
                ("chair", models.CharField(max_length=60, verbose_name="主持人")),
                ("present", models.TextField(max_length=2000, verbose_name="参加人")),
                ("decisions", models.TextField(max_length=5000, verbose_name="议定事项")),
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
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "会议",
                "ordering": ["-on", "-pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("key", models.UUIDField(unique=True)),
                ("what", models.CharField(max_length=200, verbose_name="要办的事")),
                ("who", models.CharField(max_length=60, verbose_name="责任人")),
                ("due_on", models.DateField(verbose_name="办结期限")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
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
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.meeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "督办事项",
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="DutyDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                ("key", models.UUIDField(unique=True)),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="更正原因")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                ("day", models.DateField(verbose_name="日期")),
                ("leader", models.CharField(max_length=60, verbose_name="带班领导")),
                ("leader_phone", models.CharField(blank=True, max_length=20, verbose_name="带班领导电话")),
                ("contact", models.CharField(max_length=60, verbose_name="联系人")),
                ("contact_phone", models.CharField(blank=True, max_length=20, verbose_name="联系人电话")),
                ("law", models.CharField(blank=True, max_length=60, verbose_name="执法")),
                ("safety", models.CharField(blank=True, max_length=60, verbose_name="安监")),
                ("police", models.CharField(blank=True, max_length=60, verbose_name="派出所")),
                ("spot", models.CharField(blank=True, max_length=80, verbose_name="现场办公地点")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
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
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "带班",
                "ordering": ["day", "-number"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("uid", "number"), name="dutyday_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="dutyday_reason",
                    ),
                    models.UniqueConstraint(fields=("place", "day", "number"), name="duty_day_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(unique=True)),
                ("number", models.PositiveSmallIntegerField(verbose_name="次序")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("finished", "办结"),
                            ("moved", "改期"),
                            ("reopened", "退回重办"),
                            ("cancelled", "不再办"),
                        ],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                ("note", models.CharField(max_length=200, verbose_name="说明")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="新的期限")),
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
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="reports.followup",
                    ),
                ),
            ],
            options={
                "verbose_name": "督办事项办理",
                "ordering": ["follow_up", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("follow_up", "number"), name="follow_up_step_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_on__isnull", False),
                            models.Q(("kind", "moved"), _negated=True),
                            _connector="OR",
                        ),
                        name="follow_up_moved_to",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                ("key", models.UUIDField(unique=True)),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="更正原因")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                ("day", models.DateField(verbose_name="日期")),
                ("heard_by", models.CharField(max_length=60, verbose_name="听取汇报的领导")),
                ("present", models.CharField(blank=True, max_length=300, verbose_name="参加人")),
                ("said", models.TextField(blank=True, max_length=2000, verbose_name="领导要求")),
                ("figures", models.JSONField(verbose_name="当时的数字")),
                ("cut_off", models.DateTimeField(verbose_name="数字截至")),
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
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
                        verbose_name="接种活动",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "听取汇报",
                "ordering": ["-day", "-pk"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("uid", "number"), name="hearing_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="hearing_reason",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(fields=("uid", "number"), name="meeting_version_once"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="meeting_reason",
            ),
        ),
        append_only("reports_dutyday"),
        append_only("reports_hearing"),
        append_only("reports_meeting"),
        append_only("reports_followup"),
        append_only("reports_followupstep"),
    ]

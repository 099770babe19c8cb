"""All tables of this room as they were made step by step until 0009_withdrawn_targets; a new installation makes them at once."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tables import CreateTogether
from core.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_stickers"),
        ("reports", "0003_filed"),
        ("reports", "0004_bulletins"),
        ("reports", "0005_cohorts"),
        ("reports", "0006_produced_lists"),
        ("reports", "0007_duty_book"),
        ("reports", "0008_schedules"),
        ("reports", "0009_withdrawn_targets"),
    ]

    dependencies = [
        ("campaigns", "0001_squashed_0008_campaign_text"),
        ("core", "0001_squashed_0003_audit_proofs"),
        ("places", "0001_squashed_0003_code_scan"),
        ("residents", "0001_squashed_0023_person_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="Bulletin",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("daily", "日报"), ("weekly", "周报"), ("summary", "工作总结")],
                                max_length=8,
                                verbose_name="种类",
                            ),
                        ),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(verbose_name="至")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bulletins",
                                to="campaigns.campaign",
                                verbose_name="接种活动",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bulletins",
                                to="places.place",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "总结和简报",
                        "ordering": ["-until", "kind", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "place", "kind", "since", "until"), name="bulletin_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until__gte", models.F("since"))), name="bulletin_period"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BulletinVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(unique=True)),
                        ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                        (
                            "origin",
                            models.CharField(
                                choices=[
                                    ("data", "按数据生成"),
                                    ("edited", "修改文字"),
                                    ("renewed", "重新取数"),
                                ],
                                max_length=8,
                                verbose_name="来由",
                            ),
                        ),
                        ("title", models.CharField(max_length=120, verbose_name="标题")),
                        ("sections", models.JSONField(verbose_name="正文")),
                        ("table", models.JSONField(verbose_name="附表")),
                        ("cut_off", models.DateTimeField(verbose_name="统计截止")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "bulletin",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="reports.bulletin",
                            ),
                        ),
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
                        "verbose_name": "简报版本",
                        "ordering": ["-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("bulletin", "number"), name="bulletin_version_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CutOff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("progress", "进度报告"), ("daily", "日报"), ("weekly", "周排名")],
                                max_length=10,
                                verbose_name="报告",
                            ),
                        ),
                        ("name", models.CharField(max_length=10, verbose_name="时段")),
                        ("at", models.TimeField(blank=True, null=True, verbose_name="截止时间")),
                        ("is_daily", models.BooleanField(default=False, verbose_name="每天都报")),
                        ("set_at", models.DateTimeField(verbose_name="设定时间")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
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
                            "set_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "截止时间",
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("campaign", "place", "kind", "name"),
                                name="cut_off_once",
                                violation_error_message="这个时段已经设定。",
                            )
                        ],
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
                        (
                            "leader_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="带班领导电话"),
                        ),
                        ("contact", models.CharField(max_length=60, verbose_name="联系人")),
                        (
                            "contact_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="联系人电话"),
                        ),
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
                    name="FiledReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("progress", "进度报告"), ("daily", "日报"), ("weekly", "周排名")],
                                max_length=10,
                                verbose_name="报告",
                            ),
                        ),
                        ("day", models.DateField(verbose_name="日期")),
                        ("slot", models.CharField(blank=True, max_length=10, verbose_name="时段")),
                        ("cut_off", models.DateTimeField(verbose_name="统计截止")),
                        ("filed_at", models.DateTimeField(verbose_name="报送时间")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
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
                            "filed_by",
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
                        (
                            "previous",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="following",
                                to="reports.filedreport",
                                verbose_name="上一次",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "已报送的报告",
                        "ordering": ["-cut_off", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "campaign", "place", "cut_off"),
                                name="filed_once",
                                violation_error_message="这个截止时间的报告已经报送。",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "progress"), _negated=True),
                                fields=("kind", "campaign", "place", "day"),
                                name="filed_once_a_day",
                                violation_error_message="这一天的报告已经报送。",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FiledLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("figures", models.JSONField(default=dict)),
                        ("words", models.JSONField(default=dict)),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="reports.filedreport",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "报告的一行",
                        "ordering": ["place__code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("report", "place"), name="filed_line_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FiledChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("metric", models.CharField(max_length=30)),
                        ("place_code", models.CharField(max_length=18)),
                        ("sign", models.SmallIntegerField()),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("start", "起报前"),
                                    ("new", "新增"),
                                    ("late", "补录"),
                                    ("voided", "作废"),
                                    ("moved_in", "转入"),
                                    ("moved_out", "转出"),
                                    ("merged", "合并档案"),
                                    ("regrouped", "剂次调整"),
                                    ("uncounted", "不再计入"),
                                ],
                                max_length=10,
                                verbose_name="变动",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="接种日期")),
                        (
                            "enrolment",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="residents.enrolment",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="residents.vaccinationrecord",
                            ),
                        ),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="reports.filedreport",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "报告的一条变动",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("report", "metric", "place_code", "sign", "record"),
                                name="filed_dose_once",
                            ),
                            models.UniqueConstraint(
                                fields=("report", "metric", "place_code", "sign", "enrolment"),
                                name="filed_person_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("enrolment__isnull", True), ("record__isnull", False)),
                                    models.Q(("enrolment__isnull", False), ("record__isnull", True)),
                                    _connector="OR",
                                ),
                                name="filed_dose_or_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sign__in", (-1, 1))), name="filed_one_at_a_time"
                            ),
                        ],
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="reports.meeting",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "督办事项",
                        "ordering": ["due_on", "pk"],
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
                            models.UniqueConstraint(
                                fields=("follow_up", "number"), name="follow_up_step_once"
                            ),
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
                        "constraints": [
                            models.UniqueConstraint(fields=("uid", "number"), name="meeting_version_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number", 1), models.Q(("reason", ""), _negated=True), _connector="OR"
                                ),
                                name="meeting_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PushDay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField(verbose_name="日期")),
                        ("reason", models.CharField(blank=True, max_length=60, verbose_name="说明")),
                        ("set_at", models.DateTimeField(verbose_name="设定时间")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="取消时间")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "ended_by",
                            models.ForeignKey(
                                blank=True,
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
                            "set_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "攻坚日",
                        "ordering": ["day", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("campaign", "place", "day"),
                                name="push_day_once",
                                violation_error_message="这一天已经设定。",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportSchedule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        (
                            "kind",
                            models.CharField(
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
                        (
                            "days",
                            models.CharField(
                                choices=[
                                    ("daily", "每天"),
                                    ("workdays", "周一到周五"),
                                    ("push", "攻坚日"),
                                    ("mon", "每周一"),
                                    ("tue", "每周二"),
                                    ("wed", "每周三"),
                                    ("thu", "每周四"),
                                    ("fri", "每周五"),
                                    ("sat", "每周六"),
                                    ("sun", "每周日"),
                                ],
                                max_length=10,
                                verbose_name="日子",
                            ),
                        ),
                        ("at", models.TimeField(verbose_name="时间")),
                        ("set_at", models.DateTimeField(verbose_name="设定时间")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
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
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "office",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="谁的",
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
                        (
                            "replaces",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="reports.reportschedule",
                            ),
                        ),
                        (
                            "set_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "定时报表",
                        "ordering": ["at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("campaign", "office", "kind", "place", "days", "at"),
                                name="schedule_once",
                                violation_error_message="这个定时报表已经有了。",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportSeen",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="阅看时间")),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seen",
                                to="reports.filedreport",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "已阅",
                        "ordering": ["at", "id"],
                        "constraints": [models.UniqueConstraint(fields=("report", "user"), name="seen_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Rollup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("place_code", models.CharField(max_length=18)),
                        ("day", models.DateField()),
                        ("metric", models.CharField(max_length=30)),
                        ("from_age", models.PositiveSmallIntegerField()),
                        ("value", models.IntegerField()),
                        ("filled_at", models.DateTimeField()),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "汇总",
                        "indexes": [
                            models.Index(fields=["campaign", "metric", "day"], name="rollup_metric_day")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "place_code", "day", "metric", "from_age"),
                                name="rollup_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScheduledRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due", models.DateTimeField(verbose_name="应生成时间")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "等待"),
                                    ("running", "正在生成"),
                                    ("done", "已生成"),
                                    ("failed", "没有做成"),
                                    ("passed", "没有做"),
                                ],
                                default="waiting",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="第几次做")),
                        ("begun_at", models.DateTimeField(blank=True, null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                        ("message", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        (
                            "schedule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="reports.reportschedule",
                            ),
                        ),
                        (
                            "seen_by",
                            models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "定时报表的一次",
                        "ordering": ["-due", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("schedule", "due"), name="scheduled_run_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
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
                        ("day", models.DateField(verbose_name="日期")),
                        ("cut_off", models.DateTimeField(verbose_name="统计截止")),
                        ("is_personal", models.BooleanField(default=False, verbose_name="含个人信息")),
                        (
                            "removed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="内容清除时间"),
                        ),
                        ("file_name", models.CharField(max_length=120, verbose_name="文件名")),
                        ("stored_as", models.CharField(max_length=120)),
                        ("sha256", models.CharField(max_length=64)),
                        ("size", models.PositiveIntegerField(verbose_name="字节")),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="生成时间")),
                        (
                            "campaign",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "copies_to",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="places.place", verbose_name="抄送"
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="core.job",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.organisation",
                                verbose_name="学校(单位)",
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
                        (
                            "run",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="files",
                                to="reports.scheduledrun",
                                verbose_name="定时",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "报表文件",
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="Target",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                        ("group_no", models.CharField(blank=True, max_length=10, verbose_name="组")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("first", "首剂人数"),
                                    ("complete", "全程人数"),
                                    ("booster", "加强人数"),
                                    ("doses", "接种剂次"),
                                ],
                                default="first",
                                max_length=10,
                                verbose_name="指标",
                            ),
                        ),
                        ("cohort", models.CharField(blank=True, max_length=30, verbose_name="人群")),
                        ("quantity", models.PositiveIntegerField(verbose_name="任务数")),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("count", "按数量"),
                                    ("percent", "按基数的百分比"),
                                    ("stock", "按库存清零"),
                                ],
                                default="count",
                                max_length=10,
                                verbose_name="下达方式",
                            ),
                        ),
                        (
                            "percent",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=5,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(0)],
                                verbose_name="百分比",
                            ),
                        ),
                        (
                            "base_people",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="基数(人)"),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True, verbose_name="起算日期")),
                        ("due_on", models.DateField(verbose_name="截止日期")),
                        ("assigned_at", models.DateTimeField(verbose_name="下达时间")),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                        (
                            "superseded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="被替换时间"),
                        ),
                        ("withdrawal", models.CharField(blank=True, max_length=120, verbose_name="撤回原因")),
                        (
                            "assigned_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "base",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.registerversion",
                                verbose_name="基数版本",
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="campaigns.campaign",
                                verbose_name="接种活动",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="places.place",
                                verbose_name="地方",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "任务",
                        "ordering": ["place__code", "group_no", "due_on"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at__isnull", True)),
                                fields=("campaign", "place", "group_no", "kind", "cohort", "due_on"),
                                name="target_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("base_people__isnull", False),
                                        ("basis", "percent"),
                                        ("percent__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("basis", "percent"), _negated=True),
                                        ("base", None),
                                        ("base_people", None),
                                        ("percent", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="percent_of_a_base",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on", None),
                                    ("starts_on__lte", models.F("due_on")),
                                    _connector="OR",
                                ),
                                name="target_dates",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawal", ""), ("withdrawn_by", None)),
                                    ("superseded_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="target_withdrawn_is_over",
                            ),
                        ],
                    },
                ),
            ],
        ),
        append_only(
            "reports_filedreport",
            "reports_filedline",
            "reports_filedchange",
            "reports_reportseen",
            "reports_bulletin",
            "reports_bulletinversion",
            "reports_dutyday",
            "reports_hearing",
            "reports_meeting",
            "reports_followup",
            "reports_followupstep",
        ),
    ]

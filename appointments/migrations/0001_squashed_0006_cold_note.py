"""All tables of this room as they were made step by step until 0006_cold_note; a new installation makes them at once."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("appointments", "0001_initial"),
        ("appointments", "0002_booking_moments"),
        ("appointments", "0003_places_and_quotas"),
        ("appointments", "0004_day_and_checklist"),
        ("appointments", "0005_second_in_sight"),
        ("appointments", "0006_cold_note"),
    ]

    dependencies = [
        ("campaigns", "0001_squashed_0008_campaign_text"),
        ("inventory", "0001_squashed_0009_lot_places"),
        ("places", "0001_squashed_0003_code_scan"),
        ("residents", "0001_squashed_0023_person_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="ClinicSession",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("open", "开放日"),
                                    ("village", "村(社区)专场"),
                                    ("school", "校园专场"),
                                    ("enterprise", "企业(工地)专场"),
                                    ("children", "儿童周末专场"),
                                    ("elders", "老年人专场"),
                                    ("mobile", "流动接种"),
                                    ("extra", "加班时段"),
                                ],
                                default="open",
                                max_length=12,
                                verbose_name="类型",
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=60, verbose_name="名称")),
                        ("on", models.DateField(db_index=True, verbose_name="日期")),
                        ("starts_at", models.TimeField(verbose_name="开始")),
                        ("ends_at", models.TimeField(verbose_name="结束")),
                        ("stations", models.PositiveSmallIntegerField(default=2, verbose_name="接种台数")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "筹备"),
                                    ("open", "开放预约"),
                                    ("closed", "已结束"),
                                    ("cancelled", "已取消"),
                                ],
                                default="planned",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("needs_list", models.BooleanField(default=True, verbose_name="须前一天上报名单")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                        ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="开场时间")),
                        (
                            "second_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="第1剂放行原因"),
                        ),
                        (
                            "second_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="第1剂放行时间"),
                        ),
                        (
                            "start_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="缺项开场原因"),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "audience",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="places.place", verbose_name="面向村(社区)"
                            ),
                        ),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sessions",
                                to="campaigns.campaign",
                                verbose_name="接种活动",
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
                            "hosts",
                            models.ManyToManyField(
                                blank=True,
                                related_name="+",
                                to="places.organisation",
                                verbose_name="面向单位(学校)",
                            ),
                        ),
                        (
                            "products",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="inventory.vaccine", verbose_name="疫苗"
                            ),
                        ),
                        (
                            "second_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sessions",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                        (
                            "started_by",
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
                        "verbose_name": "接种场次",
                        "ordering": ["on", "starts_at", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="session_times",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Release",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="放号时间")),
                        ("percent", models.PositiveSmallIntegerField(verbose_name="放到(%)")),
                        ("made_at", models.DateTimeField(verbose_name="登记时间")),
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
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="releases",
                                to="appointments.clinicsession",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "放号",
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                                name="release_percent",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RosterSubmission",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("people", models.PositiveIntegerField(verbose_name="人数")),
                        ("submitted_at", models.DateTimeField(verbose_name="上报时间")),
                        ("is_late", models.BooleanField(default=False, verbose_name="逾期")),
                        (
                            "approval_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="批准原因"),
                        ),
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                                verbose_name="单位(学校)",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="村(社区)",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="submissions",
                                to="appointments.clinicsession",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "名单上报",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("organisation__isnull", True)),
                                fields=("session", "place"),
                                name="roster_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("organisation__isnull", False)),
                                fields=("session", "organisation"),
                                name="organisation_roster_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SessionCheck",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=20)),
                        ("is_fine", models.BooleanField(verbose_name="合格")),
                        (
                            "celsius",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="温度"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
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
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="checks",
                                to="appointments.clinicsession",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "开场检查",
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="SessionStop",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_at", models.TimeField(verbose_name="到达")),
                        ("ends_at", models.TimeField(verbose_name="离开")),
                        ("where", models.CharField(max_length=60, verbose_name="地点")),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="村(社区)",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stops",
                                to="appointments.clinicsession",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "流动接种停靠点",
                        "ordering": ["session", "starts_at"],
                        "constraints": [
                            models.UniqueConstraint(fields=("session", "starts_at"), name="stop_once"),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="stop_times"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SiteZone",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("order", models.PositiveSmallIntegerField(verbose_name="次序")),
                        ("name", models.CharField(max_length=20, verbose_name="分区")),
                        ("items", models.TextField(blank=True, verbose_name="配置物品")),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="zones",
                                to="places.site",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "功能分区",
                        "ordering": ["site", "order"],
                        "constraints": [models.UniqueConstraint(fields=("site", "name"), name="zone_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Slot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_at", models.TimeField(verbose_name="开始")),
                        ("ends_at", models.TimeField(verbose_name="结束")),
                        ("capacity", models.PositiveSmallIntegerField(verbose_name="号源")),
                        (
                            "reserved",
                            models.PositiveSmallIntegerField(default=0, verbose_name="常规免疫预留"),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="slots",
                                to="appointments.clinicsession",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "时段",
                        "ordering": ["session", "starts_at"],
                        "constraints": [
                            models.UniqueConstraint(fields=("session", "starts_at"), name="slot_once"),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="slot_times"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reserved__lte", models.F("capacity"))),
                                name="slot_reserved",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Booking",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("dose_number", models.PositiveSmallIntegerField(verbose_name="剂次")),
                        ("village_code", models.CharField(max_length=18)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("booked", "已预约"),
                                    ("arrived", "已到场"),
                                    ("done", "已接种"),
                                    ("cancelled", "已取消"),
                                    ("called_off", "场次取消"),
                                    ("moved", "已改期"),
                                    ("not_done", "到场未种"),
                                    ("no_show", "未到"),
                                ],
                                default="booked",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("booked_at", models.DateTimeField(verbose_name="预约时间")),
                        (
                            "late_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="补报原因"),
                        ),
                        (
                            "second_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="第2剂另有安排"),
                        ),
                        ("arrived_at", models.DateTimeField(blank=True, null=True, verbose_name="到场时间")),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("end_reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
                        ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="通知时间")),
                        (
                            "booked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookings",
                                to="residents.enrolment",
                            ),
                        ),
                        (
                            "moved_from",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moved_to",
                                to="appointments.booking",
                            ),
                        ),
                        (
                            "told_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "slot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="bookings",
                                to="appointments.slot",
                                verbose_name="时段",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "预约",
                        "ordering": ["slot__session__on", "slot__starts_at", "id"],
                        "indexes": [models.Index(fields=["village_code", "state"], name="booking_village")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["booked", "arrived"])),
                                fields=("enrolment", "dose_number"),
                                name="booked_once",
                                violation_error_message="这个人的这一剂次已有预约。",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SlotQuota",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("dose_number", models.PositiveSmallIntegerField(null=True, verbose_name="剂次")),
                        ("places", models.PositiveSmallIntegerField(verbose_name="名额")),
                        (
                            "place",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="村(社区)",
                            ),
                        ),
                        (
                            "slot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="quotas",
                                to="appointments.slot",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "名额",
                        "ordering": ["slot", "dose_number", "place__code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("dose_number__isnull", False), ("place__isnull", True)),
                                    models.Q(("dose_number__isnull", True), ("place__isnull", False)),
                                    _connector="OR",
                                ),
                                name="quota_of_village_or_dose",
                            ),
                            models.UniqueConstraint(fields=("slot", "place"), name="quota_once_per_village"),
                            models.UniqueConstraint(
                                fields=("slot", "dose_number"), name="quota_once_per_dose"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StaffPost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "duty",
                            models.CharField(
                                choices=[
                                    ("leader", "带班领导"),
                                    ("contact", "联系人"),
                                    ("doctor", "预检医生"),
                                    ("registrar", "登记员"),
                                    ("vaccinator", "接种员"),
                                    ("observer", "留观护士"),
                                    ("first_aid", "急救人员"),
                                    ("patrol", "巡防队员"),
                                    ("volunteer", "志愿者"),
                                    ("paediatric", "儿科医生"),
                                    ("anaesthetist", "麻醉医生"),
                                    ("psychologist", "心理医生"),
                                    ("other", "其他(执法、安监、派出所等)"),
                                ],
                                max_length=12,
                                verbose_name="岗位",
                            ),
                        ),
                        ("name", models.CharField(max_length=30, verbose_name="姓名")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                        ("cert_no", models.CharField(blank=True, max_length=40, verbose_name="证书编号")),
                        (
                            "cert_valid_to",
                            models.DateField(blank=True, null=True, verbose_name="证书有效期至"),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="staff",
                                to="appointments.clinicsession",
                            ),
                        ),
                        (
                            "user",
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
                        "verbose_name": "当日人员",
                        "ordering": ["session", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("session", "duty", "name"), name="post_once")
                        ],
                    },
                ),
            ],
        ),
    ]

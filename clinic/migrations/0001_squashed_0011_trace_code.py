"""All tables of this room as they were made step by step until 0011_trace_code; a new installation makes them at once."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto
from core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("clinic", "0001_initial"),
        ("clinic", "0002_walk_in_note_and_void_witness"),
        ("clinic", "0003_certificates"),
        ("clinic", "0004_seat_and_doctor"),
        ("clinic", "0005_quick_cards"),
        ("clinic", "0006_case_cards"),
        ("clinic", "0007_guests_and_calls"),
        ("clinic", "0008_corrections"),
        ("clinic", "0009_drop_void_witness"),
        ("clinic", "0010_companion"),
        ("clinic", "0011_trace_code"),
    ]

    dependencies = [
        ("appointments", "0001_squashed_0006_cold_note"),
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
                    name="AdverseEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("onset_at", models.DateTimeField(verbose_name="发生时间")),
                        (
                            "kind",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("shock", "过敏性休克"),
                                    ("larynx", "急性过敏性喉头水肿"),
                                    ("faint", "晕厥"),
                                    ("seizure", "热性惊厥"),
                                    ("nerves", "心因性反应"),
                                    ("angioedema", "血管神经性水肿"),
                                    ("rash", "过敏性皮疹"),
                                    ("purpura", "过敏性紫癜"),
                                    ("infection", "局部细菌感染"),
                                    ("myocarditis", "心肌炎"),
                                    ("common", "发热、红肿、硬结、乏力等一般反应"),
                                    ("other", "其他"),
                                ],
                                max_length=12,
                                verbose_name="疑似类型",
                            ),
                        ),
                        ("symptoms", models.CharField(max_length=300, verbose_name="表现")),
                        ("is_serious", models.BooleanField(default=False, verbose_name="严重")),
                        ("measures", models.CharField(blank=True, max_length=300, verbose_name="处置")),
                        (
                            "first_class",
                            models.CharField(
                                choices=[
                                    ("1", "一般反应"),
                                    ("2", "异常反应"),
                                    ("3", "疫苗质量事故"),
                                    ("4", "接种(实施差错)事故"),
                                    ("5", "偶合症"),
                                    ("6", "心因性反应"),
                                    ("7", "不明原因"),
                                    ("8", "待定"),
                                ],
                                default="8",
                                max_length=1,
                                verbose_name="初步分类",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("1", "痊愈"),
                                    ("2", "好转"),
                                    ("3", "后遗症"),
                                    ("4", "死亡"),
                                    ("5", "不详"),
                                ],
                                max_length=1,
                                verbose_name="转归",
                            ),
                        ),
                        ("hospital", models.CharField(blank=True, max_length=60, verbose_name="转诊医院")),
                        ("reported_at", models.DateTimeField(verbose_name="报告时间")),
                        ("report_due", models.DateTimeField(verbose_name="上报时限")),
                        (
                            "code",
                            models.CharField(
                                blank=True, max_length=14, null=True, unique=True, verbose_name="编码"
                            ),
                        ),
                        (
                            "card_state",
                            models.CharField(
                                choices=[("due", "待上报"), ("sent", "已上报"), ("waived", "不需上报")],
                                default="due",
                                max_length=8,
                                verbose_name="个案卡",
                            ),
                        ),
                        (
                            "card_settled_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="个案卡上报时间"),
                        ),
                        ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="镇办知悉时间")),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="结案时间")),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "dose",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adverse_events",
                                to="clinic.dose",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="clinic.reactiongroup",
                                verbose_name="群体性反应",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "异常反应",
                        "ordering": ["-onset_at"],
                    },
                ),
                migrations.CreateModel(
                    name="CaseEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("seen", "镇办知悉"),
                                    ("phone", "电话报告"),
                                    ("sent", "上报个案卡"),
                                    ("waived", "不需上报个案卡"),
                                    ("worse", "转为严重"),
                                    ("follow", "随访"),
                                    ("group", "群体性判断"),
                                    ("note", "其他"),
                                ],
                                max_length=8,
                                verbose_name="类别",
                            ),
                        ),
                        ("to_whom", models.CharField(blank=True, max_length=60, verbose_name="对方")),
                        ("text", models.CharField(blank=True, max_length=300, verbose_name="内容")),
                        (
                            "state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("1", "痊愈"),
                                    ("2", "好转"),
                                    ("3", "后遗症"),
                                    ("4", "死亡"),
                                    ("5", "不详"),
                                ],
                                max_length=1,
                                verbose_name="情况",
                            ),
                        ),
                        ("next_on", models.DateField(blank=True, null=True, verbose_name="下次随访")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="clinic.adverseevent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "病例记录",
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="Dose",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("trace_code", models.CharField(blank=True, max_length=80, verbose_name="追溯码")),
                        (
                            "body_site",
                            models.CharField(
                                choices=[
                                    ("left_arm", "左上臂三角肌"),
                                    ("right_arm", "右上臂三角肌"),
                                    ("left_thigh", "左大腿前外侧"),
                                    ("right_thigh", "右大腿前外侧"),
                                    ("other", "其他"),
                                ],
                                default="left_arm",
                                max_length=12,
                                verbose_name="接种部位",
                            ),
                        ),
                        ("checklist", models.JSONField(default=dict, verbose_name="核对清单")),
                        ("given_at", models.DateTimeField(verbose_name="接种时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="接种员",
                            ),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="doses",
                                to="residents.consent",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="doses",
                                to="inventory.lot",
                                verbose_name="批号",
                            ),
                        ),
                        (
                            "movement",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dose",
                                to="inventory.stockmovement",
                            ),
                        ),
                        (
                            "record",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dose",
                                to="residents.vaccinationrecord",
                            ),
                        ),
                        (
                            "reversal",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.stockmovement",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="doses",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="doses",
                                to="clinic.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接种",
                        "ordering": ["given_at", "id"],
                        "indexes": [
                            models.Index(fields=["site", "given_at"], name="dose_site_time"),
                            models.Index(
                                condition=models.Q(("trace_code", ""), _negated=True),
                                fields=["trace_code"],
                                name="dose_trace_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReactionGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "code",
                            models.CharField(
                                blank=True, max_length=12, null=True, unique=True, verbose_name="群体编码"
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[("site", "同一接种点"), ("lot", "同一批号")],
                                max_length=4,
                                verbose_name="共同点",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("suspected", "待判断"),
                                    ("confirmed", "群体性反应"),
                                    ("dismissed", "不是群体性反应"),
                                ],
                                default="suspected",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("opened_at", models.DateTimeField(verbose_name="发现时间")),
                        ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="判断时间")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="判断依据")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        "verbose_name": "群体性反应",
                        "ordering": ["-opened_at"],
                    },
                ),
                migrations.CreateModel(
                    name="SigningKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kid", models.CharField(max_length=16, unique=True)),
                        ("public_pem", models.TextField()),
                        ("private_pem", core.crypto.EncryptedTextField(context="signing_key")),
                        ("made_at", models.DateTimeField()),
                        ("is_signing", models.BooleanField(default=True)),
                        ("distrusted_at", models.DateTimeField(blank=True, null=True)),
                        ("distrust_reason", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "verbose_name": "签名密钥",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("is_signing", True)),
                                fields=("is_signing",),
                                name="one_key_signs",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Visit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("on", models.DateField(verbose_name="日期")),
                        ("queue_no", models.PositiveSmallIntegerField(verbose_name="排队号")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("checked_in", "已登记"),
                                    ("passed", "预检通过"),
                                    ("deferred", "暂缓"),
                                    ("contraindicated", "禁忌"),
                                    ("consented", "已知情同意"),
                                    ("refused", "不同意接种"),
                                    ("observing", "留观中"),
                                    ("left", "已离场"),
                                    ("transferred", "已转诊"),
                                    ("abandoned", "未完成离场"),
                                ],
                                default="checked_in",
                                max_length=16,
                                verbose_name="环节",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="登记备注")),
                        ("checked_in_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "observe_from",
                            models.DateTimeField(blank=True, null=True, verbose_name="留观开始"),
                        ),
                        (
                            "release_due",
                            models.DateTimeField(blank=True, null=True, verbose_name="可离场时间"),
                        ),
                        ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="离场时间")),
                        (
                            "leave_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="提前离场(未完成)原因"),
                        ),
                        ("seat", models.CharField(blank=True, max_length=6, verbose_name="留观座位")),
                        ("companion", models.CharField(blank=True, max_length=40, verbose_name="陪同人")),
                        (
                            "called_for",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("checked_in", "已登记"),
                                    ("passed", "预检通过"),
                                    ("deferred", "暂缓"),
                                    ("contraindicated", "禁忌"),
                                    ("consented", "已知情同意"),
                                    ("refused", "不同意接种"),
                                    ("observing", "留观中"),
                                    ("left", "已离场"),
                                    ("transferred", "已转诊"),
                                    ("abandoned", "未完成离场"),
                                ],
                                max_length=16,
                                verbose_name="叫号环节",
                            ),
                        ),
                        ("called_to", models.CharField(blank=True, max_length=12, verbose_name="叫到")),
                        ("called_at", models.DateTimeField(blank=True, null=True, verbose_name="叫号时间")),
                        (
                            "booking",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="appointments.booking",
                            ),
                        ),
                        (
                            "called_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "checked_in_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="residents.consent",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="residents.enrolment",
                            ),
                        ),
                        (
                            "guest_from",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="来自(外镇)",
                            ),
                        ),
                        (
                            "leave_doctor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="同意提前离场的医生",
                            ),
                        ),
                        (
                            "left_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="appointments.clinicsession",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="visits",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "到场",
                        "ordering": ["on", "queue_no"],
                        "indexes": [models.Index(fields=["site", "on", "stage"], name="visit_site_day")],
                        "constraints": [
                            models.UniqueConstraint(fields=("site", "on", "queue_no"), name="queue_no_once"),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("stage__in", ["checked_in", "passed", "consented", "observing"])
                                ),
                                fields=("enrolment",),
                                name="one_visit_at_a_time",
                                violation_error_message="这个人已在现场登记。",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("stage", "observing"), models.Q(("seat", ""), _negated=True)
                                ),
                                fields=("site", "seat"),
                                name="seat_taken_once",
                                violation_error_message="这个座位已有人。",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Screening",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(unique=True)),
                        ("answers", models.JSONField(default=dict, verbose_name="回答")),
                        (
                            "celsius",
                            models.DecimalField(decimal_places=1, max_digits=3, verbose_name="体温℃"),
                        ),
                        ("health_code_ok", models.BooleanField(default=True, verbose_name="健康码正常")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("PASS", "可接种"), ("DEFER", "暂缓"), ("CONTRA", "禁忌")],
                                max_length=8,
                                verbose_name="结论",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="原因")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="预检医生",
                            ),
                        ),
                        (
                            "hold",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.hold",
                            ),
                        ),
                        (
                            "question_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.questionset",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="screenings",
                                to="clinic.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "预检",
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="CardMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("card", models.CharField(max_length=12, verbose_name="速查卡")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                        ("digest", models.CharField(editable=False, max_length=64)),
                        ("step", models.CharField(blank=True, max_length=4, verbose_name="步骤")),
                        ("done", models.BooleanField(default=True, verbose_name="做了")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="card_marks",
                                to="clinic.adverseevent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "速查卡记录",
                        "ordering": ["at", "id"],
                        "indexes": [
                            models.Index(fields=["event", "card", "version"], name="card_mark_of_case")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("step", "")),
                                fields=("event", "card", "version", "by"),
                                name="card_opened_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseCard",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(unique=True)),
                        ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                        ("occupation", models.CharField(blank=True, max_length=30, verbose_name="职业")),
                        ("address", models.CharField(blank=True, max_length=120, verbose_name="现住址")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                        ("guardian", models.CharField(blank=True, max_length=60, verbose_name="监护人")),
                        (
                            "programme",
                            models.CharField(
                                choices=[("1", "常规"), ("2", "强化"), ("3", "应急"), ("4", "不详")],
                                default="1",
                                max_length=1,
                                verbose_name="组织形式",
                            ),
                        ),
                        ("found_on", models.DateField(verbose_name="发现(就诊)日期")),
                        ("clinic", models.CharField(blank=True, max_length=60, verbose_name="就诊单位")),
                        ("course", models.CharField(max_length=600, verbose_name="临床经过")),
                        (
                            "fever",
                            models.CharField(
                                choices=[
                                    ("1", "37.1–37.5℃"),
                                    ("2", "37.6–38.5℃"),
                                    ("3", "≥38.6℃"),
                                    ("4", "无"),
                                ],
                                default="4",
                                max_length=1,
                                verbose_name="发热",
                            ),
                        ),
                        (
                            "redness",
                            models.CharField(
                                choices=[("1", "≤2.5cm"), ("2", "2.6–5.0cm"), ("3", ">5.0cm"), ("4", "无")],
                                default="4",
                                max_length=1,
                                verbose_name="局部红肿",
                            ),
                        ),
                        (
                            "induration",
                            models.CharField(
                                choices=[("1", "≤2.5cm"), ("2", "2.6–5.0cm"), ("3", ">5.0cm"), ("4", "无")],
                                default="4",
                                max_length=1,
                                verbose_name="局部硬结",
                            ),
                        ),
                        ("diagnosis", models.CharField(blank=True, max_length=80, verbose_name="初步诊断")),
                        (
                            "admitted",
                            models.CharField(
                                choices=[("1", "是"), ("2", "否")],
                                default="2",
                                max_length=1,
                                verbose_name="住院",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("1", "痊愈"),
                                    ("2", "好转"),
                                    ("3", "后遗症"),
                                    ("4", "死亡"),
                                    ("5", "不详"),
                                ],
                                max_length=1,
                                verbose_name="转归",
                            ),
                        ),
                        (
                            "preliminary",
                            models.CharField(
                                choices=[("1", "一般反应"), ("2", "待定")],
                                max_length=1,
                                verbose_name="初步分类",
                            ),
                        ),
                        (
                            "found_by",
                            models.CharField(
                                choices=[("1", "被动监测"), ("2", "主动监测")],
                                default="1",
                                max_length=1,
                                verbose_name="获得方式",
                            ),
                        ),
                        ("unit", models.CharField(max_length=60, verbose_name="报告单位")),
                        ("reporter", models.CharField(max_length=30, verbose_name="报告人")),
                        (
                            "reporter_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="报告人电话"),
                        ),
                        ("filled_at", models.DateTimeField(verbose_name="填写时间")),
                        (
                            "also",
                            models.ManyToManyField(
                                blank=True,
                                related_name="+",
                                to="residents.vaccinationrecord",
                                verbose_name="其他可疑疫苗",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cards",
                                to="clinic.adverseevent",
                            ),
                        ),
                        (
                            "filled_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "个案卡",
                        "ordering": ["version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("event", "version"), name="case_card_version_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
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
                                    ("lot", "批号录错"),
                                    ("vaccine", "疫苗品种录错"),
                                    ("person", "记到了别人名下"),
                                    ("details", "时间或部位录错"),
                                    ("not_given", "其实没有接种"),
                                    ("twice", "同一剂登记了两次"),
                                ],
                                max_length=10,
                                verbose_name="错在哪里",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        (
                            "body_site",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("left_arm", "左上臂三角肌"),
                                    ("right_arm", "右上臂三角肌"),
                                    ("left_thigh", "左大腿前外侧"),
                                    ("right_thigh", "右大腿前外侧"),
                                    ("other", "其他"),
                                ],
                                max_length=12,
                                verbose_name="实际部位",
                            ),
                        ),
                        (
                            "given_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="实际接种时间"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "等第二人确认"),
                                    ("done", "已更正"),
                                    ("refused", "未同意"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="proposed",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                        ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                        ("answer", models.CharField(blank=True, max_length=200, verbose_name="不同意的原因")),
                        ("effects", models.JSONField(default=list, verbose_name="更正后果")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="第二人",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="residents.enrolment",
                                verbose_name="实际受种者",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.lot",
                                verbose_name="实际批号",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="提出人",
                            ),
                        ),
                        (
                            "dose",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="clinic.dose",
                            ),
                        ),
                        (
                            "replacement",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="made_by",
                                to="clinic.dose",
                                verbose_name="更正后的接种",
                            ),
                        ),
                        (
                            "twin",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clinic.dose",
                                verbose_name="保留的一次登记",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接种更正",
                        "ordering": ["-proposed_at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["proposed", "done"])),
                                fields=("dose",),
                                name="corrected_once",
                                violation_error_message="这一剂已经有一项更正。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "proposed"),
                                    ("state", "withdrawn"),
                                    models.Q(
                                        ("decided_by__isnull", False),
                                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="corrected_by_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReactionPlan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "serious_hours",
                            models.PositiveSmallIntegerField(
                                default=2, verbose_name="严重反应上报时限(小时)"
                            ),
                        ),
                        (
                            "other_hours",
                            models.PositiveSmallIntegerField(
                                default=48, verbose_name="其他反应上报时限(小时)"
                            ),
                        ),
                        (
                            "group_hours",
                            models.PositiveSmallIntegerField(
                                default=24, verbose_name="群体性反应观察窗(小时)"
                            ),
                        ),
                        (
                            "hospital",
                            models.CharField(blank=True, max_length=60, verbose_name="绿色通道医院"),
                        ),
                        (
                            "hospital_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="绿色通道电话"),
                        ),
                        (
                            "county_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="县疾控值班电话"),
                        ),
                        ("changed_at", models.DateTimeField(verbose_name="修改时间")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reaction_plans",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "changed_by",
                            models.ForeignKey(
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
                                verbose_name="地方",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "处置预案",
                        "constraints": [
                            models.UniqueConstraint(fields=("campaign", "place"), name="reaction_plan_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("other_hours__lte", 48),
                                    ("serious_hours__gte", 1),
                                    ("serious_hours__lte", 2),
                                ),
                                name="reaction_plan_hours",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Certificate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("disease", models.CharField(max_length=12)),
                        ("season", models.CharField(blank=True, max_length=10)),
                        ("mark", models.CharField(db_index=True, max_length=16)),
                        ("text", core.crypto.EncryptedTextField(context="certificate")),
                        ("issued_at", models.DateTimeField(verbose_name="签发时间")),
                        ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                        (
                            "revoke_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="撤销原因"),
                        ),
                        (
                            "issued_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "records",
                            models.ManyToManyField(
                                related_name="certificates", to="residents.vaccinationrecord"
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certificates",
                                to="residents.resident",
                            ),
                        ),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "signing_key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clinic.signingkey",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接种凭证",
                        "ordering": ["-issued_at", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("revoked_at__isnull", True),
                                    models.Q(("revoke_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="revocation_has_reason",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]

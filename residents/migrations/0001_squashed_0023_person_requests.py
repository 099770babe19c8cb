"""All tables of this room as they were made step by step until 0023_person_requests; a new installation makes them at once. The words every township begins with come along."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.crypto
from core.tables import CreateTogether
from core.triggers import append_only

_TAGS = [
    ("tag", "party", "党员"),
    ("tag", "official", "村两委"),
    ("tag", "alone", "独居老人"),
    ("tag", "lowincome", "低保"),
    ("tag", "disabled", "残疾"),
    ("tag", "leftbehind", "留守儿童"),
    ("need", "sight", "视力"),
    ("need", "hearing", "听力"),
    ("need", "mobility", "行动不便(轮椅)"),
    ("need", "onearm", "独臂"),
    ("need", "language", "语言不通"),
    ("need", "faints", "晕针"),
    ("need", "company", "需要陪护"),
]


def put(apps, schema_editor):
    tag = apps.get_model("residents", "Tag")
    tag.objects.bulk_create([tag(kind=kind, code=code, name=name) for kind, code, name in _TAGS])


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("residents", "0001_initial"),
        ("residents", "0002_search_columns"),
        ("residents", "0003_census_row_without_values"),
        ("residents", "0004_census_of_an_organisation"),
        ("residents", "0005_duties"),
        ("residents", "0006_default_tags"),
        ("residents", "0007_register_versions"),
        ("residents", "0008_rosters"),
        ("residents", "0009_fill_rosters"),
        ("residents", "0010_merging"),
        ("residents", "0011_unit_choices"),
        ("residents", "0012_stickers_and_reconciliation"),
        ("residents", "0013_moves"),
        ("residents", "0014_submissions"),
        ("residents", "0015_census_questions"),
        ("residents", "0016_undoing"),
        ("residents", "0017_census_row_understood"),
        ("residents", "0018_understood_rows"),
        ("residents", "0019_hold_proof"),
        ("residents", "0020_record_lot"),
        ("residents", "0021_listed_order"),
        ("residents", "0022_export_requests"),
        ("residents", "0023_person_requests"),
    ]

    dependencies = [
        ("campaigns", "0001_squashed_0008_campaign_text"),
        ("core", "0001_squashed_0003_audit_proofs"),
        ("inventory", "0001_squashed_0009_lot_places"),
        ("places", "0001_squashed_0003_code_scan"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="CensusImport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("file_name", models.CharField(max_length=120, verbose_name="文件名")),
                        ("file_sha256", models.CharField(max_length=64)),
                        ("stored_as", models.CharField(blank=True, max_length=120)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("checking", "检查中"),
                                    ("checked", "待确认"),
                                    ("committing", "导入中"),
                                    ("committed", "已导入"),
                                    ("failed", "未能导入"),
                                    ("discarded", "已放弃"),
                                    ("undoing", "撤销中"),
                                    ("undone", "已撤销"),
                                ],
                                default="checking",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("counts", models.JSONField(default=dict)),
                        ("message", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                        ("questions", models.JSONField(default=dict)),
                        ("understood_by", models.CharField(blank=True, max_length=64)),
                        ("sheets", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("committed_at", models.DateTimeField(blank=True, null=True)),
                        ("undone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "campaign",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
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
                                verbose_name="单位",
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
                            "undone_by",
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
                        "verbose_name": "摸排导入",
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="DutyAssignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("leader", "领导包村"),
                                    ("cadre", "干部包组(网格)"),
                                    ("head", "组长包人"),
                                ],
                                max_length=6,
                                verbose_name="级别",
                            ),
                        ),
                        ("village_code", models.CharField(editable=False, max_length=18)),
                        ("group_no", models.CharField(blank=True, max_length=10, verbose_name="组")),
                        ("grid", models.CharField(blank=True, max_length=20, verbose_name="网格")),
                        ("holder_name", models.CharField(blank=True, max_length=30, verbose_name="姓名")),
                        ("holder_phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                        ("post", models.CharField(blank=True, max_length=30, verbose_name="职务")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(blank=True, null=True, verbose_name="至")),
                        ("end_reason", models.CharField(blank=True, max_length=120, verbose_name="结束原因")),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                            "holder",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duties",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="帐号",
                            ),
                        ),
                        (
                            "village",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duties",
                                to="places.place",
                                verbose_name="村(社区)",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "包干责任",
                        "ordering": ["village_code", "level", "group_no", "grid", "pk"],
                        "indexes": [models.Index(fields=["village_code", "level"], name="duty_village")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("holder__isnull", False),
                                    models.Q(("holder_name", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="duty_has_a_holder",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("level", "cadre"), _negated=True),
                                    models.Q(("group_no", ""), _negated=True),
                                    models.Q(("grid", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="cadre_holds_a_part",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("until__isnull", True), models.Q(("level", "head"), _negated=True)
                                ),
                                fields=("level", "village", "group_no", "grid"),
                                name="one_holder_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enrolment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("unit_code", models.CharField(blank=True, max_length=18)),
                        ("unit_rule", models.CharField(blank=True, max_length=30, verbose_name="计入规则")),
                        ("in_cohort", models.BooleanField(default=False, verbose_name="符合目标条件")),
                        ("is_target", models.BooleanField(default=False, verbose_name="目标人群")),
                        ("doses_done", models.PositiveSmallIntegerField(default=0, verbose_name="已种剂次")),
                        ("first_dose_on", models.DateField(blank=True, null=True, verbose_name="首剂日期")),
                        ("last_dose_on", models.DateField(blank=True, null=True, verbose_name="最近接种")),
                        (
                            "primary_complete_on",
                            models.DateField(blank=True, null=True, verbose_name="全程日期"),
                        ),
                        ("booster_on", models.DateField(blank=True, null=True, verbose_name="加强日期")),
                        (
                            "next_dose",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="下一剂次"),
                        ),
                        ("due_from", models.DateField(blank=True, null=True, verbose_name="可种日期")),
                        ("due_to", models.DateField(blank=True, null=True, verbose_name="应种截止")),
                        ("hold_until", models.DateField(blank=True, null=True, verbose_name="暂缓至")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("open", "待接种"),
                                    ("hold", "暂缓"),
                                    ("contra", "禁忌"),
                                    ("review", "待核实"),
                                    ("ineligible", "不在接种范围"),
                                    ("complete", "已完成"),
                                    ("out", "不在册"),
                                ],
                                default="open",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("status_reason", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrolments",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "last_product",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.vaccine",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="计入单位",
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrolments",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "活动登记",
                        "indexes": [
                            models.Index(
                                fields=["campaign", "unit_code", "status", "due_from"],
                                name="enrolment_unit_due",
                            ),
                            models.Index(
                                fields=["campaign", "unit_code", "is_target", "doses_done"],
                                name="enrolment_unit_done",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("resident", "campaign"), name="enrolled_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("text_sha256", models.CharField(max_length=64)),
                        ("dose_number", models.PositiveSmallIntegerField(verbose_name="剂次")),
                        ("given", models.BooleanField(verbose_name="同意")),
                        ("signer_name", models.CharField(max_length=60, verbose_name="签名人")),
                        (
                            "relation",
                            models.CharField(
                                choices=[
                                    ("self", "本人"),
                                    ("father", "父亲"),
                                    ("mother", "母亲"),
                                    ("guardian", "其他监护人"),
                                    ("delegate", "受委托人"),
                                ],
                                default="self",
                                max_length=10,
                                verbose_name="与受种者关系",
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("tablet", "屏幕签名"), ("paper", "纸质签名")],
                                max_length=8,
                                verbose_name="方式",
                            ),
                        ),
                        ("signature", models.TextField(blank=True, verbose_name="签名")),
                        ("paper_no", models.CharField(blank=True, max_length=40, verbose_name="纸质编号")),
                        ("signed_at", models.DateTimeField(verbose_name="签署时间")),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
                        ),
                        (
                            "invalidated_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
                        ),
                        (
                            "end_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="撤回(作废)原因"),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.consentform",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="residents.enrolment",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "知情同意",
                        "ordering": ["signed_at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="ExportRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("title", models.CharField(max_length=120, verbose_name="内容")),
                        ("kind", models.CharField(max_length=40)),
                        ("task", models.CharField(max_length=80)),
                        ("asked", core.crypto.EncryptedTextField(context="export_request")),
                        ("people", models.PositiveIntegerField(verbose_name="人数")),
                        ("place_code", models.CharField(max_length=18)),
                        ("purpose", models.CharField(blank=True, max_length=200, verbose_name="用途")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "待写用途"),
                                    ("waiting", "待批准"),
                                    ("approved", "已批准"),
                                    ("refused", "未批准"),
                                    ("done", "已生成"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="申请时间")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="审批时间")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="审批意见")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="申请人",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="审批人",
                            ),
                        ),
                        (
                            "job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="core.job",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "导出申请",
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="export_needs_two",
                                violation_error_message="导出要由另一个人批准。",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HeaderMemory",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("header", models.CharField(max_length=120)),
                        ("title", models.CharField(max_length=120, verbose_name="表头")),
                        ("field", models.CharField(blank=True, max_length=30, verbose_name="作为")),
                        ("set_at", models.DateTimeField(auto_now=True)),
                        (
                            "set_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "town",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="乡镇(街道)",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "记住的表头",
                        "ordering": ["title"],
                        "constraints": [
                            models.UniqueConstraint(fields=("town", "header"), name="header_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
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
                                choices=[("defer", "暂缓"), ("contra", "禁忌"), ("self", "自述禁忌(待鉴定)")],
                                max_length=8,
                                verbose_name="类型",
                            ),
                        ),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("all", "所有疫苗"),
                                    ("platform", "同类疫苗"),
                                    ("product", "本产品"),
                                ],
                                default="all",
                                max_length=10,
                                verbose_name="范围",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        ("until", models.DateField(blank=True, null=True, verbose_name="至(当日可种)")),
                        ("review_on", models.DateField(blank=True, null=True, verbose_name="复核日期")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="解除时间")),
                        (
                            "lift_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="解除原因"),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="医生",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="holds",
                                to="residents.enrolment",
                            ),
                        ),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "vaccine",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.vaccine",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "暂缓与禁忌",
                        "ordering": ["at", "id"],
                    },
                ),
                migrations.CreateModel(
                    name="HoldProof",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("stored_as", models.CharField(max_length=80)),
                        ("content_type", models.CharField(max_length=20, verbose_name="文件类型")),
                        ("size", models.PositiveIntegerField(verbose_name="大小")),
                        ("sha256", models.CharField(max_length=64)),
                        ("added_at", models.DateTimeField(verbose_name="上传时间")),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "hold",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proofs",
                                to="residents.hold",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "禁忌证明",
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("hold", "sha256"), name="hold_proof_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Household",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=20, verbose_name="户号")),
                        ("address", models.CharField(blank=True, max_length=120, verbose_name="门牌地址")),
                        (
                            "village",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="households",
                                to="places.place",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "户",
                        "constraints": [
                            models.UniqueConstraint(fields=("village", "number"), name="household_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutreachClaim",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("unit", models.CharField(max_length=20, unique=True)),
                        ("expires_at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "正在联系",
                    },
                ),
                migrations.CreateModel(
                    name="PublicityCount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField()),
                        ("day", models.DateField(verbose_name="日期")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("banner", "横幅(条)"),
                                    ("notice", "通告(份)"),
                                    ("visit", "入户(户)"),
                                    ("lecture", "讲座(场)"),
                                    ("broadcast", "广播(次)"),
                                    ("screen", "电子屏(块)"),
                                    ("chat", "微信群(条)"),
                                ],
                                max_length=10,
                                verbose_name="类型",
                            ),
                        ),
                        ("count", models.PositiveIntegerField(verbose_name="数量")),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="说明")),
                        ("at", models.DateTimeField(verbose_name="填报时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="填报人",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="publicity_counts",
                                to="places.place",
                                verbose_name="村(社区)",
                            ),
                        ),
                        (
                            "superseded_by",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="supersedes",
                                to="residents.publicitycount",
                                verbose_name="更正为",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "宣传统计",
                        "ordering": ["day", "pk"],
                        "indexes": [models.Index(fields=["place", "day"], name="publicity_place_day")],
                        "constraints": [
                            models.UniqueConstraint(fields=("key", "kind"), name="publicity_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("superseded_by__isnull", True),
                                    models.Q(("superseded_by", models.F("pk")), _negated=True),
                                    _connector="OR",
                                ),
                                name="publicity_not_by_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReconciliationSign",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("dose_number", models.PositiveSmallIntegerField(default=1, verbose_name="剂次")),
                        (
                            "party",
                            models.CharField(
                                choices=[("school", "学校"), ("site", "接种单位")],
                                max_length=8,
                                verbose_name="哪一方",
                            ),
                        ),
                        ("pupils", models.PositiveIntegerField(verbose_name="在册")),
                        ("unvaccinated", models.PositiveIntegerField(verbose_name="未接种")),
                        ("at", models.DateTimeField(verbose_name="确认时间")),
                        (
                            "by",
                            models.ForeignKey(
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
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "核对确认",
                        "ordering": ["-at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="RegisterVersion",
                    fields=[
                        (
                            "uid",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("base", "基数"), ("submission", "上报名册")],
                                max_length=10,
                                verbose_name="类型",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(verbose_name="版本")),
                        ("reason", models.CharField(max_length=200, verbose_name="原因")),
                        ("definition", models.JSONField(default=dict, verbose_name="口径")),
                        ("counts", models.JSONField(default=dict, verbose_name="人数")),
                        ("frozen_on", models.DateField(verbose_name="日期")),
                        ("frozen_at", models.DateTimeField(verbose_name="时间")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="campaigns.campaign",
                                verbose_name="接种活动",
                            ),
                        ),
                        (
                            "frozen_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经办人",
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
                                verbose_name="单位",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="地方",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "名册版本",
                        "ordering": ["-frozen_at", "-number"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("organisation__isnull", True), ("place__isnull", False)),
                                    models.Q(("organisation__isnull", False), ("place__isnull", True)),
                                    _connector="OR",
                                ),
                                name="version_of_place_or_organisation",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("place__isnull", False)),
                                fields=("campaign", "kind", "place", "number"),
                                name="place_version_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("organisation__isnull", False)),
                                fields=("campaign", "kind", "organisation", "number"),
                                name="organisation_version_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Resident",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "key",
                            models.UUIDField(
                                blank=True, editable=False, null=True, unique=True, verbose_name="表单号"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="姓名")),
                        ("pinyin", models.CharField(blank=True, editable=False, max_length=120)),
                        ("initials", models.CharField(blank=True, editable=False, max_length=40)),
                        ("given", models.CharField(blank=True, editable=False, max_length=60)),
                        (
                            "sex",
                            models.CharField(
                                choices=[("M", "男"), ("F", "女")], max_length=1, verbose_name="性别"
                            ),
                        ),
                        ("birth_date", models.DateField(verbose_name="出生日期")),
                        ("nationality", models.CharField(default="156", max_length=3, verbose_name="国籍")),
                        ("village_code", models.CharField(editable=False, max_length=18)),
                        ("group_no", models.CharField(blank=True, max_length=10, verbose_name="组")),
                        ("grid", models.CharField(blank=True, max_length=20, verbose_name="网格")),
                        (
                            "relation_to_head",
                            models.CharField(blank=True, max_length=20, verbose_name="与户主关系"),
                        ),
                        (
                            "residence",
                            models.CharField(
                                choices=[
                                    ("local", "常住"),
                                    ("away_town", "外出(乡外县内)"),
                                    ("away_county", "外出(县外省内)"),
                                    ("away_province", "外出(省外)"),
                                    ("away_abroad", "外出(境外)"),
                                    ("in_county", "流入(县内其他乡镇)"),
                                    ("in_province", "流入(县外省内)"),
                                    ("in_other", "流入(省外)"),
                                    ("in_abroad", "流入(境外)"),
                                ],
                                default="local",
                                max_length=14,
                                verbose_name="人员类别",
                            ),
                        ),
                        (
                            "hukou_address",
                            models.CharField(blank=True, max_length=120, verbose_name="户籍地址"),
                        ),
                        ("address", models.CharField(blank=True, max_length=120, verbose_name="现住址")),
                        (
                            "away_place",
                            models.CharField(blank=True, max_length=80, verbose_name="外出地(流出地)"),
                        ),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                        ("phone_tail", models.CharField(blank=True, editable=False, max_length=4)),
                        (
                            "phone_owner",
                            models.CharField(
                                choices=[
                                    ("self", "本人"),
                                    ("child", "子女"),
                                    ("parent", "父母"),
                                    ("spouse", "配偶"),
                                    ("other", "其他"),
                                ],
                                default="self",
                                max_length=8,
                                verbose_name="电话机主",
                            ),
                        ),
                        (
                            "workplace",
                            models.CharField(blank=True, max_length=80, verbose_name="单位名称(未登记的)"),
                        ),
                        (
                            "school_class",
                            models.CharField(blank=True, max_length=30, verbose_name="年级班级"),
                        ),
                        ("occupation", models.CharField(blank=True, max_length=30, verbose_name="职业")),
                        (
                            "conditions",
                            models.CharField(blank=True, max_length=200, verbose_name="慢病/自述禁忌"),
                        ),
                        (
                            "special_needs",
                            models.CharField(blank=True, max_length=80, verbose_name="特殊需要说明"),
                        ),
                        ("guardian_name", models.CharField(blank=True, max_length=60, verbose_name="监护人")),
                        ("willing", models.BooleanField(blank=True, null=True, verbose_name="愿意接种")),
                        (
                            "not_vaccinated_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("R01", "禁忌"),
                                    ("R02", "暂缓"),
                                    ("R03", "医生建议不接种"),
                                    ("R04", "拒绝(家长拒绝)"),
                                    ("R05", "外出"),
                                    ("R06", "已在外地接种(待核)"),
                                    ("R07", "不知道"),
                                    ("R08", "没时间"),
                                    ("R09", "接种点远"),
                                    ("R10", "行动不便"),
                                    ("R11", "无疫苗(无号)"),
                                    ("R12", "已约未种"),
                                    ("R13", "年龄(间隔)未到"),
                                    ("R14", "失联"),
                                    ("R99", "其他"),
                                ],
                                max_length=3,
                                verbose_name="未接种原因",
                            ),
                        ),
                        (
                            "responsible_name",
                            models.CharField(blank=True, max_length=30, verbose_name="包保人"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                        ("removed_on", models.DateField(blank=True, null=True, verbose_name="移出日期")),
                        (
                            "removal",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("deceased", "死亡"),
                                    ("moved_out", "迁出"),
                                    ("duplicate", "重复登记"),
                                    ("error", "误登"),
                                ],
                                max_length=10,
                                verbose_name="移出原因",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("updated_at", models.DateTimeField(auto_now=True)),
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
                            "household",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                to="residents.household",
                                verbose_name="户号",
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tombstones",
                                to="residents.resident",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="residents",
                                to="places.organisation",
                                verbose_name="工作单位(学校)",
                            ),
                        ),
                        (
                            "priority_groups",
                            models.ManyToManyField(
                                blank=True, to="campaigns.prioritygroup", verbose_name="重点人群"
                            ),
                        ),
                        (
                            "village",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="residents",
                                to="places.place",
                                verbose_name="村(社区)",
                            ),
                        ),
                        (
                            "tags",
                            models.ManyToManyField(
                                blank=True,
                                related_name="residents",
                                to="residents.tag",
                                verbose_name="标签和特殊需要",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "居民",
                        "ordering": ["village_code", "id"],
                        "indexes": [
                            models.Index(
                                fields=["village_code", "group_no", "id", "removed_on"],
                                name="resident_listed",
                            ),
                            models.Index(
                                fields=["village_code", "birth_date"], name="resident_village_birth"
                            ),
                            models.Index(
                                fields=["name"], name="resident_name", opclasses=["varchar_pattern_ops"]
                            ),
                            models.Index(
                                fields=["given"], name="resident_given", opclasses=["varchar_pattern_ops"]
                            ),
                            models.Index(
                                fields=["pinyin"], name="resident_pinyin", opclasses=["varchar_pattern_ops"]
                            ),
                            models.Index(
                                fields=["initials"],
                                name="resident_initials",
                                opclasses=["varchar_pattern_ops"],
                            ),
                            models.Index(
                                fields=["phone"], name="resident_phone", opclasses=["varchar_pattern_ops"]
                            ),
                            models.Index(fields=["phone_tail"], name="resident_phone_tail"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removal", ""), ("removed_on__isnull", True)),
                                    models.Q(
                                        ("removed_on__isnull", False),
                                        models.Q(("removal", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="removal_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("merged_into__isnull", True), ("removal", "duplicate"), _connector="OR"
                                ),
                                name="merged_is_removed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegisterMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("village_code", models.CharField(max_length=18, verbose_name="登记村")),
                        ("group_no", models.CharField(blank=True, max_length=10, verbose_name="组")),
                        (
                            "residence",
                            models.CharField(
                                choices=[
                                    ("local", "常住"),
                                    ("away_town", "外出(乡外县内)"),
                                    ("away_county", "外出(县外省内)"),
                                    ("away_province", "外出(省外)"),
                                    ("away_abroad", "外出(境外)"),
                                    ("in_county", "流入(县内其他乡镇)"),
                                    ("in_province", "流入(县外省内)"),
                                    ("in_other", "流入(省外)"),
                                    ("in_abroad", "流入(境外)"),
                                ],
                                max_length=14,
                                verbose_name="人员类别",
                            ),
                        ),
                        ("unit_code", models.CharField(blank=True, max_length=18, verbose_name="计入单位")),
                        ("unit_rule", models.CharField(blank=True, max_length=30, verbose_name="计入规则")),
                        ("is_target", models.BooleanField(verbose_name="目标人群")),
                        ("doses_done", models.PositiveSmallIntegerField(verbose_name="已种剂次")),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="residents.registerversion",
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "名册版本人员",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("version", "resident"), name="version_member_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PersonRequest",
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
                                    ("access", "查阅、复制"),
                                    ("correct", "更正、补充"),
                                    ("delete", "删除"),
                                ],
                                max_length=8,
                                verbose_name="要求",
                            ),
                        ),
                        ("asker", models.CharField(max_length=60, verbose_name="谁提出的")),
                        ("words", models.CharField(max_length=300, verbose_name="具体内容")),
                        ("taken_at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[("done", "照办"), ("partly", "部分照办"), ("refused", "不照办")],
                                max_length=8,
                                verbose_name="结果",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                        ("answer", models.CharField(blank=True, max_length=120, verbose_name="怎样答复的")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="答复时间")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="答复人",
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="登记人",
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="residents.resident",
                                verbose_name="居民",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "个人信息请求",
                        "ordering": ["-taken_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("outcome", ""),
                                    models.Q(
                                        ("reason", ""),
                                        ("answer", ""),
                                        ("decided_at", None),
                                        _connector="OR",
                                        _negated=True,
                                    ),
                                    _connector="OR",
                                ),
                                name="request_decided_with_reason",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PairMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "verdict",
                            models.CharField(
                                choices=[("maybe", "可能重复"), ("different", "不是同一人")],
                                max_length=9,
                                verbose_name="判断",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        ("superseded_at", models.DateTimeField(blank=True, null=True)),
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
                            "first",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.resident",
                            ),
                        ),
                        (
                            "second",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "重复判断",
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("first__lt", models.F("second"))), name="pair_in_order"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at__isnull", True)),
                                fields=("first", "second"),
                                name="pair_marked_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Outreach",
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
                                    ("visit", "上门"),
                                    ("call", "电话"),
                                    ("chat", "微信"),
                                    ("other", "其他"),
                                ],
                                max_length=8,
                                verbose_name="方式",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        ("met", models.BooleanField(verbose_name="见到(联系上)")),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("R01", "禁忌"),
                                    ("R02", "暂缓"),
                                    ("R03", "医生建议不接种"),
                                    ("R04", "拒绝(家长拒绝)"),
                                    ("R05", "外出"),
                                    ("R06", "已在外地接种(待核)"),
                                    ("R07", "不知道"),
                                    ("R08", "没时间"),
                                    ("R09", "接种点远"),
                                    ("R10", "行动不便"),
                                    ("R11", "无疫苗(无号)"),
                                    ("R12", "已约未种"),
                                    ("R13", "年龄(间隔)未到"),
                                    ("R14", "失联"),
                                    ("R99", "其他"),
                                ],
                                max_length=3,
                                verbose_name="未接种原因",
                            ),
                        ),
                        ("promised_on", models.DateField(blank=True, null=True, verbose_name="承诺接种日期")),
                        ("next_step", models.CharField(blank=True, max_length=60, verbose_name="下一步")),
                        ("next_on", models.DateField(blank=True, null=True, verbose_name="下次联系日期")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="走访人",
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="outreaches",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "走访",
                        "ordering": ["at", "pk"],
                        "indexes": [models.Index(fields=["resident", "at"], name="outreach_latest")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("promised_on__isnull", True), ("met", True), _connector="OR"
                                ),
                                name="promise_needs_meeting",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Move",
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
                                choices=[("move", "迁出"), ("claim", "迁入"), ("removal", "移出名册")],
                                max_length=8,
                                verbose_name="类型",
                            ),
                        ),
                        (
                            "residence",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("local", "常住"),
                                    ("away_town", "外出(乡外县内)"),
                                    ("away_county", "外出(县外省内)"),
                                    ("away_province", "外出(省外)"),
                                    ("away_abroad", "外出(境外)"),
                                    ("in_county", "流入(县内其他乡镇)"),
                                    ("in_province", "流入(县外省内)"),
                                    ("in_other", "流入(省外)"),
                                    ("in_abroad", "流入(境外)"),
                                ],
                                max_length=14,
                                verbose_name="迁入后的人员类别",
                            ),
                        ),
                        (
                            "removal",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("deceased", "死亡"),
                                    ("moved_out", "迁出"),
                                    ("duplicate", "重复登记"),
                                    ("error", "误登"),
                                ],
                                max_length=10,
                                verbose_name="移出原因",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("home", "搬家(常住地变了)"),
                                    ("hukou", "户口迁移"),
                                    ("marriage", "婚嫁"),
                                    ("work", "务工"),
                                    ("school", "上学"),
                                    ("check", "摸排核对"),
                                    ("other", "其他"),
                                ],
                                max_length=10,
                                verbose_name="原因",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("on", models.DateField(verbose_name="日期")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "等待答复"),
                                    ("accepted", "已同意"),
                                    ("refused", "未同意"),
                                    ("withdrawn", "已撤回"),
                                    ("settled", "由上级裁定执行"),
                                ],
                                default="open",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                        ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                        ("answer_note", models.CharField(blank=True, max_length=200, verbose_name="答复")),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "from_place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="迁出村(社区)",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "to_place",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="迁入村(社区)",
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "迁移与移出",
                        "ordering": ["-proposed_at", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("resident",),
                                name="one_open_move",
                                violation_error_message="这个人已有一条等待答复的迁移或移出。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "removal"),
                                        ("to_place__isnull", True),
                                        models.Q(("removal", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("kind", "removal"), _negated=True),
                                        ("removal", ""),
                                        ("to_place__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="move_goes_somewhere",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Merge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("reason", models.CharField(max_length=200, verbose_name="合并原因")),
                        ("at", models.DateTimeField(verbose_name="合并时间")),
                        ("words", models.JSONField(default=list, verbose_name="合并结果")),
                        ("details", core.crypto.EncryptedTextField(context="merge")),
                        ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                        (
                            "undo_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="撤销原因"),
                        ),
                        ("undo_words", models.JSONField(default=list, verbose_name="撤销结果")),
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
                            "undone_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "absorbed",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges_absorbed",
                                to="residents.resident",
                                verbose_name="并入的档案",
                            ),
                        ),
                        (
                            "kept",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merges_kept",
                                to="residents.resident",
                                verbose_name="保留的档案",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "档案合并",
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kept", models.F("absorbed")), _negated=True),
                                name="merge_of_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("undone_at__isnull", True),
                                    models.Q(("undo_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="unmerge_has_reason",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("undone_at__isnull", True)),
                                fields=("absorbed",),
                                name="absorbed_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LiftRequest",
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
                        ("at", models.TimeField(blank=True, null=True, verbose_name="接人时间")),
                        ("pick_up", models.CharField(max_length=80, verbose_name="上车地点")),
                        ("companion", models.CharField(blank=True, max_length=60, verbose_name="陪同人")),
                        ("driver_name", models.CharField(blank=True, max_length=30, verbose_name="司机")),
                        (
                            "driver_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="司机电话"),
                        ),
                        ("plate", models.CharField(blank=True, max_length=12, verbose_name="车牌")),
                        ("agreed_by", models.CharField(max_length=60, verbose_name="谁同意的")),
                        ("agreed_on", models.DateField(verbose_name="同意日期")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "待安排"),
                                    ("arranged", "已安排"),
                                    ("done", "已接送"),
                                    ("cancelled", "已取消"),
                                ],
                                default="asked",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("end_reason", models.CharField(blank=True, max_length=120, verbose_name="取消原因")),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
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
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lifts",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接送",
                        "ordering": ["on", "at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "cancelled"), _negated=True),
                                fields=("resident", "on"),
                                name="one_lift_a_day",
                                violation_error_message="这个人这一天已经有接送安排。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "cancelled"), _negated=True),
                                    models.Q(("end_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="lift_cancel_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["arranged", "done"]), _negated=True),
                                    models.Q(("driver_name", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="arranged_lift_has_driver",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Charge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(blank=True, null=True, verbose_name="至")),
                        (
                            "duty",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="charges",
                                to="residents.dutyassignment",
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="charges",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "包干到人",
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("resident",),
                                name="one_head_at_a_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CensusRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sheet", models.CharField(blank=True, max_length=60)),
                        ("number", models.PositiveIntegerField(verbose_name="行号")),
                        ("cells", core.crypto.EncryptedTextField(context="census_row")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("create", "新增"),
                                    ("update", "补充"),
                                    ("unchanged", "无变化"),
                                    ("review", "待核对"),
                                    ("rejected", "有错误"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("problems", models.JSONField(default=list)),
                        ("beside", models.PositiveIntegerField(default=0)),
                        ("is_done", models.BooleanField(default=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("before", core.crypto.EncryptedTextField(blank=True, context="census_row")),
                        ("conflicts", core.crypto.EncryptedTextField(blank=True, context="census_row")),
                        (
                            "decision",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("applied", "已采用名单"),
                                    ("discarded", "保留名册"),
                                    ("twins", "登记为两个人"),
                                ],
                                max_length=9,
                                verbose_name="处理",
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="处理时间")),
                        (
                            "census",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rows",
                                to="residents.censusimport",
                            ),
                        ),
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
                            "resident",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "摸排导入行",
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["census", "state"], name="census_row_state")],
                    },
                ),
                migrations.CreateModel(
                    name="ResidentIdentifier",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "id_type",
                            models.CharField(
                                choices=[
                                    ("01", "居民身份证"),
                                    ("02", "居民户口簿"),
                                    ("03", "护照"),
                                    ("04", "军官证(士兵证)"),
                                    ("06", "港澳居民来往内地通行证"),
                                    ("07", "台湾居民来往大陆通行证"),
                                    ("01H", "港澳台居民居住证"),
                                    ("B1", "出生医学证明"),
                                    ("P1", "外国人永久居留身份证(2023版)"),
                                    ("P0", "外国人永久居留证(2017版)"),
                                    ("N0", "无证件"),
                                    ("99", "其他"),
                                ],
                                default="01",
                                max_length=3,
                                verbose_name="证件类型",
                            ),
                        ),
                        (
                            "number",
                            core.crypto.EncryptedTextField(context="id_number", verbose_name="证件号码"),
                        ),
                        ("number_hash", models.CharField(editable=False, max_length=64)),
                        ("masked", models.CharField(editable=False, max_length=30)),
                        ("last4", models.CharField(db_index=True, editable=False, max_length=4)),
                        ("is_primary", models.BooleanField(default=True, verbose_name="主要证件")),
                        ("flags", models.JSONField(blank=True, default=list)),
                        (
                            "no_document_reason",
                            models.CharField(blank=True, max_length=80, verbose_name="无证件原因"),
                        ),
                        ("guarantor", models.CharField(blank=True, max_length=60, verbose_name="担保人")),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="identifiers",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "证件",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("number_hash",),
                                name="identifier_once",
                                violation_error_message="这个证件号码已经登记过。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("id_type", "N0"), _negated=True),
                                    models.Q(
                                        ("no_document_reason", ""),
                                        ("guarantor", ""),
                                        _connector="OR",
                                        _negated=True,
                                    ),
                                    _connector="OR",
                                ),
                                name="no_document_is_vouched",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RosterEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "grade",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                choices=[
                                    (1, "小班"),
                                    (2, "中班"),
                                    (3, "大班"),
                                    (11, "一年级"),
                                    (12, "二年级"),
                                    (13, "三年级"),
                                    (14, "四年级"),
                                    (15, "五年级"),
                                    (16, "六年级"),
                                    (17, "七年级"),
                                    (18, "八年级"),
                                    (19, "九年级"),
                                    (21, "高一"),
                                    (22, "高二"),
                                    (23, "高三"),
                                ],
                                null=True,
                                verbose_name="年级",
                            ),
                        ),
                        ("class_no", models.CharField(blank=True, max_length=10, verbose_name="班")),
                        ("job", models.CharField(blank=True, max_length=30, verbose_name="岗位(班组)")),
                        ("member_no", models.CharField(blank=True, max_length=30, verbose_name="学号(工号)")),
                        ("guardian_name", models.CharField(blank=True, max_length=60, verbose_name="监护人")),
                        (
                            "guardian_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="监护人电话"),
                        ),
                        (
                            "guardian_relation",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("father", "父亲"),
                                    ("mother", "母亲"),
                                    ("grandparent", "祖父母(外祖父母)"),
                                    ("other", "其他监护人"),
                                ],
                                max_length=12,
                                verbose_name="监护人关系",
                            ),
                        ),
                        (
                            "home_county",
                            models.CharField(blank=True, max_length=80, verbose_name="现居住的外县(区)"),
                        ),
                        ("since", models.DateField(verbose_name="进入日期")),
                        ("until", models.DateField(blank=True, null=True, verbose_name="离开日期")),
                        ("end_reason", models.CharField(blank=True, max_length=80, verbose_name="离开原因")),
                        ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                        (
                            "confirmed_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="核对时间"),
                        ),
                        ("pushed_at", models.DateTimeField(blank=True, null=True, verbose_name="推送时间")),
                        (
                            "added_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="roster_entries",
                                to="places.organisation",
                                verbose_name="单位",
                            ),
                        ),
                        (
                            "pushed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="roster_entries",
                                to="residents.resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "单位名册",
                        "ordering": ["organisation", "grade", "class_no", "id"],
                        "indexes": [
                            models.Index(fields=["organisation", "until"], name="roster_of_organisation")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until__isnull", True)),
                                fields=("organisation", "resident"),
                                name="on_a_roster_once",
                                violation_error_message="这个人已经在这个单位的名册上。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("end_reason", ""), ("until__isnull", True)),
                                    models.Q(
                                        ("until__isnull", False), models.Q(("end_reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="leaving_has_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="roster_dates",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SchoolClaim",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("dose_number", models.PositiveSmallIntegerField(default=1, verbose_name="剂次")),
                        ("is_vaccinated", models.BooleanField(verbose_name="学校说已接种")),
                        ("given_on", models.DateField(blank=True, null=True, verbose_name="接种日期")),
                        ("place_name", models.CharField(blank=True, max_length=80, verbose_name="接种地点")),
                        ("at", models.DateTimeField(verbose_name="填报时间")),
                        ("replaced_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "settlement",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("recorded", "已补登外地接种"),
                                    ("corrected", "学校已更正"),
                                    ("kept", "以接种点记录为准"),
                                ],
                                max_length=10,
                                verbose_name="核实结果",
                            ),
                        ),
                        (
                            "settlement_note",
                            models.CharField(blank=True, max_length=120, verbose_name="核实说明"),
                        ),
                        ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="核实时间")),
                        (
                            "by",
                            models.ForeignKey(
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
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claims",
                                to="residents.rosterentry",
                            ),
                        ),
                        (
                            "settled_by",
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
                        "verbose_name": "学校填报",
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("replaced_at__isnull", True)),
                                fields=("entry", "campaign", "dose_number"),
                                name="one_claim_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("settled_at__isnull", True), ("settlement", "")),
                                    models.Q(
                                        models.Q(("settlement", ""), _negated=True),
                                        ("settled_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="settled_has_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sticker",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("granted_on", models.DateField(verbose_name="发放日期")),
                        ("staff", models.PositiveIntegerField(verbose_name="在岗员工")),
                        ("excused", models.PositiveIntegerField(default=0, verbose_name="其中不能接种")),
                        ("revoked_on", models.DateField(blank=True, null=True, verbose_name="收回日期")),
                        ("reason", models.CharField(blank=True, max_length=120, verbose_name="收回原因")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stickers",
                                to="places.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "安心便签",
                        "ordering": ["-granted_on", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("revoked_on__isnull", True)),
                                fields=("organisation",),
                                name="one_sticker_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), ("revoked_on__isnull", True)),
                                    models.Q(
                                        ("revoked_on__isnull", False), models.Q(("reason", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="revoking_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Submission",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "填报中"),
                                    ("submitted", "已上报"),
                                    ("accepted", "已接收"),
                                    ("returned", "退回修改"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("people", models.PositiveIntegerField(default=0, verbose_name="人数")),
                        ("is_late", models.BooleanField(default=False, verbose_name="逾期")),
                        (
                            "submitted_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="上报时间"),
                        ),
                        (
                            "base",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.registerversion",
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
                                verbose_name="单位",
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
                            "version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.registerversion",
                            ),
                        ),
                        (
                            "call",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="submissions",
                                to="residents.submissioncall",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "上报",
                        "ordering": ["call", "place__code", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("organisation__isnull", True)),
                                fields=("call", "place"),
                                name="village_submits_once",
                            ),
                            models.UniqueConstraint(
                                fields=("call", "organisation"), name="organisation_submits_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "draft"), ("submitted_at__isnull", False), _connector="OR"
                                ),
                                name="submission_has_its_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Recheck",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(
                                choices=[("same", "情况不变"), ("changed", "有变化")],
                                max_length=8,
                                verbose_name="核对结果",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="变化情况")),
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
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.resident",
                            ),
                        ),
                        (
                            "submission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rechecks",
                                to="residents.submission",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "重新摸底核对",
                        "constraints": [
                            models.UniqueConstraint(fields=("submission", "resident"), name="rechecked_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("order", models.PositiveSmallIntegerField(verbose_name="序号")),
                        ("from_on", models.DateField(verbose_name="开始日期")),
                        ("to_on", models.DateField(verbose_name="结束日期")),
                        ("cohort", models.CharField(max_length=40, verbose_name="人群")),
                        (
                            "dose_number",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="剂次"),
                        ),
                        ("people", models.PositiveIntegerField(verbose_name="计划人数")),
                        (
                            "note",
                            models.CharField(blank=True, max_length=100, verbose_name="备注(车辆、带队人等)"),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                        (
                            "submission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="plan_rows",
                                to="residents.submission",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接种计划",
                        "ordering": ["order", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("to_on__gte", models.F("from_on"))), name="plan_row_dates"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("people__gt", 0)), name="plan_row_people"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SubmissionCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("resident", "常住人口摸底表"),
                                    ("inflow", "流入人口摸底表"),
                                    ("school", "学校摸底汇总表"),
                                    ("staff", "单位职工摸底表"),
                                    ("plan", "接种计划表"),
                                    ("second", "第二剂重新摸底表"),
                                ],
                                max_length=10,
                                verbose_name="报表",
                            ),
                        ),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("villages", "各村(社区)"),
                                    ("schools", "各学校(幼儿园)"),
                                    ("employers", "各企业(工地)、养老院和机关单位"),
                                ],
                                max_length=10,
                                verbose_name="上报单位",
                            ),
                        ),
                        ("stage", models.CharField(blank=True, max_length=60, verbose_name="阶段")),
                        ("due_at", models.DateTimeField(verbose_name="截止时间")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="要求")),
                        ("asked_at", models.DateTimeField(verbose_name="下发时间")),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
                        (
                            "asked_by",
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
                                related_name="calls",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="要求单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "上报要求",
                        "ordering": ["due_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("closed_at__isnull", True)),
                                fields=("campaign", "place", "kind", "audience"),
                                name="call_once",
                                violation_error_message="这种报表已经要求过,请直接修改截止时间。",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SubmissionStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "填报中"),
                                    ("submitted", "已上报"),
                                    ("accepted", "已接收"),
                                    ("returned", "退回修改"),
                                ],
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        ("comment", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        ("is_late", models.BooleanField(default=False, verbose_name="逾期")),
                        ("data", models.JSONField(default=dict)),
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
                            "submission",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="residents.submission",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.registerversion",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "上报经过",
                        "ordering": ["at", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Tag",
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
                                choices=[("tag", "人员标签"), ("need", "特殊需要")],
                                max_length=4,
                                verbose_name="类型",
                            ),
                        ),
                        ("code", models.CharField(max_length=20, unique=True, verbose_name="编码")),
                        ("name", models.CharField(max_length=20, verbose_name="名称")),
                        ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                        (
                            "place",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="使用单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "标签",
                        "ordering": ["kind", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "name", "place"), name="tag_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("place__isnull", True)),
                                fields=("kind", "name"),
                                name="general_tag_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnderstoodRows",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("keys", models.JSONField(default=list)),
                        ("first", models.BigIntegerField()),
                        ("last", models.BigIntegerField()),
                        ("people", core.crypto.EncryptedTextField(context="census_people")),
                        (
                            "census",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="understood",
                                to="residents.censusimport",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "摸排导入暂存",
                        "ordering": ["last"],
                    },
                ),
                migrations.CreateModel(
                    name="UnitChoice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("by_rule", models.BooleanField(default=False, verbose_name="按规则计入")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经办人",
                            ),
                        ),
                        (
                            "enrolment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="unit_choices",
                                to="residents.enrolment",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="计入单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "计入单位裁定",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("by_rule", False), ("unit__isnull", True), _connector="OR"
                                ),
                                name="by_rule_names_no_unit",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VaccinationRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("disease", models.CharField(max_length=12)),
                        ("season", models.CharField(blank=True, max_length=10)),
                        ("dose_number", models.PositiveSmallIntegerField(verbose_name="剂次")),
                        ("lot_no", models.CharField(blank=True, max_length=30, verbose_name="批号")),
                        ("given_on", models.DateField(verbose_name="接种日期")),
                        (
                            "given_at_place",
                            models.CharField(blank=True, max_length=80, verbose_name="接种单位"),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("here", "本系统接种点"),
                                    ("elsewhere", "外地接种"),
                                    ("backfill", "补录"),
                                ],
                                max_length=10,
                                verbose_name="来源",
                            ),
                        ),
                        ("proof", models.CharField(blank=True, max_length=80, verbose_name="凭证")),
                        ("is_verified", models.BooleanField(default=True, verbose_name="已核实")),
                        ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="核实时间")),
                        ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="录入时间")),
                        ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                        (
                            "void_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="作废原因"),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "resident",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="records",
                                to="residents.resident",
                            ),
                        ),
                        (
                            "vaccine",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.vaccine",
                                verbose_name="疫苗",
                            ),
                        ),
                        (
                            "verified_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "voided_by",
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
                        "verbose_name": "接种记录",
                        "ordering": ["given_on", "dose_number", "id"],
                        "indexes": [
                            models.Index(fields=["given_on", "disease"], name="record_day"),
                            models.Index(fields=["lot_no"], name="record_lot"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("voided_at__isnull", True)),
                                fields=("resident", "disease", "season", "dose_number"),
                                name="dose_once",
                                violation_error_message="这个人的这一剂次已有记录。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("voided_at__isnull", True),
                                    models.Q(("void_reason", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="void_has_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DoseProof",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("stored_as", models.CharField(max_length=80)),
                        ("content_type", models.CharField(max_length=20, verbose_name="文件类型")),
                        ("size", models.PositiveIntegerField(verbose_name="大小")),
                        ("sha256", models.CharField(max_length=64)),
                        ("added_at", models.DateTimeField(verbose_name="上传时间")),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proofs",
                                to="residents.vaccinationrecord",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接种凭证",
                        "ordering": ["pk"],
                    },
                ),
            ],
        ),
        migrations.RunPython(put, migrations.RunPython.noop),
        append_only(
            "residents_registerversion",
            "residents_registermember",
            "residents_submissionstep",
        ),
    ]

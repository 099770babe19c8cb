"""All tables of this room as they were made step by step until 0008_campaign_text; a new installation makes them at once."""

import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("campaigns", "0001_initial"),
        ("campaigns", "0002_priority_group_codes"),
        ("campaigns", "0003_booking_cutoff_time"),
        ("campaigns", "0004_closed_priority_groups"),
        ("campaigns", "0005_work_groups"),
        ("campaigns", "0006_inflow_policy"),
        ("campaigns", "0007_campaign_stamp"),
        ("campaigns", "0008_campaign_text"),
    ]

    dependencies = [
        ("inventory", "0001_squashed_0009_lot_places"),
        ("places", "0001_squashed_0003_code_scan"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="QuestionSet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="编号")),
                        ("title", models.CharField(max_length=60, verbose_name="名称")),
                        ("data", models.JSONField(verbose_name="问题")),
                    ],
                    options={
                        "verbose_name": "健康询问表",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="ScheduleRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=12, unique=True, verbose_name="规则编号")),
                        ("disease", models.CharField(max_length=12, verbose_name="疾病")),
                        ("effective_from", models.DateField(verbose_name="生效日期")),
                        ("effective_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                        ("source", models.CharField(max_length=200, verbose_name="依据")),
                        ("data", models.JSONField(verbose_name="规则")),
                    ],
                    options={
                        "verbose_name": "免疫程序规则",
                        "ordering": ["disease", "effective_from", "code"],
                    },
                ),
                migrations.CreateModel(
                    name="ConsentForm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=30, verbose_name="编号")),
                        ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                        ("title", models.CharField(max_length=80, verbose_name="标题")),
                        ("text", models.TextField(verbose_name="正文")),
                        ("sha256", models.CharField(editable=False, max_length=64)),
                    ],
                    options={
                        "verbose_name": "知情同意书",
                        "ordering": ["code", "-version"],
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="consent_form_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Campaign",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=30, unique=True, verbose_name="编号")),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        ("disease", models.CharField(max_length=12, verbose_name="疾病")),
                        ("season", models.CharField(blank=True, max_length=10, verbose_name="季次")),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "筹备"), ("running", "进行中"), ("closed", "已结束")],
                                default="planned",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="开始日期")),
                        ("ends_on", models.DateField(verbose_name="截止日期")),
                        ("target_age_ref_date", models.DateField(verbose_name="目标人群年龄基准日")),
                        ("cohort", models.JSONField(default=dict, verbose_name="目标人群")),
                        (
                            "county_internal_policy",
                            models.CharField(
                                choices=[("hukou", "按户籍地"), ("residence", "按现居住地")],
                                default="hukou",
                                max_length=10,
                                verbose_name="县域内流动计数",
                            ),
                        ),
                        (
                            "inflow_policy",
                            models.CharField(
                                choices=[("village", "按登记的村"), ("work", "按单位(工地)所在的村")],
                                default="village",
                                max_length=10,
                                verbose_name="住单位的流入人员计数",
                            ),
                        ),
                        ("checklist", models.JSONField(default=dict, verbose_name="接种前核对清单")),
                        (
                            "observation_minutes",
                            models.PositiveSmallIntegerField(default=30, verbose_name="留观分钟"),
                        ),
                        (
                            "booking_cutoff",
                            models.TimeField(default=datetime.time(16, 0), verbose_name="次日名单截止"),
                        ),
                        ("stamp", models.UUIDField(default=uuid.uuid4, editable=False)),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="campaigns",
                                to="places.place",
                                verbose_name="组织单位",
                            ),
                        ),
                        (
                            "products",
                            models.ManyToManyField(
                                related_name="campaigns", to="inventory.vaccine", verbose_name="疫苗"
                            ),
                        ),
                        (
                            "adult_consent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.consentform",
                                verbose_name="成人同意书",
                            ),
                        ),
                        (
                            "minor_consent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.consentform",
                                verbose_name="监护人同意书",
                            ),
                        ),
                        (
                            "adult_questions",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.questionset",
                                verbose_name="成人健康询问",
                            ),
                        ),
                        (
                            "minor_questions",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="campaigns.questionset",
                                verbose_name="未成年人健康询问",
                            ),
                        ),
                        (
                            "rules",
                            models.ManyToManyField(
                                related_name="campaigns", to="campaigns.schedulerule", verbose_name="免疫程序"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接种活动",
                        "ordering": ["-starts_on", "name"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="campaign_dates",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkGroup",
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
                                    ("leading", "领导小组"),
                                    ("special", "专项工作组"),
                                    ("village", "村(社区)工作组"),
                                    ("helping", "一对一帮扶工作组"),
                                ],
                                max_length=10,
                                verbose_name="类型",
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        ("duty", models.CharField(blank=True, max_length=200, verbose_name="职责")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                        ("ended_on", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="work_groups",
                                to="campaigns.campaign",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="places.place",
                                verbose_name="所属地方",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "工作组",
                        "ordering": ["place__code", "order", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_on__isnull", True)),
                                fields=("campaign", "place", "name"),
                                name="work_group_once",
                                violation_error_message="这个地方已有同名的工作组。",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("ended_on__isnull", True), models.Q(("kind", "special"), _negated=True)
                                ),
                                fields=("campaign", "place", "kind"),
                                name="work_group_one_of_its_kind",
                                violation_error_message="这个地方已有这类工作组。",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WorkGroupMember",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("1commander", "总指挥"),
                                    ("2vice", "副总指挥"),
                                    ("3leader", "组长"),
                                    ("4deputy", "副组长"),
                                    ("5assigned", "村分工干部"),
                                    ("6member", "成员"),
                                    ("7contact", "联系人"),
                                ],
                                default="6member",
                                max_length=12,
                                verbose_name="组内职务",
                            ),
                        ),
                        ("name", models.CharField(max_length=30, verbose_name="姓名")),
                        ("unit", models.CharField(blank=True, max_length=60, verbose_name="单位")),
                        ("post", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                        ("duty", models.CharField(blank=True, max_length=120, verbose_name="分工")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                        ("order", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(blank=True, null=True, verbose_name="至")),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="campaigns.workgroup",
                            ),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="campaigns.workgroupmember",
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
                                verbose_name="帐号",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "工作组成员",
                        "ordering": ["role", "order", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until__isnull", True),
                                    ("until__gte", models.F("since")),
                                    _connector="OR",
                                ),
                                name="group_member_dates",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CampaignText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(unique=True)),
                        ("topic", models.PositiveSmallIntegerField(verbose_name="第几问")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                        ("title", models.CharField(max_length=120, verbose_name="标题")),
                        ("body", models.TextField(verbose_name="正文")),
                        ("is_shown", models.BooleanField(default=True, verbose_name="公开")),
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
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="texts",
                                to="campaigns.campaign",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "宣传文字",
                        "ordering": ["campaign", "topic", "-version"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("campaign", "topic", "version"), name="campaign_text_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Phase",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("order", models.PositiveSmallIntegerField(verbose_name="次序")),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        ("starts_on", models.DateField(verbose_name="开始日期")),
                        ("ends_on", models.DateField(verbose_name="截止日期")),
                        ("cohort", models.JSONField(default=dict, verbose_name="人群")),
                        ("is_open", models.BooleanField(default=True, verbose_name="已开放")),
                        (
                            "campaign",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="phases",
                                to="campaigns.campaign",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "阶段",
                        "ordering": ["campaign", "order"],
                        "constraints": [
                            models.UniqueConstraint(fields=("campaign", "order"), name="phase_order_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PriorityGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=20, verbose_name="编码")),
                        ("name", models.CharField(max_length=80, verbose_name="名称")),
                        ("is_active", models.BooleanField(default=True, verbose_name="使用中")),
                        (
                            "campaign",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="priority_groups",
                                to="campaigns.campaign",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "重点人群",
                        "ordering": ["code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("campaign", "code"), name="priority_group_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("campaign__isnull", True)),
                                fields=("code",),
                                name="default_priority_group_once",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]

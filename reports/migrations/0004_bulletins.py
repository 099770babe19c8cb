"""Texts of the office with figures; what was written is not changed."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_campaign_text"),
        ("places", "0002_organisation_details"),
        ("reports", "0003_filed"),
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
                ],
                max_length=14,
                verbose_name="报表",
            ),
        ),
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
                        choices=[("data", "按数据生成"), ("edited", "修改文字"), ("renewed", "重新取数")],
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
            },
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.UniqueConstraint(
                fields=("campaign", "place", "kind", "since", "until"), name="bulletin_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletin",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="bulletin_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulletinversion",
            constraint=models.UniqueConstraint(fields=("bulletin", "number"), name="bulletin_version_once"),
        ),
        append_only("reports_bulletin"),
        append_only("reports_bulletinversion"),
    ]

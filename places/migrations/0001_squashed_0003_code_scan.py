"""All tables of this room as they were made step by step until 0003_code_scan; a new installation makes them at once."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from core.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("places", "0001_initial"),
        ("places", "0002_organisation_details"),
        ("places", "0003_code_scan"),
    ]

    dependencies = []

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="Place",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=18,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^\\d{12}(\\d{2,6})?$", "区划代码为12位数字"
                                    )
                                ],
                                verbose_name="区划代码",
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("province", "省"),
                                    ("city", "市"),
                                    ("county", "县(区、旗)"),
                                    ("town", "乡镇(街道)"),
                                    ("village", "村(社区)"),
                                    ("group", "组"),
                                    ("grid", "网格"),
                                ],
                                max_length=10,
                                verbose_name="级别",
                            ),
                        ),
                        ("valid_from", models.DateField(blank=True, null=True, verbose_name="启用日期")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="places.place",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="predecessors",
                                to="places.place",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "地方",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Site",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.SlugField(max_length=20, unique=True, verbose_name="编码")),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("fixed", "固定接种点"),
                                    ("temporary", "临时接种点"),
                                    ("mobile", "流动接种队"),
                                    ("store", "疫苗库"),
                                ],
                                default="fixed",
                                max_length=10,
                                verbose_name="类型",
                            ),
                        ),
                        ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                        ("opening", models.CharField(blank=True, max_length=120, verbose_name="开放时间")),
                        (
                            "code_scan",
                            models.CharField(
                                choices=[
                                    ("required", "每一剂都要扫"),
                                    ("offered", "登记过追溯码的批号可以扫"),
                                    ("off", "不扫"),
                                ],
                                default="offered",
                                max_length=8,
                                verbose_name="接种时扫追溯码",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sites",
                                to="places.place",
                                verbose_name="所在乡镇(街道)",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "接种点",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="名称")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("school", "学校(幼儿园)"),
                                    ("enterprise", "企业"),
                                    ("construction", "建筑工地"),
                                    ("shop", "商户"),
                                    ("care_home", "养老院"),
                                    ("unit", "驻镇单位(机关事业单位)"),
                                ],
                                max_length=12,
                                verbose_name="类型",
                            ),
                        ),
                        (
                            "shop_type",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("hotel", "旅馆"),
                                    ("store", "商店"),
                                    ("supermarket", "超市"),
                                    ("restaurant", "餐馆"),
                                    ("beauty", "美容美发店"),
                                    ("other", "其他"),
                                ],
                                max_length=12,
                                verbose_name="商户类型",
                            ),
                        ),
                        ("starts_on", models.DateField(blank=True, null=True, verbose_name="开工日期")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="完工日期")),
                        ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                        ("contact_name", models.CharField(blank=True, max_length=30, verbose_name="联系人")),
                        (
                            "contact_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="联系电话"),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="branches",
                                to="places.organisation",
                                verbose_name="主管单位",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="organisations",
                                to="places.place",
                                verbose_name="所在村(社区)",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "单位",
                        "ordering": ["name"],
                        "constraints": [
                            models.UniqueConstraint(fields=("place", "name"), name="organisation_once"),
                            models.CheckConstraint(
                                condition=models.Q(("kind", "shop"), ("shop_type", ""), _connector="OR"),
                                name="only_shops_have_a_type",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ends_on__isnull", True),
                                    ("starts_on__isnull", True),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="organisation_dates",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]

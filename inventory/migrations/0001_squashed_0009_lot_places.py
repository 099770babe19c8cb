"""All tables of this room as they were made step by step until 0009_lot_places; a new installation makes them at once."""

import uuid
from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.tables import CreateTogether
from core.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("inventory", "0001_initial"),
        ("inventory", "0002_append_only"),
        ("inventory", "0003_held_stock"),
        ("inventory", "0004_supplies"),
        ("inventory", "0005_documents"),
        ("inventory", "0006_cold_chain"),
        ("inventory", "0007_closing"),
        ("inventory", "0008_trace_codes"),
        ("inventory", "0009_lot_places"),
    ]

    dependencies = [
        ("places", "0001_squashed_0003_code_scan"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether(
            operations=[
                migrations.CreateModel(
                    name="Lot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("lot_no", models.CharField(max_length=30, verbose_name="批号")),
                        ("expires_on", models.DateField(verbose_name="有效期至")),
                        (
                            "release_no",
                            models.CharField(blank=True, max_length=40, verbose_name="批签发合格证号"),
                        ),
                        ("approval_no", models.CharField(blank=True, max_length=40, verbose_name="批准文号")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("usable", "可用"),
                                    ("quarantined", "隔离待查"),
                                    ("recalled", "已召回"),
                                ],
                                default="usable",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("state_reason", models.CharField(blank=True, max_length=120, verbose_name="原因")),
                        (
                            "presentation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="inventory.presentation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "批次",
                        "ordering": ["expires_on", "lot_no"],
                        "constraints": [
                            models.UniqueConstraint(fields=("presentation", "lot_no"), name="lot_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Presentation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "doses_per_vial",
                            models.PositiveSmallIntegerField(default=1, verbose_name="每支剂数"),
                        ),
                        (
                            "open_vial_minutes",
                            models.PositiveSmallIntegerField(default=30, verbose_name="开启后可用分钟"),
                        ),
                        (
                            "vaccine",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="presentations",
                                to="inventory.vaccine",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "规格",
                        "ordering": ["vaccine", "doses_per_vial"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("vaccine", "doses_per_vial"), name="presentation_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("doses_per_vial__gte", 1)),
                                name="presentation_holds_doses",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Vaccine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=12, unique=True, verbose_name="编码")),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        ("disease", models.CharField(max_length=12, verbose_name="疾病")),
                        (
                            "manufacturer",
                            models.CharField(blank=True, max_length=60, verbose_name="生产企业"),
                        ),
                        ("maker_code", models.CharField(blank=True, max_length=4, verbose_name="企业代码")),
                        (
                            "platform",
                            models.CharField(
                                choices=[
                                    ("INACTIVATED", "灭活疫苗"),
                                    ("VIRAL_VECTOR", "腺病毒载体疫苗"),
                                    ("PROTEIN", "重组蛋白疫苗"),
                                    ("LIVE", "减毒活疫苗"),
                                    ("LIVE_VECTOR", "活载体疫苗"),
                                    ("POLYSACCHARIDE", "多糖疫苗"),
                                    ("UNKNOWN", "种类不详"),
                                ],
                                max_length=16,
                                verbose_name="工艺",
                            ),
                        ),
                        (
                            "national_code",
                            models.CharField(blank=True, max_length=8, verbose_name="国家编码"),
                        ),
                        ("cvx", models.CharField(blank=True, max_length=6, verbose_name="CVX")),
                        ("icd11", models.CharField(blank=True, max_length=10, verbose_name="ICD-11")),
                        (
                            "attribute",
                            models.CharField(
                                choices=[("1", "免疫规划"), ("2", "非免疫规划")],
                                default="1",
                                max_length=1,
                                verbose_name="属性",
                            ),
                        ),
                        (
                            "dosage_form",
                            models.CharField(
                                choices=[("1", "液体"), ("2", "冻干"), ("3", "丸剂"), ("4", "其他")],
                                default="1",
                                max_length=1,
                                verbose_name="剂型",
                            ),
                        ),
                        (
                            "sex",
                            models.CharField(
                                blank=True,
                                choices=[("M", "男"), ("F", "女")],
                                max_length=1,
                                verbose_name="限性别",
                            ),
                        ),
                        (
                            "primary_doses",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="基础剂次"),
                        ),
                        (
                            "min_months",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最小月龄"),
                        ),
                        (
                            "max_months",
                            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最大月龄"),
                        ),
                        (
                            "dose_ml",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="每剂毫升"
                            ),
                        ),
                        (
                            "route",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("IM", "肌内注射"),
                                    ("SC", "皮下注射"),
                                    ("ID", "皮内注射"),
                                    ("INHALED", "吸入"),
                                    ("NASAL", "鼻喷"),
                                    ("ORAL", "口服"),
                                ],
                                default="IM",
                                max_length=8,
                                verbose_name="途径",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "疫苗",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="ColdDevice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=30, verbose_name="名称")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("fridge", "冷藏冰箱"),
                                    ("freezer", "冷冻冰箱"),
                                    ("box", "冷藏箱(包)"),
                                    ("room", "冷库"),
                                ],
                                default="fridge",
                                max_length=8,
                                verbose_name="类型",
                            ),
                        ),
                        ("serial_no", models.CharField(blank=True, max_length=40, verbose_name="设备编号")),
                        (
                            "low",
                            models.DecimalField(
                                decimal_places=1, default=Decimal("2"), max_digits=4, verbose_name="下限(℃)"
                            ),
                        ),
                        (
                            "high",
                            models.DecimalField(
                                decimal_places=1, default=Decimal("8"), max_digits=4, verbose_name="上限(℃)"
                            ),
                        ),
                        ("holds_vaccine", models.BooleanField(default=True, verbose_name="存放疫苗")),
                        ("since", models.DateField(verbose_name="从哪天起记温度")),
                        ("is_in_use", models.BooleanField(default=True, verbose_name="在用")),
                        ("out_reason", models.CharField(blank=True, max_length=120, verbose_name="停用原因")),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cold_devices",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "冷链设备",
                        "ordering": ["site", "name"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("site", "name"),
                                name="device_name_once",
                                violation_error_message="这个接种点已经有一台同名的设备,请换一个名称,例如 2号冰箱。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("low__lt", models.F("high"))),
                                name="device_range",
                                violation_error_message="下限要低于上限。一般疫苗是 2–8 ℃。",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DayClose",
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
                        ("since", models.DateField(blank=True, null=True, verbose_name="上次日结")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("counted", "等第二人复核"),
                                    ("closed", "已日结"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="counted",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("counted_at", models.DateTimeField(verbose_name="清点时间")),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="复核人",
                            ),
                        ),
                        (
                            "counted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="清点人",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="closes",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                        (
                            "document",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="close",
                                to="inventory.stockdocument",
                                verbose_name="单据",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "日结",
                        "ordering": ["-on", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["counted", "closed"])),
                                fields=("site", "on"),
                                name="day_closed_once",
                                violation_error_message="这一天已经清点或日结过。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "closed"), _negated=True),
                                    models.Q(("closed_at__isnull", False), ("document__isnull", False)),
                                    _connector="OR",
                                ),
                                name="closed_has_a_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("closed_by__isnull", True),
                                    ("counted_by__isnull", True),
                                    models.Q(("closed_by", models.F("counted_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="closed_by_two",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentCounter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        (
                            "register",
                            models.CharField(choices=[("V", "疫苗"), ("Z", "注射器材")], max_length=1),
                        ),
                        ("last", models.PositiveIntegerField(default=0)),
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
                        "verbose_name": "单据编号",
                        "constraints": [
                            models.UniqueConstraint(fields=("site", "year", "register"), name="counter_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LoggerFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=120, verbose_name="文件名")),
                        ("added", models.PositiveIntegerField(verbose_name="新的点")),
                        ("repeated", models.PositiveIntegerField(verbose_name="以前已有的点")),
                        ("bad", models.JSONField(default=list, verbose_name="没有读成的行")),
                        ("at", models.DateTimeField(verbose_name="导入时间")),
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
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="files",
                                to="inventory.colddevice",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "记录仪文件",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="CloseLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("through", models.PositiveBigIntegerField()),
                        ("opening_vials", models.IntegerField(verbose_name="期初(支)")),
                        ("opening_doses", models.IntegerField(verbose_name="期初(剂)")),
                        ("closing_vials", models.IntegerField(verbose_name="期末(支)")),
                        ("closing_doses", models.IntegerField(verbose_name="期末(剂)")),
                        ("parts", models.JSONField(default=dict, verbose_name="收发")),
                        ("used", models.IntegerField(default=0, verbose_name="使用(剂)")),
                        ("given", models.IntegerField(default=0, verbose_name="接种记录(剂)")),
                        ("late", models.IntegerField(default=0, verbose_name="补记以前的(剂)")),
                        (
                            "counted_vials",
                            models.IntegerField(blank=True, null=True, verbose_name="实点(支)"),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        (
                            "close",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="inventory.dayclose",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.lot",
                                verbose_name="批号",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "日结明细",
                        "ordering": ["close", "lot__presentation__vaccine", "lot__expires_on", "lot"],
                        "constraints": [
                            models.UniqueConstraint(fields=("close", "lot"), name="close_line_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LotRecall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("reason", models.CharField(max_length=120, verbose_name="原因")),
                        (
                            "authority",
                            models.CharField(blank=True, max_length=80, verbose_name="依据(通知单位)"),
                        ),
                        ("paper_no", models.CharField(blank=True, max_length=40, verbose_name="文号")),
                        (
                            "rest",
                            models.CharField(
                                choices=[
                                    ("keep", "就地封存,等通知"),
                                    ("return", "退回上级"),
                                    ("dispose", "就地销毁"),
                                ],
                                default="keep",
                                max_length=8,
                                verbose_name="余下的疫苗",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经手人",
                            ),
                        ),
                        (
                            "lifts",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lifted_by",
                                to="inventory.lotrecall",
                                verbose_name="撤销的召回",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="recalls",
                                to="inventory.lot",
                                verbose_name="批号",
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
                    ],
                    options={
                        "verbose_name": "召回",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="StockDocument",
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
                                    ("receipt", "入库验收"),
                                    ("issue", "下发"),
                                    ("transfer", "调拨"),
                                    ("return", "退回上级"),
                                    ("arrival", "到货签收"),
                                    ("call_back", "撤回在途"),
                                    ("waste", "报损"),
                                    ("hold", "隔离"),
                                    ("release", "解除隔离"),
                                    ("recall", "召回封存"),
                                    ("plan", "销毁申请"),
                                    ("disposal", "销毁"),
                                    ("stocktake", "盘点"),
                                    ("close", "日清日结"),
                                    ("counter", "冲正"),
                                ],
                                max_length=14,
                                verbose_name="类型",
                            ),
                        ),
                        (
                            "register",
                            models.CharField(
                                choices=[("V", "疫苗"), ("Z", "注射器材")],
                                default="V",
                                max_length=1,
                                verbose_name="登记簿",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(verbose_name="序号")),
                        ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("done", "办结"),
                                    ("accepted", "接收"),
                                    ("held", "暂存"),
                                    ("refused", "拒收"),
                                ],
                                default="done",
                                max_length=8,
                                verbose_name="结论",
                            ),
                        ),
                        (
                            "counterparty",
                            models.CharField(blank=True, max_length=80, verbose_name="来源/去向单位"),
                        ),
                        ("paper_no", models.CharField(blank=True, max_length=40, verbose_name="对方单号")),
                        ("carrier", models.CharField(blank=True, max_length=40, verbose_name="配送单位")),
                        (
                            "means",
                            models.CharField(
                                blank=True,
                                choices=[("truck", "冷藏车"), ("box", "冷藏箱"), ("bag", "冷藏包")],
                                max_length=12,
                                verbose_name="运输工具",
                            ),
                        ),
                        ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="启运时间")),
                        ("arrived_at", models.DateTimeField(blank=True, null=True, verbose_name="到货时间")),
                        (
                            "start_celsius",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="启运温度"
                            ),
                        ),
                        (
                            "arrival_celsius",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="到货温度"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("on", models.DateField(db_index=True, verbose_name="日期")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "second_name",
                            models.CharField(blank=True, max_length=30, verbose_name="对方签字人"),
                        ),
                        (
                            "answers",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answered_by",
                                to="inventory.stockdocument",
                                verbose_name="对应单据",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经手人",
                            ),
                        ),
                        (
                            "other_site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incoming",
                                to="places.site",
                                verbose_name="对方接种点",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="inventory.stockdocument",
                                verbose_name="冲正单据",
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
                                verbose_name="对方经手人",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "出入库单据",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("site", "register", "year", "number"), name="document_number_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("second_by__isnull", True),
                                    ("by__isnull", True),
                                    models.Q(("second_by", models.F("by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="two_hands_are_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockLevel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("vials", models.IntegerField(default=0, verbose_name="支")),
                        ("open_doses", models.IntegerField(default=0, verbose_name="已开启余量(剂)")),
                        ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="开启时间")),
                        (
                            "held_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="隔离原因"),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="levels",
                                to="inventory.lot",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="levels",
                                to="places.site",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "库存",
                        "constraints": [
                            models.UniqueConstraint(fields=("site", "lot"), name="level_once"),
                            models.CheckConstraint(
                                condition=models.Q(("vials__gte", 0)),
                                name="vials_not_negative",
                                violation_error_message="库存不足。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("open_doses__gte", 0)),
                                name="open_doses_not_negative",
                                violation_error_message="库存不足。",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LotPlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField()),
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
                            "device",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.colddevice",
                                verbose_name="设备",
                            ),
                        ),
                        (
                            "level",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="places",
                                to="inventory.stocklevel",
                                verbose_name="库存",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "疫苗存放位置",
                        "ordering": ["at", "id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("key", "level", "device"), name="lot_place_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Excursion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("started_at", models.DateTimeField(verbose_name="开始")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="恢复")),
                        (
                            "last_good_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="之前最后一次正常"),
                        ),
                        (
                            "extreme",
                            models.DecimalField(decimal_places=1, max_digits=4, verbose_name="极值(℃)"),
                        ),
                        ("reason", models.CharField(max_length=120, verbose_name="隔离原因")),
                        ("decision", models.CharField(blank=True, max_length=300, verbose_name="结论")),
                        ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="判断时间")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="excursions",
                                to="inventory.colddevice",
                            ),
                        ),
                        (
                            "levels",
                            models.ManyToManyField(related_name="excursions", to="inventory.stocklevel"),
                        ),
                    ],
                    options={
                        "verbose_name": "冷链异常",
                        "ordering": ["-started_at", "-id"],
                    },
                ),
                migrations.CreateModel(
                    name="StockMovement",
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
                                    ("receipt", "领取/购进"),
                                    ("use", "接种使用"),
                                    ("waste_closed", "报废(未开启)"),
                                    ("waste_open", "损耗(已开启)"),
                                    ("issue", "下发"),
                                    ("return", "退回上级"),
                                    ("return_in", "下级退回"),
                                    ("transfer_out", "调拨出"),
                                    ("transfer_in", "调拨入"),
                                    ("gain", "盘盈"),
                                    ("loss", "盘亏"),
                                    ("call_back", "在途撤回"),
                                    ("transit_diff", "运输差异"),
                                    ("disposal", "销毁"),
                                    ("reversal", "冲正"),
                                ],
                                max_length=14,
                                verbose_name="类型",
                            ),
                        ),
                        ("vials", models.IntegerField(verbose_name="支")),
                        ("open_doses", models.IntegerField(default=0, verbose_name="已开启(剂)")),
                        ("balance_vials", models.IntegerField(verbose_name="结存(支)")),
                        ("balance_open", models.IntegerField(default=0, verbose_name="结存已开启(剂)")),
                        (
                            "counterparty",
                            models.CharField(blank=True, max_length=80, verbose_name="来源/去向单位"),
                        ),
                        ("document_no", models.CharField(blank=True, max_length=40, verbose_name="单号")),
                        (
                            "transport_celsius",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="运输温度"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                        ("on", models.DateField(db_index=True, verbose_name="日期")),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经手人",
                            ),
                        ),
                        (
                            "document",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="inventory.stockdocument",
                                verbose_name="单据",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="inventory.lot",
                                verbose_name="批号",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="inventory.stockmovement",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "出入库记录",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["site", "lot", "id"], name="movement_site_lot")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("vials", 0), _negated=True),
                                    models.Q(("open_doses", 0), _negated=True),
                                    _connector="OR",
                                ),
                                name="movement_moves",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("balance_open__gte", 0), ("balance_vials__gte", 0)),
                                name="movement_balance",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(verbose_name="行号")),
                        ("vials", models.IntegerField(default=0, verbose_name="支")),
                        ("open_doses", models.IntegerField(default=0, verbose_name="已开启(剂)")),
                        ("transit", models.IntegerField(default=0, verbose_name="在途(支)")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("done", "办结"),
                                    ("accepted", "接收"),
                                    ("held", "暂存"),
                                    ("refused", "拒收"),
                                ],
                                default="done",
                                max_length=8,
                                verbose_name="结论",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("broken", "破损"),
                                    ("expired", "过期"),
                                    ("temperature", "冷链温度异常"),
                                    ("label", "标签或包装不清"),
                                    ("recalled", "召回销毁"),
                                    ("opened_too_long", "开启后超时"),
                                    ("day_end", "当日结束剩余"),
                                    ("drawn_badly", "抽吸损失或污染"),
                                    ("broken_way", "途中破损"),
                                    ("lost_way", "途中短少,查无下落"),
                                    ("more", "发出方多装"),
                                    ("not_loaded", "发出方少装,由发出方收回"),
                                    ("refused_way", "拒收,退回发出方"),
                                ],
                                max_length=16,
                                verbose_name="原因",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=120, verbose_name="备注")),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="document_lines",
                                to="inventory.lot",
                                verbose_name="批号",
                            ),
                        ),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="inventory.stockdocument",
                            ),
                        ),
                        (
                            "movement",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="line",
                                to="inventory.stockmovement",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "单据明细",
                        "ordering": ["document", "position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("document", "position"), name="line_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StockTake",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("counting", "正在清点"),
                                    ("counted", "等第二人复核"),
                                    ("posted", "已入账"),
                                    ("cancelled", "已取消"),
                                ],
                                default="counting",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=120, verbose_name="为什么盘点")),
                        ("started_at", models.DateTimeField(verbose_name="开始时间")),
                        ("counted_at", models.DateTimeField(blank=True, null=True, verbose_name="清点时间")),
                        ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                        (
                            "counted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="清点人",
                            ),
                        ),
                        (
                            "document",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="take",
                                to="inventory.stockdocument",
                                verbose_name="单据",
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="复核人",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="takes",
                                to="places.site",
                                verbose_name="接种点",
                            ),
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
                    ],
                    options={
                        "verbose_name": "盘点",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["counting", "counted"])),
                                fields=("site",),
                                name="one_take_at_a_time",
                                violation_error_message="本点已有一次盘点没有完成。",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("signed_by__isnull", True),
                                    ("counted_by__isnull", True),
                                    models.Q(("signed_by", models.F("counted_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="take_by_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "posted"), _negated=True),
                                    ("document__isnull", False),
                                    _connector="OR",
                                ),
                                name="posted_has_a_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SupplyItem",
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
                                choices=[
                                    ("auto_disable", "自毁型注射器"),
                                    ("single_use", "一次性注射器"),
                                    ("diluent", "稀释液"),
                                ],
                                max_length=12,
                                verbose_name="类型",
                            ),
                        ),
                        ("maker", models.CharField(max_length=60, verbose_name="生产企业")),
                        ("spec", models.CharField(max_length=20, verbose_name="规格(mL/支)")),
                        (
                            "programme",
                            models.CharField(
                                choices=[("1", "免疫规划"), ("2", "非免疫规划")],
                                default="2",
                                max_length=1,
                                verbose_name="属性",
                            ),
                        ),
                        ("approval_no", models.CharField(max_length=40, verbose_name="批准文号(注册证号)")),
                    ],
                    options={
                        "verbose_name": "耗材",
                        "ordering": ["kind", "spec", "maker"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "maker", "spec", "programme", "approval_no"),
                                name="supply_item_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SupplyLot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("lot_no", models.CharField(max_length=30, verbose_name="批号")),
                        ("expires_on", models.DateField(verbose_name="有效期至")),
                        (
                            "item",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="inventory.supplyitem",
                                verbose_name="耗材",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "耗材批次",
                        "ordering": ["expires_on", "lot_no"],
                        "constraints": [
                            models.UniqueConstraint(fields=("item", "lot_no"), name="supply_lot_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SupplyMovement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("key", models.UUIDField(unique=True)),
                        ("deed", models.UUIDField(db_index=True)),
                        ("number", models.PositiveIntegerField(verbose_name="序号")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("receipt", "领取/购进"),
                                    ("use", "接种使用"),
                                    ("waste", "报废"),
                                    ("issue", "下发"),
                                    ("return", "退回上级"),
                                    ("transfer_out", "调拨出"),
                                    ("transfer_in", "调拨入"),
                                    ("count", "盘点相符"),
                                    ("gain", "盘盈"),
                                    ("loss", "盘亏"),
                                    ("reversal", "冲正"),
                                ],
                                max_length=12,
                                verbose_name="出入库类型",
                            ),
                        ),
                        ("quantity", models.IntegerField(verbose_name="数量(支)")),
                        ("balance", models.IntegerField(verbose_name="结存(支)")),
                        (
                            "doses",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="当日注射剂次"),
                        ),
                        (
                            "counterparty",
                            models.CharField(blank=True, max_length=80, verbose_name="来源/去向"),
                        ),
                        ("document_no", models.CharField(blank=True, max_length=40, verbose_name="单号")),
                        (
                            "other_hand",
                            models.CharField(blank=True, max_length=30, verbose_name="对方经手人"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                        ("on", models.DateField(db_index=True, verbose_name="日期")),
                        ("at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经手人",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="inventory.supplylot",
                                verbose_name="批号",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="inventory.supplymovement",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="supply_movements",
                                to="places.site",
                                verbose_name="接种点",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "注射器台账",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("site", "lot", "number"), name="supply_movement_order"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("balance__gte", 0)), name="supply_not_negative"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("quantity", 0), _negated=True),
                                    ("kind", "count"),
                                    _connector="OR",
                                ),
                                name="supply_moves",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TakeLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("frozen_vials", models.IntegerField(verbose_name="冻结时账面(支)")),
                        ("frozen_open", models.IntegerField(default=0, verbose_name="冻结时已开启(剂)")),
                        (
                            "book_vials",
                            models.IntegerField(blank=True, null=True, verbose_name="清点时账面(支)"),
                        ),
                        (
                            "book_open",
                            models.IntegerField(blank=True, null=True, verbose_name="清点时已开启(剂)"),
                        ),
                        (
                            "counted_vials",
                            models.IntegerField(blank=True, null=True, verbose_name="实点(支)"),
                        ),
                        (
                            "counted_open",
                            models.IntegerField(blank=True, null=True, verbose_name="实点已开启(剂)"),
                        ),
                        ("counted_at", models.DateTimeField(blank=True, null=True, verbose_name="清点时间")),
                        ("times", models.PositiveSmallIntegerField(default=0, verbose_name="数了几次")),
                        ("reason", models.CharField(blank=True, max_length=120, verbose_name="差异原因")),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="inventory.lot",
                                verbose_name="批号",
                            ),
                        ),
                        (
                            "take",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="inventory.stocktake",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "盘点明细",
                        "ordering": ["take", "lot__presentation__vaccine", "lot__expires_on", "lot"],
                        "constraints": [
                            models.UniqueConstraint(fields=("take", "lot"), name="take_line_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TemperatureReading",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("daily", "每日记录"), ("extra", "临时复查"), ("logger", "记录仪")],
                                max_length=8,
                                verbose_name="来源",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="日期")),
                        (
                            "half",
                            models.CharField(
                                choices=[("am", "上午"), ("pm", "下午")],
                                max_length=2,
                                verbose_name="上午/下午",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="读数时间")),
                        (
                            "celsius",
                            models.DecimalField(decimal_places=1, max_digits=4, verbose_name="温度(℃)"),
                        ),
                        (
                            "lowest",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="最低(℃)"
                            ),
                        ),
                        (
                            "highest",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="最高(℃)"
                            ),
                        ),
                        ("action", models.CharField(blank=True, max_length=200, verbose_name="处理措施")),
                        ("reason", models.CharField(blank=True, max_length=120, verbose_name="更正原因")),
                        ("written_at", models.DateTimeField(verbose_name="登记时间")),
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
                            "device",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="readings",
                                to="inventory.colddevice",
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="readings",
                                to="inventory.loggerfile",
                            ),
                        ),
                        (
                            "replaces",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="inventory.temperaturereading",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "温度记录",
                        "ordering": ["at", "id"],
                        "indexes": [models.Index(fields=["device", "at"], name="reading_device_at")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "daily"), ("replaces__isnull", True)),
                                fields=("device", "on", "half"),
                                name="reading_once_a_half",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "logger")),
                                fields=("device", "at"),
                                name="logger_point_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TraceSpan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("stem", models.CharField(max_length=90)),
                        ("low", models.BigIntegerField()),
                        ("high", models.BigIntegerField()),
                        ("first", models.CharField(max_length=80, verbose_name="首码")),
                        ("last", models.CharField(max_length=80, verbose_name="末码")),
                        ("at", models.DateTimeField(verbose_name="登记时间")),
                        (
                            "withdrawn_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="撤销时间"),
                        ),
                        (
                            "withdraw_reason",
                            models.CharField(blank=True, max_length=120, verbose_name="撤销原因"),
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
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="codes",
                                to="inventory.stockdocument",
                                verbose_name="入库单",
                            ),
                        ),
                        (
                            "lot",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="codes",
                                to="inventory.lot",
                                verbose_name="批号",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "追溯码",
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["stem", "low"], name="trace_stem_low")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("low__lte", models.F("high"))), name="trace_span_order"
                            )
                        ],
                    },
                ),
            ],
        ),
        append_only(
            "inventory_stockmovement",
            "inventory_supplymovement",
            "inventory_stockdocument",
            "inventory_documentline",
            "inventory_lotrecall",
            "inventory_temperaturereading",
            "inventory_closeline",
            "inventory_lotplace",
        ),
    ]

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_supplies"),
        ("places", "0002_organisation_details"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="lot",
            name="approval_no",
            field=models.CharField(blank=True, max_length=40, verbose_name="批准文号"),
        ),
        migrations.AddField(
            model_name="vaccine",
            name="attribute",
            field=models.CharField(
                choices=[("1", "免疫规划"), ("2", "非免疫规划")],
                default="1",
                max_length=1,
                verbose_name="属性",
            ),
        ),
        migrations.AddField(
            model_name="vaccine",
            name="dosage_form",
            field=models.CharField(
                choices=[("1", "液体"), ("2", "冻干"), ("3", "丸剂"), ("4", "其他")],
                default="1",
                max_length=1,
                verbose_name="剂型",
            ),
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="kind",
            field=models.CharField(
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
                ("authority", models.CharField(blank=True, max_length=80, verbose_name="依据(通知单位)")),
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
                ("counterparty", models.CharField(blank=True, max_length=80, verbose_name="来源/去向单位")),
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
                ("second_name", models.CharField(blank=True, max_length=30, verbose_name="对方签字人")),
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
                    "movement",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line",
                        to="inventory.stockmovement",
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
            ],
            options={
                "verbose_name": "单据明细",
                "ordering": ["document", "position"],
            },
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="document",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="inventory.stockdocument",
                verbose_name="单据",
            ),
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
                ("register", models.CharField(choices=[("V", "疫苗"), ("Z", "注射器材")], max_length=1)),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.site"
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
        migrations.AddConstraint(
            model_name="stockdocument",
            constraint=models.UniqueConstraint(
                fields=("site", "register", "year", "number"), name="document_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second_by__isnull", True),
                    ("by__isnull", True),
                    models.Q(("second_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="two_hands_are_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentline",
            constraint=models.UniqueConstraint(fields=("document", "position"), name="line_once"),
        ),
        append_only("inventory_stockdocument"),
        append_only("inventory_documentline"),
        append_only("inventory_lotrecall"),
    ]

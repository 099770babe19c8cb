import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def count_anew(apps, schema_editor):
    """What is stored is not parted by age: every stored day is noted to be counted again, the oldest first."""
    Rollup = apps.get_model("reports", "Rollup")
    Rollup.objects.filter(metric__endswith="0", metric__contains="_people_").delete()
    ChangeNote = apps.get_model("core", "ChangeNote")
    pairs = Rollup.objects.order_by("day", "place_code").values_list("place_code", "day").distinct()
    ChangeNote.objects.bulk_create(
        [ChangeNote(topic="coverage", place_code=code, day=day) for code, day in pairs], batch_size=1000
    )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        ("campaigns", "0008_campaign_text"),
        ("places", "0002_organisation_details"),
        ("reports", "0004_bulletins"),
        ("residents", "0020_record_lot"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(count_anew, migrations.RunPython.noop, elidable=True),
        migrations.AlterModelOptions(
            name="target",
            options={"ordering": ["place__code", "group_no", "due_on"], "verbose_name": "任务"},
        ),
        migrations.RemoveConstraint(
            model_name="rollup",
            name="rollup_once",
        ),
        migrations.RemoveConstraint(
            model_name="target",
            name="target_once",
        ),
        migrations.AddField(
            model_name="rollup",
            name="from_age",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="target",
            name="base",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="residents.registerversion",
                verbose_name="基数版本",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="base_people",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="基数(人)"),
        ),
        migrations.AddField(
            model_name="target",
            name="basis",
            field=models.CharField(
                choices=[("count", "按数量"), ("percent", "按基数的百分比"), ("stock", "按库存清零")],
                default="count",
                max_length=10,
                verbose_name="下达方式",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="cohort",
            field=models.CharField(blank=True, max_length=30, verbose_name="人群"),
        ),
        migrations.AddField(
            model_name="target",
            name="group_no",
            field=models.CharField(blank=True, max_length=10, verbose_name="组"),
        ),
        migrations.AddField(
            model_name="target",
            name="percent",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=5,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="百分比",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="starts_on",
            field=models.DateField(blank=True, null=True, verbose_name="起算日期"),
        ),
        migrations.AlterField(
            model_name="target",
            name="kind",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="target",
            name="quantity",
            field=models.PositiveIntegerField(verbose_name="任务数"),
        ),
        migrations.AddConstraint(
            model_name="rollup",
            constraint=models.UniqueConstraint(
                fields=("campaign", "place_code", "day", "metric", "from_age"), name="rollup_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                fields=("campaign", "place", "group_no", "kind", "cohort", "due_on"),
                name="target_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("base_people__isnull", False), ("basis", "percent"), ("percent__isnull", False)
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
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None), ("starts_on__lte", models.F("due_on")), _connector="OR"
                ),
                name="target_dates",
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def count_anew(apps, schema_editor):
    """Nothing is kept yet: every unit is noted, so pages count it from the register until it has been filled."""
    ChangeNote, Enrolment = apps.get_model("core", "ChangeNote"), apps.get_model("residents", "Enrolment")
    codes = Enrolment.objects.exclude(unit_code="").order_by("unit_code")
    today = timezone.localdate()
    ChangeNote.objects.bulk_create(
        [
            ChangeNote(topic="population", place_code=code, day=today)
            for code in codes.values_list("unit_code", flat=True).distinct()
        ],
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_audit_proofs"),
        ("campaigns", "0008_campaign_text"),
        ("residents", "0023_person_requests"),
        ("reports", "0010_rollup_parts"),
    ]

    operations = [
        migrations.CreateModel(
            name="TargetPopulation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_code", models.CharField(max_length=18)),
                ("from_age", models.PositiveSmallIntegerField()),
                ("ages_on", models.DateField()),
                ("people", models.PositiveIntegerField()),
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
                "verbose_name": "目标人数",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "place_code", "from_age"), name="population_once"
                    )
                ],
            },
        ),
        migrations.RunPython(count_anew, migrations.RunPython.noop, elidable=True),
    ]

"""Two doses for every other target person over sixty days, as the product would have left them."""

from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign
from inventory.models import Vaccine

DAYS = 60  # days over which either dose was given
_SECOND_AFTER = 21
_COLUMNS = (
    "uid, resident_id, disease, season, dose_number, vaccine_id, given_on, is_verified, recorded_at, source,"
    " lot_no, given_at_place, proof, void_reason"
)
# By engine: (a fresh uid, %s plus a number of days that follows from the enrolment)
_WORDS = {
    "postgresql": ("gen_random_uuid()", "(DATE %s + ({id} %% 60)::int)"),
    "sqlite": ("lower(hex(randomblob(16)))", "date(%s, '+' || ({id} %% 60) || ' days')"),
}


def give(campaign: Campaign, today: date) -> None:
    """Every target person with an even number has a first dose on one of sixty days before ``today`` and the second three
    weeks later; enrolments stand as after it (status complete)."""
    vaccine = Vaccine.objects.get(code="CV-SV")
    second = today - timedelta(days=DAYS)
    first = second - timedelta(days=_SECOND_AFTER)
    uid, day = _WORDS[connection.vendor]
    whom = "campaign_id = %s AND is_target AND id %% 2 = 0"
    with connection.cursor() as cursor:
        for number, since in ((1, first), (2, second)):
            cursor.execute(
                f"INSERT INTO residents_vaccinationrecord ({_COLUMNS})"
                f" SELECT {uid}, resident_id, %s, %s, {number}, %s, {day.format(id='id')}, %s, %s, 'here', '', '', '', ''"
                f" FROM residents_enrolment WHERE {whom} ORDER BY id",
                [campaign.disease, campaign.season, vaccine.pk, since, True, timezone.now(), campaign.pk],
            )
        on = day.format(id="id")
        cursor.execute(
            f"UPDATE residents_enrolment SET first_dose_on = {on}, primary_complete_on = {on}, last_dose_on = {on},"
            " last_product_id = %s, doses_done = 2, status = 'complete', next_dose = NULL, due_from = NULL"
            f" WHERE {whom}",
            [first, second, second, vaccine.pk, campaign.pk],
        )

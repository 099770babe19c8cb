"""What Django and the frame of our pages cost, for comparison: no right is asked, nothing is checked, no audit.

The bare prototype of the needle is the raw six statements by the ORM in one view, with log-in and CSRF and nothing else; the
empty page is the frame with nothing in it.
"""

import uuid

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.utils import timezone

from appointments.models import Booking
from inventory.models import StockLevel, StockMovement
from residents.models import Enrolment, VaccinationRecord


@login_required
@transaction.atomic
def dose(request):
    """POST number (its hash), campaign, site, lot, lot_no, vaccine."""
    form, now = request.POST, timezone.now()
    today = timezone.localdate(now)
    person = Enrolment.objects.select_related("resident").get(
        campaign=form["campaign"], resident__identifiers__number_hash=form["number"]
    )
    Booking.objects.filter(enrolment=person).update(state="done", ended_at=now)
    VaccinationRecord.objects.create(
        resident=person.resident,
        disease="COVID",
        dose_number=1,
        vaccine_id=form["vaccine"],
        lot_no=form["lot_no"],
        given_on=today,
        source="here",
        recorded_by=request.user,
    )
    Enrolment.objects.filter(pk=person.pk).update(
        doses_done=F("doses_done") + 1,
        first_dose_on=today,
        last_dose_on=today,
        last_product=form["vaccine"],
        next_dose=2,
        status="waiting",
    )
    level = StockLevel.objects.filter(site=form["site"], lot=form["lot"])
    level.filter(vials__gt=0).update(vials=F("vials") - 1)
    StockMovement.objects.create(
        key=uuid.uuid4(),
        site_id=form["site"],
        lot_id=form["lot"],
        kind="use",
        vials=-1,
        balance_vials=level.values_list("vials", flat=True).get(),
        on=today,
        at=now,
        by=request.user,
    )
    return HttpResponseRedirect("/")


@login_required
def empty(request):
    """A page of ours with nothing on it."""
    page = engines["django"].from_string('{% extends "core/base.html" %}')
    return HttpResponse(page.render({}, request))

"""One person: facts, documents, where the campaign stands; and everything that happened."""

from dataclasses import replace
from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.views.generic import DetailView

from core import audit, timeline
from core.dates import age_on
from inventory.trace_story import lots_named
from residents import nationalities
from residents.choices import TagKind
from residents.models import Merge, Resident, VaccinationRecord
from residents.opening import opened
from residents.querysets import reaches
from residents.responsibility import DutyBook
from residents.rules import told
from residents.services.merged import survivor_of
from residents.views.base import FinderRequiredMixin
from residents.wording import status_word, two_ages

# What the page offers: address, word, the action that is needed.
_DEEDS = [
    ("residents:edit", "修改资料", "residents.edit"),
    ("residents:outreach_log", "走访", "outreach.log"),
    ("residents:lift_ask", "申请接送", "lifts.manage"),
    ("residents:dose", "补登外地接种", "residents.edit"),
    ("residents:consent", "记录知情同意", "consents.record"),
    ("residents:condition", "自述禁忌", "residents.edit"),
    ("residents:document", "添加证件", "residents.edit"),
    ("residents:move_propose", "迁往别村", "moves.propose"),
    ("residents:remove", "移出名册", "residents.edit"),
    ("residents:request_add", "个人信息请求", "residents.edit"),
]
_OF_A_CAMPAIGN = {"residents:dose", "residents:consent", "residents:condition"}  # of nobody who is in none
_A_MOMENT = timedelta(minutes=10)
_ASKED = (
    "residents.reveal",
    "doses.verify",
    "certificates.issue",
    "conditions.view",
)  # what other parts of the page need


class ResidentView(FinderRequiredMixin, DetailView):
    """The person page. Opening it is recorded."""

    model = Resident
    slug_field = slug_url_kwarg = "uid"
    context_object_name = "person"
    template_name = "residents/detail.html"

    def get(self, request, *args, **kwargs):
        self.object = self.get_object()
        if self.object.merged_into_id:
            survivor = survivor_of(self.object)
            if Resident.objects.findable_by(request.user).filter(pk=survivor.pk).exists():
                messages.info(request, f"原来的一份档案({self.object.village})已并入这份档案。")
                return redirect(survivor)
        return self.render_to_response(self.get_context_data(object=self.object))

    def get_object(self, queryset=None):
        person = opened(self.kwargs["uid"], user=self.request.user)
        if person is None:
            raise Http404
        audit.viewed(person, by=self.request.user, page="person")
        return person

    def get_context_data(self, **kwargs):
        person, user, today = self.object, self.request.user, localdate()
        reach = {
            action: user.can(action) and reaches(user, action, person)
            for action in {*_ASKED, *(action for _, _, action in _DEEDS)}
        }
        return super().get_context_data(
            today=today,
            age=age_on(person.birth_date, today),
            nationality=nationalities.NAMES.get(person.nationality, person.nationality)
            if person.nationality != nationalities.CHINA
            else "",
            documents=sorted(person.identifiers.all(), key=lambda d: (not d.is_primary, d.pk)),
            enrolments=[
                {
                    "row": row,
                    "status": status_word(row, today),
                    "ages": two_ages(person.birth_date, row.campaign.target_age_ref_date, today),
                    "counted": told(row.unit_rule, str(row.unit or "")),
                }
                for row in person.enrolments.all()
            ],
            doses=_with_lots(person.records.all(), user),
            tags=[tag for tag in person.tags.all() if tag.kind == TagKind.TAG],
            needs=person.need_words,
            callers=DutyBook([person]).whom_to_call(person),
            may_verify=reach["doses.verify"],
            may_prove=reach["residents.edit"],
            may_add_hold_proof=reach["conditions.view"],
            holds=_open_holds(person, today),
            deeds=[
                (name, word)
                for name, word, action in _DEEDS
                if reach[action]
                and not person.removed_on
                and (name not in _OF_A_CAMPAIGN or person.enrolments.all())
            ],
            may_settle=not person.removed_on and user.scope("counting.settle").covers(person.village_code),
            may_restore=user.scope("moves.decide").covers(person.village_code)
            and bool(person.removed_on)
            and not person.merged_into_id,
            merges=_merges(person) if person.has_merges and user.can("residents.merge") else [],
            may_list=user.can("residents.view"),
            may_open_household=user.scope("residents.view").covers(person.village_code),
            may_check_in=user.can("visits.check_in") and not person.removed_on,
            may_reveal=reach["residents.reveal"],
            may_certify=reach["certificates.issue"]
            and any(row.voided_at is None for row in person.records.all()),
            **kwargs,
        )


def _with_lots(records, user) -> list[VaccinationRecord]:
    """The doses, each with the lot whose way from the supplier the user may see (``lot_id``, or None)."""
    doses = list(records)
    lots = lots_named({(dose.vaccine_id, dose.lot_no) for dose in doses if dose.lot_no}, user)
    for dose in doses:
        dose.lot_id = lots.get((dose.vaccine_id, dose.lot_no))
    return doses


def _merges(person):
    return Merge.objects.standing().filter(kept=person).select_related("absorbed__village")


def _open_holds(person, today):
    return [
        hold
        for enrolment in person.enrolments.all()
        for hold in enrolment.holds.all()
        if hold.until is None or hold.until > today
    ]


class StoryView(FinderRequiredMixin, DetailView):
    """Everything that happened to one person, newest first: a part of the person page, fetched when that page stands.

    Every room is asked for its part, which is as much work again as the page itself.
    """

    model = Resident
    slug_field = slug_url_kwarg = "uid"
    context_object_name = "person"

    def get_template_names(self):
        return ["residents/_story.html" if self.request.headers.get("HX-Request") else "residents/story.html"]

    def get_queryset(self):
        return Resident.objects.findable_by(self.request.user).select_related("village", "created_by")

    def get_context_data(self, **kwargs):
        user, person = self.request.user, self.object
        # The page that fetches this has just been recorded; whoever asks for this alone is recorded too.
        if not audit.has_viewed(person, by=user, since=now() - _A_MOMENT):
            audit.viewed(person, by=user, page="story")
        events = timeline.events(person)
        return super().get_context_data(
            events=[
                event if not event.needs or user.can(event.needs) else replace(event, url="")
                for event in events
            ],
            **kwargs,
        )

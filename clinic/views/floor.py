"""The floor: one input, one answer, and who waits at each step."""

import re
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from appointments.services.rosters import why_not_listed
from campaigns.models import Campaign
from clinic.forms import CheckInForm
from clinic.models import AdverseEvent, Correction, Dose, Visit
from clinic.services import guests, visits
from clinic.services.lots import proposed_lots
from clinic.stations import may_call, own_stage, station_of, stations_for
from clinic.views.answer import IS_HERE, Answer, answer_for
from clinic.views.base import FloorMixin
from clinic.views.card import person_card
from clinic.views.columns import SHOWN, columns
from clinic.wording import due_words
from core import audit
from core.errors import RuleBroken
from core.text import clean
from places.models import Place
from residents.models import Enrolment, Resident
from residents.services.enrolments import verdict_of_read

FOUND = 8
GUEST = "guest"  # in the log-in's own memory: the guest whose document was scanned last
QUEUE_NUMBER = re.compile(r"#?(\d{1,3})|#(\d{4})")  # four digits alone are the tail of a card or a phone
# The slip's number in digits: a scanner types it whatever input method is on.
SLIP_CODE = re.compile(r"\d{30,39}")


class FloorContextMixin(FloorMixin):
    """Figures, columns, and the answer about one person (``?person=`` or ``person_uid``)."""

    def get_context_data(self, **kwargs):
        user = self.request.user
        uid = kwargs.pop("person_uid", "") or (
            "" if "people" in kwargs else self.request.GET.get("person", "")
        )
        context = {"may_check_in": user.can("visits.check_in"), "may_see_guests": user.can("guests.view")}
        context |= self._one(uid) if uid else self._everybody(user)
        context |= kwargs
        waits = (context.get("people"), context.get("visit_here"), context.get("calls_next"))
        answer = context.get("answer")
        context["scan_first"] = not any(waits) and not (answer and answer.may_check_in)
        return super().get_context_data(**context)

    def _just_let_in(self) -> Visit | None:
        """Whose slip may be printed now: ``?done=`` is the number that was just given."""
        number = self.request.GET.get("done", "")
        today = Visit.objects.filter(site=self.site, on=self.today).select_related("enrolment__resident")
        return today.filter(queue_no=int(number)).first() if number.isdecimal() and len(number) < 5 else None

    def _everybody(self, user) -> dict:
        doses = Dose.objects.counted().filter(site=self.site, record__given_on=self.today)
        figures = Visit.objects.day_figures(self.site, self.today)
        waiting = Visit.objects.waiting(self.site, self.today).first_of_each_stage(SHOWN)
        line = list(waiting.with_open_reaction(AdverseEvent.objects.all()))
        context = {
            "columns": columns(line, figures, own_stage(user), self.now),
            "figures": figures,
            "doses_today": doses.count(),
            "key_firsts": doses.firsts_of_key_groups(),
            "just_let_in": self._just_let_in(),
            "station": station_of(self.request),
            "stations": stations_for(user),
            "may_call": may_call(user),
            "guests_today": Visit.objects.filter(
                site=self.site, on=self.today, guest_from__isnull=False
            ).count(),
        }
        # Who calls people rather than meeting them at the door starts on the next one: "n" or Enter. A scan still goes
        # to the search field from anywhere on the page.
        own = next((column for column in context["columns"] if column["is_own"]), None)
        context["calls_next"] = (
            self.request.method == "GET"
            and own is not None
            and own["people"]
            and not user.can("residents.edit")
        )
        if user.can("corrections.confirm"):
            context["to_confirm"] = Correction.objects.confirmable_by(user).count()
        if user.can("aefi.view"):
            context["open_reactions"] = AdverseEvent.objects.visible_to(user).open().count()
        return context

    def _one(self, uid: str) -> dict:
        try:
            uid = UUID(uid)
        except ValueError:
            raise Http404 from None
        person, enrolment, home = self.found(uid)
        purpose = guests.PURPOSE if home else ""
        audit.viewed(person, by=self.request.user, page="clinic:floor", purpose=purpose)
        if enrolment is None:
            reason = "此人没有登记在当前活动里。请在居民页补登记,或换一个活动。"
            if home:
                reason = f"此人在{home}的名册上,没有登记在这种疫苗的活动里。请与{home}联系,登记后再来。"
            return {"answer": Answer("stop", "未登记", reason), "person": person}
        prefetch_related_objects([person], "identifiers", "tags")
        verdict = verdict_of_read(enrolment, on=self.today)
        card = person_card(enrolment, self.today, home=home)
        levels = proposed_lots(self.site, verdict, self.request.user, self.today)
        due = due_words(verdict, levels, must_wait=card["must_wait"])
        answer = answer_for(enrolment, self.today, due, has_vaccine=bool(levels))
        booking = visits.todays_booking(enrolment, self.site, self.today)
        if answer.may_check_in and booking and (refusal := why_not_listed(booking)):
            answer = Answer("stop", "名单未上报", refusal.message)
        return {
            "person": person,
            "card": card,
            "answer": answer,
            "visit_here": self._visit_here(enrolment) if answer.word in IS_HERE else None,
            "booking": booking,
            "asks_second": verdict.dose_number == 1 and not home,
        } | ({} if self.request.method == "POST" else {"form": CheckInForm(initial={"note": purpose})})

    def found(self, uid: UUID) -> tuple[Resident, Enrolment | None, Place | None]:
        """The person with this ``uid``, the place in the campaign, and for a guest the home township. 404 for anybody who
        is neither of this township nor a guest whose document or booking was just scanned here."""
        campaign = Campaign.objects.current_for(self.request)
        here = Resident.objects.findable_by(self.request.user).filter(uid=uid)
        rows = Enrolment.objects.filter(resident__in=here, campaign=campaign)
        if self.request.session.get(GUEST) == str(uid) and not here.exists():
            guest = get_object_or_404(Resident.objects.live(), uid=uid)
            mine = guests.enrolment_of(guest, campaign)
            here, rows = Resident.objects.filter(pk=guest.pk), Enrolment.objects.filter(pk=mine and mine.pk)
        enrolment = rows.select_related("resident__organisation", "resident__village", "campaign").first()
        person = enrolment.resident if enrolment else get_object_or_404(here)
        return person, enrolment, guests.home_town(person, self.site)

    def _visit_here(self, enrolment: Enrolment) -> Visit | None:
        mine = Visit.objects.visible_to(self.request.user).on_floor()
        return mine.filter(enrolment=enrolment).first()


class FloorView(FloorContextMixin, TemplateView):
    """Today's floor of the site. What is typed or scanned comes by POST: a number or a name must not stand in
    addresses and server logs."""

    template_name = "clinic/floor.html"

    def post(self, request, *args, **kwargs):
        text = clean(request.POST.get("q", ""))[:60]
        if target := self._by_ticket(text):
            return HttpResponseRedirect(target)
        people = self._people(text)
        if not people and (visit := self._guest_on_floor(text)):
            return HttpResponseRedirect(visit.get_absolute_url())
        if not people and (guest := self._guest_of(text)):
            return self._guest(guest)
        if len(people) == 1:
            return HttpResponseRedirect(_page_of(people[0]))
        context = self.get_context_data(
            text=text,
            people=people[:FOUND],
            more=len(people) > FOUND,
            no_number=QUEUE_NUMBER.fullmatch(text) is not None,
            may_add=request.user.can("residents.edit"),
        )
        return self.render_to_response(context)

    def _by_ticket(self, text: str) -> str:
        """The address for a queue number of today, or the scanned code of a slip or a booking."""
        if match := QUEUE_NUMBER.fullmatch(text):
            number = int(match[1] or match[2])
            visit = Visit.objects.filter(site=self.site, on=self.today, queue_no=number).first()
            return visit.get_absolute_url() if visit else ""
        try:
            uid = UUID(int=int(text)) if SLIP_CODE.fullmatch(text) else UUID(text)
        except ValueError:
            return ""
        visit = Visit.objects.visible_to(self.request.user).filter(uid=uid).first()
        if visit is not None:
            return visit.get_absolute_url()
        booked = Resident.objects.filter(enrolments__bookings__uid=uid)
        if person := booked.findable_by(self.request.user).first():
            return _page_of(person)
        guest = booked.live().filter(enrolments__bookings__slot__session__site=self.site).first()
        return self._guest(guest).url if guest and self.request.user.can("visits.check_in") else ""

    def _guest_on_floor(self, text: str) -> Visit | None:
        """A guest who was let in today is found at every desk like anybody else; who is through may be let in anew."""
        today = Visit.objects.filter(site=self.site, on=self.today, guest_from__isnull=False)
        if self.request.user.can("visits.check_in"):
            today = today.on_floor()
        meant = Resident.objects.filter(enrolments__visits__in=today).matching(text)
        found = list(today.filter(enrolment__resident__in=meant).order_by("-queue_no"))
        return found[0] if len({visit.enrolment_id for visit in found}) == 1 else None

    def _guest_of(self, text: str) -> Resident | None:
        try:
            return guests.by_document(text, actor=self.request.user, site=self.site, now=self.now)
        except RuleBroken as refusal:
            messages.error(self.request, refusal.message)
            return None

    def _guest(self, guest: Resident) -> HttpResponseRedirect:
        """The page of a guest opens for whoever has just scanned the document, and for this one guest only."""
        self.request.session[GUEST] = str(guest.uid)
        return HttpResponseRedirect(_page_of(guest))

    def _people(self, text: str) -> list[Resident]:
        if not text:
            return []
        people = Resident.objects.select_related("village").prefetch_related("identifiers")
        return people.found_by(text, FOUND + 1, user=self.request.user)


def _page_of(person: Resident) -> str:
    return f"{reverse('clinic:floor')}?person={person.uid}"

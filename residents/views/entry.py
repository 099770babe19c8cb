"""Typing people in: add, edit, and the check while typing."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views import View

from core import idnumbers, names, phones
from core.dates import parse_loose_date
from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ServiceFormView, add_rule_error
from places.models import Place
from residents.choices import IdType
from residents.forms import PersonForm
from residents.forms.person import initial_of
from residents.models import Resident
from residents.services import register
from residents.services.duplicates import likely_duplicates, refuse_taken_number
from residents.services.persons import Document


class _EntryView(ServiceFormView):
    """What adding and editing share: the form, and the warning about likely duplicates before saving."""

    action = "residents.edit"
    form_class = PersonForm
    template_name = "residents/entry.html"
    person: Resident | None = None

    def get_form_kwargs(self):
        return {
            **super().get_form_kwargs(),
            "user": self.request.user,
            "today": localdate(),
            "person": self.person,
        }

    def form_valid(self, form):
        values = form.values
        if "confirmed" not in self.request.POST:
            try:  # a number that is taken settles it: no question whether the person is another one
                for document in values.documents:
                    refuse_taken_number(document, actor=self.request.user, holder=self.person)
            except RuleBroken as error:
                add_rule_error(form, error)
                may_claim = self.person is None and self.request.user.can("moves.propose")
                context = self.get_context_data(form=form, may_claim=may_claim)
                return self.render_to_response(context, status=422)
            alike = likely_duplicates(
                user=self.request.user,
                name=values.name,
                birth_date=values.birth_date,
                sex=values.sex,
                phone=values.phone,
                holder=self.person,
            )
            if alike:
                context = self.get_context_data(form=form, alike=alike)
                return self.render_to_response(context, status=422)
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        then = self.request.POST.get("then") or self.request.POST.get("confirmed", "")
        may_list = self.request.user.can("residents.view")
        return super().get_context_data(person=self.person, then=then, may_list=may_list, **kwargs)


class AddView(_EntryView):
    """登记居民. "保存并登记下一人" opens an empty form in the same village and group."""

    def get_initial(self):
        initial = {"group_no": self.request.GET.get("group", "")}
        village = Place.objects.filter(code=self.request.GET.get("village", "")).first()
        return initial | ({"village": village} if village else {})

    def perform(self, form):
        person = register.add_resident(
            actor=self.request.user, values=form.values, key=form.cleaned_data["key"], today=localdate()
        )
        messages.success(self.request, f"已登记 {person.name}({person.village})。")
        if "next" in (self.request.POST.get("then"), self.request.POST.get("confirmed")):
            return f"{reverse('residents:add')}?{urlencode({'village': person.village_code, 'group': person.group_no})}"
        if self.request.user.can("visits.check_in"):  # the desk of a site: the person stands there waiting
            return f"{reverse('clinic:floor')}?person={person.uid}"
        return person


class EditView(_EntryView):
    """修改资料. A save is refused when somebody else changed the person meanwhile; what was typed stays."""

    @cached_property
    def person(self):
        mine = Resident.objects.in_reach(self.request.user, self.action)
        return get_object_or_404(
            mine.select_related("village", "organisation", "household").prefetch_related(
                "identifiers", "priority_groups"
            ),
            uid=self.kwargs["uid"],
        )

    @property
    def person_shown(self) -> Resident:
        return self.person

    def get_initial(self):
        return initial_of(self.person)

    def perform(self, form):
        person = register.edit_resident(
            resident=self.person,
            actor=self.request.user,
            values=form.values,
            today=localdate(),
            expected_updated_at=form.cleaned_data["seen_at"],
        )
        messages.success(self.request, f"{person.name}的资料已保存。")
        return person


class CheckView(ActionRequiredMixin, View):
    """The number as it is typed: length, check digit, whose it is; and people who look alike. Answers htmx."""

    action = "residents.edit"
    http_method_names = ["post"]

    def post(self, request):
        typed, today = request.POST, localdate()
        id_type, number = typed.get("id_type", ""), typed.get("number", "")
        birth_date, sex = _day(typed.get("birth_date", ""), today), typed.get("sex", "")
        answer = {"found": None, "taken": "", "typed": 0, "legacy": ""}
        if number and id_type in IdType.values and id_type != IdType.NONE:
            found = idnumbers.check(id_type, number, today=today, birth_date=birth_date, sex=sex or None)
            length = len(idnumbers.normalise(id_type, number))
            if id_type in idnumbers.CN18_TYPES and length < 18:
                # 15 digits are an old number or 18 on their way: said, but nothing is judged or filled in by them.
                old = length == 15 and found.ok
                answer |= {"typed": length, "legacy": found.number if old else ""}
            else:
                answer["found"] = found
                birth_date, sex = birth_date or found.birth_date, sex or found.sex or ""
            answer["taken"] = self._taken(id_type, found)
        answer["alike"] = likely_duplicates(
            user=request.user,
            name=names.normalise(typed.get("name", "")),
            birth_date=birth_date,
            sex=sex,
            phone=phones.normalise(typed.get("phone", "")),
            holder=self._holder(),
        )
        return render(request, "residents/_checked.html", answer)

    def _taken(self, id_type: str, found) -> str:
        if not found.ok:
            return ""
        try:
            refuse_taken_number(
                Document(id_type, found.number), actor=self.request.user, holder=self._holder()
            )
        except RuleBroken as error:
            return error.message
        return ""

    def _holder(self):
        try:
            uid = UUID(self.request.POST.get("person", ""))
        except ValueError:
            return None
        return Resident.objects.in_reach(self.request.user, self.action).filter(uid=uid).first()


def _day(text: str, today):
    try:
        return parse_loose_date(text, today=today)
    except ValueError:
        return None

"""Forms of a correction: what is right, by kind; the refusal; and the colleague who agrees at the same desk."""

import re
from datetime import datetime

from django import forms
from django.utils import timezone

from clinic.choices import BodySite, CorrectionKind
from clinic.correction_words import dose_words
from clinic.models import Dose, Visit
from clinic.services import guests
from clinic.services.correction_checks import NOT_ENROLLED
from core.errors import RuleBroken
from core.text import clean
from core.views import KeyedForm
from inventory.models import Lot
from residents.models import Enrolment, Resident

_QUEUE_NUMBER = re.compile(r"#?(\d{1,4})号?")


class _LotChoice(forms.ModelChoiceField):
    def label_from_instance(self, lot):
        return f"{lot.presentation.vaccine.short_name} {lot.lot_no} 至{lot.expires_on}"


class _DoseChoice(forms.ModelChoiceField):
    def label_from_instance(self, dose):
        return dose_words(dose)


class CorrectForm(KeyedForm):
    """What is right, and why it was wrong. ``user`` limits whom a typed document may mean."""

    reason = forms.CharField(
        label="怎么错的",
        max_length=200,
        required=False,
        help_text="如:两支疫苗放在一起,扫错了;叫错号。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, dose: Dose, kind: str, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.dose, self.user = dose, user
        self.fields |= _FIELDS[CorrectionKind(kind)](dose)
        self.order_fields([name for name in self.fields if name != "reason"])

    def right(self) -> dict:
        """What is right, as ``corrections.propose`` takes it. Raises RuleBroken when nobody is found."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "reason")}
        if "who" in values:
            return {
                "enrolment": person_meant(values["who"], dose=self.dose, user=self.user, now=timezone.now())
            }
        return values


def _lots(dose: Dose, same: bool) -> dict:
    here = Lot.objects.filter(levels__site=dose.site).select_related("presentation__vaccine")
    mine = dose.lot.presentation.vaccine
    if same:
        here = here.filter(presentation__vaccine=mine).exclude(pk=dose.lot_id)
    else:
        here = here.filter(presentation__vaccine__disease=mine.disease).exclude(presentation__vaccine=mine)
    field = _LotChoice(
        label="实际批号" if same else "实际的疫苗和批号",
        queryset=here.order_by("presentation__vaccine__code", "expires_on", "lot_no"),
        required=False,
        empty_label="请选择",
        help_text="看空瓶(注射器包装)上的批号。列表里没有的,请疫苗管理员先登记入库。",
    )
    return {"lot": field}


def _person(dose: Dose) -> dict:
    field = forms.CharField(
        label="实际受种者",
        max_length=40,
        required=False,
        help_text="填当天的排队号(外镇群众也可以),或扫(输)证件号码。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    return {"who": field}


def _details(dose: Dose) -> dict:
    at = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return {
        "given_at": forms.DateTimeField(
            label="实际接种时间", required=False, widget=at, help_text="没有错的不用填。"
        ),
        "body_site": forms.ChoiceField(
            label="实际部位", choices=BodySite.choices, initial=dose.body_site, required=False
        ),
    }


def _twin(dose: Dose) -> dict:
    mine = Dose.objects.counted().filter(
        record__resident=dose.record.resident, record__disease=dose.record.disease
    )
    mine = mine.exclude(pk=dose.pk).select_related("record", "site", "lot").order_by("given_at")
    return {"twin": _DoseChoice(label="保留哪一次", queryset=mine, required=False, empty_label="请选择")}


_FIELDS = {
    CorrectionKind.LOT: lambda dose: _lots(dose, same=True),
    CorrectionKind.VACCINE: lambda dose: _lots(dose, same=False),
    CorrectionKind.PERSON: _person,
    CorrectionKind.DETAILS: _details,
    CorrectionKind.NOT_GIVEN: lambda dose: {},
    CorrectionKind.TWICE: _twin,
}


def person_meant(text: str, *, dose: Dose, user, now: datetime) -> Enrolment | None:
    """Whom a queue number of that day or a document means: the place in the campaign of ``dose``, or a guest's in the
    home township's own against the same disease (S116). None for an empty text.

    Raises RuleBroken WHO_UNKNOWN, WHO_SEVERAL, WHO_NOT_ENROLLED, GUESSING (call it outside a deed).
    """
    text = clean(text)
    if not text:
        return None
    if number := _QUEUE_NUMBER.fullmatch(text):
        here = Visit.objects.filter(site=dose.site_id, on=dose.visit.on, queue_no=int(number[1]))
        if (visit := here.select_related("enrolment__resident", "enrolment__campaign").first()) is None:
            raise RuleBroken("WHO_UNKNOWN", f"那天本点没有 {number[1]} 号。请核对,或改填证件号码。", "who")
        return visit.enrolment
    person = _one_of_ours(text, user) or guests.by_document(text, actor=user, site=dose.site, now=now)
    if person is None:
        raise RuleBroken("WHO_UNKNOWN", _UNKNOWN, "who")
    there = Visit.objects.filter(site=dose.site_id, on=dose.visit.on, enrolment__resident=person)
    if visit := there.select_related("enrolment__resident", "enrolment__campaign").order_by("-pk").first():
        return visit.enrolment
    if (found := guests.enrolment_of(person, dose.visit.enrolment.campaign)) is None:
        raise RuleBroken("WHO_NOT_ENROLLED", NOT_ENROLLED, "who")
    return found


_UNKNOWN = (
    "没有找到这个人。请核对证件号码;本镇没有登记过的,请登记台先建档。外镇群众请填当天的排队号,"
    "没有排队号的,请登记台或预检医生扫其证件提出。"
)


def _one_of_ours(text: str, user) -> Resident | None:
    people = Resident.objects.found_by(text, 2, user=user)
    if len(people) > 1:
        raise RuleBroken("WHO_SEVERAL", "不止一个人符合。请填完整的证件号码或排队号。", "who")
    return people[0] if people else None


class DeclineForm(KeyedForm):
    """No: and why."""

    answer = forms.CharField(label="不同意的原因", max_length=200, required=False)


class ColleagueForm(KeyedForm):
    """The second person stands here and agrees with the own account, without logging the first one out."""

    username = forms.CharField(label="确认人的帐号", max_length=150, required=False)
    password = forms.CharField(
        label="确认人的密码",
        max_length=128,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

"""Typing a person in."""

from datetime import datetime

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms
from django.db.models import Q
from django.forms.models import fields_for_model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import is_naive

from campaigns.models import Campaign, PriorityGroup
from core.views import KeyedForm
from places.models import Organisation, Place
from places.querysets import any_code_range
from residents import nationalities
from residents.choices import AWAY, OF_ANY_COUNTRY, IdType, TagKind
from residents.models import Resident, ResidentIdentifier, Tag
from residents.services.persons import PersonValues, clean_values

_OF_MODEL = [
    "name",
    "sex",
    "phone",
    "phone_owner",
    "residence",
    "away_place",
    "group_no",
    "grid",
    "relation_to_head",
    "hukou_address",
    "address",
    "workplace",
    "school_class",
    "occupation",
    "conditions",
    "special_needs",
    "guardian_name",
    "not_vaccinated_reason",
    "responsible_name",
    "note",
]
NATIONALITY_MISSING = "请选择国籍:中国护照选“中国”,列表里没有的国家选“其他”。"
NATIONALITIES = [("", "请选择"), *nationalities.NAMES.items()]
_ROWS = {"village", "organisation", "priority_groups", "tags", "needs"}  # rows of their own, no raw text
_ASKED = {"name", "id_type", "village", "residence", "phone_owner"}
# Needed, but told by the number or only in some cases: neither marked optional nor demanded by the browser.
_FOLLOWS = {"number", "sex", "birth_date", "no_document_reason", "guarantor", "away_place", "nationality"}


class PersonForm(KeyedForm):
    """One person with the main document. Valid values are ``form.values`` (PersonValues), cleaned by the one place
    that cleans people; the number is checked while it is typed (``residents:check``)."""

    id_type = forms.ChoiceField(label="证件类型", choices=IdType.choices, initial=IdType.ID_CARD)
    number = forms.CharField(label="证件号码", required=False, max_length=40)
    nationality = forms.ChoiceField(
        label="国籍",
        required=False,
        choices=NATIONALITIES,
        error_messages={"invalid_choice": "请从列表中选择国籍。"},
    )
    no_document_reason = forms.CharField(label="无证件原因", required=False, max_length=80)
    guarantor = forms.CharField(
        label="担保人", required=False, max_length=60, help_text="认识本人、愿意作证的人,如村干部、房东、亲属"
    )
    birth_date = forms.CharField(
        label="出生日期", required=False, help_text="如 1980-05-01;填了身份证号会自动带出"
    )
    village = forms.ModelChoiceField(label="村(社区)", queryset=Place.objects.none(), empty_label="请选择")
    household_no = forms.CharField(label="户号", required=False, max_length=20)
    organisation = forms.ModelChoiceField(
        label="工作单位(学校)", queryset=Organisation.objects.none(), required=False, empty_label="无"
    )
    priority_groups = forms.ModelMultipleChoiceField(
        label="重点人群",
        queryset=PriorityGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags = forms.ModelMultipleChoiceField(
        label="人员标签", queryset=Tag.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    needs = forms.ModelMultipleChoiceField(
        label="特殊需要",
        queryset=Tag.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="到场登记时用大字提醒接种点",
    )
    willing = forms.ChoiceField(
        label="接种意愿", required=False, choices=[("", "还没问"), ("愿意", "愿意"), ("不愿意", "不愿意")]
    )
    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user, today, person: Resident | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.today, self.person = user, today, person
        self.values: PersonValues | None = None
        self.fields |= fields_for_model(Resident, _OF_MODEL)
        villages = self.fields["village"].queryset = villages_for(user)
        if person is not None:
            self._fix_village(person)
        elif len(villages) == 1:
            self.fields["village"].initial = villages[0]
        offered = Q(pk__in=Organisation.objects.visible_to(user).filter(is_active=True))
        if person:  # another village's school or factory, or a closed one: a save must not take the person off its roster
            offered |= Q(pk=person.organisation_id)
        self.fields["organisation"].queryset = Organisation.objects.filter(offered)
        groups = self.fields["priority_groups"]
        offered = PriorityGroup.objects.in_use(Campaign.objects.visible_to(user).running())
        names = {group.pk: group.name for group in offered}
        groups.queryset = PriorityGroup.objects.filter(pk__in=names)
        groups.label_from_instance = lambda group: names[group.pk]
        words = Tag.objects.offered_to(user)
        self.fields["tags"].queryset = words.filter(kind=TagKind.TAG)
        self.fields["needs"].queryset = words.filter(kind=TagKind.NEED)
        reasons = self.fields["not_vaccinated_reason"]
        reasons.choices = [("", "没有填"), *list(reasons.choices)[1:]]
        self._word_fields()
        document = person.primary_identifier if person else None
        if document:
            self.fields["number"].help_text = f"现在登记的是 {document.masked};不改就留空"
        elif not self.is_bound:  # the next person is typed without reaching for the mouse
            self.fields["number"].widget.attrs["autofocus"] = True
        self._check_while_typing()
        self.helper = _helper(person)

    def _fix_village(self, person: Resident) -> None:
        """Another village is a move that somebody answers: it is shown here, and changed there."""
        field = self.fields["village"]
        field.queryset = Place.objects.filter(pk=person.village_id)
        field.initial, field.disabled = person.village_id, True
        if self.user.can("moves.propose"):
            address = reverse("residents:move_propose", args=[person.uid])
            field.help_text = format_html('换村请办<a href="{}">迁往别村</a>', address)
        else:
            field.help_text = "换村请联系村(社区)或镇办办理迁移"

    def _word_fields(self) -> None:
        for name, field in self.fields.items():
            field.required = name in _ASKED
            if name not in _ASKED | _FOLLOWS and not field.widget.is_hidden:
                field.label = f"{field.label}(选填)"
        self.fields["phone_owner"].label = "电话是谁的"
        self.fields["sex"].choices = [("", "填身份证号会自动带出"), *list(self.fields["sex"].choices)[1:]]
        self.fields["away_place"].help_text = "外出的写现在的省市县,流入的写从哪里来"
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        self.fields["conditions"].help_text = "本人自己说的;能不能种由医生判断"
        self.fields["workplace"].help_text = "上面选不到单位时填写"
        for name in self.fields:
            self.fields[name].widget.attrs.setdefault("autocomplete", "off")

    def _check_while_typing(self) -> None:
        check = {
            "hx-post": reverse("residents:check"),
            "hx-target": "#checked",
            "hx-include": "closest form",
            "hx-sync": "closest form:replace",
        }
        self.fields["number"].widget.attrs |= check | {
            "hx-trigger": "input changed delay:400ms",
            "inputmode": "text",
            "spellcheck": "false",
            "aria-describedby": "checked",
        }
        for name in ("id_type", "name", "birth_date", "sex", "phone"):
            self.fields[name].widget.attrs |= check | {"hx-trigger": "change"}

    def clean_seen_at(self) -> datetime | None:
        """When the person was last changed, as the page was opened; a forged value is refused, not guessed."""
        if not self.cleaned_data["seen_at"]:
            return None
        try:
            seen_at = datetime.fromisoformat(self.cleaned_data["seen_at"])
        except ValueError:
            seen_at = None
        if seen_at is None or is_naive(seen_at):
            self.add_error(None, "页面已过期,请重新打开这个人的资料再修改。")  # the field itself is hidden
            return None
        return seen_at

    def clean(self):
        cleaned = super().clean()
        if "village" not in cleaned:
            return cleaned
        self.values, problems = clean_values(
            self._raw(cleaned),
            village=cleaned["village"],
            today=self.today,
            organisation=cleaned.get("organisation"),
            priority_groups=self._kept(cleaned, "priority_groups"),
            tags=[*self._kept(cleaned, "tags"), *cleaned.get("needs", ())],
        )
        for problem in problems:
            # A day nobody can read is passed over in a file only: who typed it here can type it again.
            serious = problem.level == "error" or problem.field == "birth_date"
            if serious and problem.field not in self.errors:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
        if cleaned.get("id_type") in OF_ANY_COUNTRY and not cleaned.get("nationality"):
            self.add_error("nationality", NATIONALITY_MISSING)
        if cleaned.get("residence") in AWAY and not cleaned.get("away_place"):
            self.add_error("away_place", "外出的人请写明外出地(省市县)。")
        return cleaned

    def _kept(self, cleaned: dict, name: str) -> list:
        """What is ticked, and what the person has that this page does not offer (closed, or another place's)."""
        ticked = list(cleaned.get(name, ()))
        if self.person is None:
            return ticked
        offered = {*self.fields[name].queryset, *(self.fields["needs"].queryset if name == "tags" else ())}
        return ticked + [one for one in getattr(self.person, name).all() if one not in offered]

    def _raw(self, cleaned: dict) -> dict:
        """What was typed; an edit that leaves the number empty keeps the number on file."""
        raw = {name: value for name, value in cleaned.items() if name not in _ROWS}
        if raw.get("id_type") not in OF_ANY_COUNTRY:
            raw["nationality"] = nationalities.CHINA
        document = self.person.primary_identifier if self.person else None
        if document and not raw.get("number") and raw.get("id_type") == document.id_type:
            raw["number"] = document.number
        return raw


def villages_for(user):
    """Villages in which ``user`` may register: of the user's places, and of the towns of the user's sites and units."""
    prefixes = set(user.scope("residents.edit").town_prefixes)
    prefixes |= {role.organisation.place.code[:9] for role in user.roles() if role.organisation_id}
    return Place.objects.current().villages().filter(any_code_range("code", prefixes))


def initial_of(person: Resident) -> dict:
    """What the form shows when ``person`` is edited."""
    document = person.primary_identifier
    willing = {True: "愿意", False: "不愿意", None: ""}[person.willing]
    return {
        **{name: getattr(person, name) for name in _OF_MODEL},
        "birth_date": person.birth_date.isoformat(),
        "nationality": person.nationality,
        "village": person.village_id,
        "organisation": person.organisation_id,
        "household_no": person.household.number if person.household else "",
        "priority_groups": [group.pk for group in person.priority_groups.all()],
        "tags": (tags := [tag.pk for tag in person.tags.all()]),
        "needs": tags,
        "willing": willing,
        "seen_at": person.updated_at.isoformat(),
        **_document_initial(document),
    }


def _document_initial(document: ResidentIdentifier | None) -> dict:
    if document is None:
        return {}
    return {
        "id_type": document.id_type,
        "no_document_reason": document.no_document_reason,
        "guarantor": document.guarantor,
    }


def _helper(person: Resident | None) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(
        "key",
        "seen_at",
        Fieldset(
            "本人",
            "id_type",
            Div("number", css_class="for-document"),
            HTML('<div id="checked" class="checked" aria-live="polite"></div>'),
            Div("no_document_reason", "guarantor", css_class="for-none"),
            Div("nationality", css_class="for-any-country"),
            Field("name"),
            Div("sex", "birth_date", css_class="pair"),
            Div("phone", "phone_owner", css_class="pair"),
        ),
        Fieldset(
            "住在哪里",
            Div("village", "group_no", css_class="pair"),
            Div("household_no", "relation_to_head", css_class="pair"),
            "address",
            "residence",
            Div("away_place", css_class="for-elsewhere"),
        ),
        HTML(
            '<details class="more"{% if form.errors or form.person %} open{% endif %}><summary>更多资料(选填)</summary>'
        ),
        Fieldset(
            "单位和人群",
            "organisation",
            "workplace",
            Div("school_class", "guardian_name", css_class="pair"),
            Div("occupation", "hukou_address", css_class="pair"),
            "priority_groups",
            "tags",
        ),
        Fieldset(
            "健康和意愿",
            "conditions",
            "needs",
            "special_needs",
            Div("willing", "not_vaccinated_reason", css_class="pair"),
            Div("responsible_name", "grid", css_class="pair"),
            "note",
        ),
        HTML("</details>"),
    )
    return helper

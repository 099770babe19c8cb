"""Forms of the rosters."""

from dataclasses import fields

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from core import idnumbers, phones
from core.choices import Sex
from core.dates import parse_loose_date
from core.text import clean
from core.views import KeyedForm
from places.models import Organisation, Place
from residents.choices import OF_ANY_COUNTRY, Grade, GuardianRelation, IdType, Residence
from residents.forms.person import NATIONALITIES, NATIONALITY_MISSING, villages_for
from residents.models import RosterEntry
from residents.nationalities import CHINA
from residents.services.persons import Document, PersonValues, clean_values
from residents.services.rosters import RosterDetails

_PUPIL = ("grade", "class_no", "guardian_name", "guardian_phone", "guardian_relation", "home_county")
_STAFF = ("job",)


class _DayMixin:
    def _day(self, name: str):
        try:
            day = parse_loose_date(self.cleaned_data[name], today=localdate())
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if day is None:
            raise ValidationError("请填写日期。")
        return day


class EntryForm(_DayMixin, KeyedForm):
    """What a roster says of one person; a school asks for class and guardian, everybody else for the job."""

    grade = forms.TypedChoiceField(
        label="年级", choices=[("", "未分班"), *Grade.choices], required=False, coerce=int, empty_value=None
    )
    class_no = forms.CharField(label="班", max_length=10, required=False, help_text="只填数字,如 2")
    job = forms.CharField(label="岗位(班组)", max_length=30, required=False)
    member_no = forms.CharField(label="学号(工号)", max_length=30, required=False)
    guardian_name = forms.CharField(label="监护人姓名", max_length=60, required=False)
    guardian_relation = forms.ChoiceField(
        label="监护人关系", choices=[("", "没有填"), *GuardianRelation.choices], required=False
    )
    guardian_phone = forms.CharField(label="监护人电话", max_length=20, required=False)
    home_county = forms.CharField(
        label="现居住的外县(区)",
        max_length=80,
        required=False,
        help_text="只有住在外县的学生才填,写到省市县,如“陕西省榆林市榆阳区”。名单会推送给那里。",
    )
    button = "保存"

    def __init__(self, *args, organisation: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        for name in _STAFF if organisation.is_school else _PUPIL:
            del self.fields[name]
        self.helper = FormHelper()
        self.helper.layout = Layout(*self._parts(), Submit("save", self.button))

    def _parts(self) -> list:
        return ["key", *self._details()]

    def _details(self) -> list:
        if not self.organisation.is_school:
            return [Div("job", "member_no", css_class="pair")]
        return [
            Div("grade", "class_no", css_class="pair"),
            "member_no",
            Div("guardian_name", "guardian_relation", css_class="pair"),
            "guardian_phone",
            "home_county",
        ]

    def clean_guardian_phone(self):
        try:
            return phones.check(self.cleaned_data["guardian_phone"])
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean_class_no(self):
        return clean(self.cleaned_data["class_no"]).removesuffix("班")

    def details(self) -> RosterDetails:
        """What was typed, for the service."""
        names = {f.name for f in fields(RosterDetails)} & self.cleaned_data.keys()
        return RosterDetails(**{name: self.cleaned_data[name] for name in names})


def initial_of_entry(entry: RosterEntry) -> dict:
    """What the form shows of an entry."""
    return {f.name: getattr(entry, f.name) for f in fields(RosterDetails)}


class MemberForm(EntryForm):
    """A person by number and name; who is not registered in the township yet is registered with the village chosen here.

    Valid values are ``document`` and ``newcomer`` (None when no village was chosen).
    """

    id_type = forms.ChoiceField(
        label="证件类型", choices=[c for c in IdType.choices if c[0] != IdType.NONE], initial=IdType.ID_CARD
    )
    number = forms.CharField(label="证件号码", max_length=40)
    name = forms.CharField(label="姓名", max_length=60)
    since = forms.CharField(label="进入日期", initial=localdate, help_text="入学、入职、进场的日期")
    village = forms.ModelChoiceField(
        Place.objects.none(), label="现住的村(社区)", required=False, empty_label="已在居民名册上,不用选"
    )
    phone = forms.CharField(label="联系电话", max_length=20, required=False)
    residence = forms.ChoiceField(
        label="人员类别",
        choices=[c for c in Residence.choices if not c[0].startswith("away")],
        required=False,
    )
    away_place = forms.CharField(
        label="从哪里来(流入的填)", max_length=80, required=False, help_text="省市县"
    )
    sex = forms.ChoiceField(label="性别", choices=[("", "由身份证号带出"), *Sex.choices], required=False)
    birth_date = forms.CharField(label="出生日期", required=False, help_text="填了身份证号会自动带出")
    nationality = forms.ChoiceField(
        label="国籍", choices=NATIONALITIES, required=False, help_text="护照、永久居留证要选;身份证不用"
    )
    button = "加入名册"

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.document: Document | None = None
        self.newcomer: PersonValues | None = None
        self.fields["village"].queryset = villages_for(user)
        for name in ("number", "name"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def _parts(self) -> list:
        return [
            "key",
            Fieldset(
                "是谁", Div("id_type", "number", css_class="pair"), Div("name", "since", css_class="pair")
            ),
            Fieldset("在单位", *self._details()),
            Fieldset(
                "还没有登记过的人,再填这些",
                HTML('<p class="hint">已在本镇居民名册上的人会自动找到,下面都不用填。</p>'),
                Div("village", "phone", css_class="pair"),
                Div("residence", "away_place", css_class="pair"),
                Div("sex", "birth_date", css_class="pair"),
                "nationality",
            ),
        ]

    def clean_since(self):
        return self._day("since")

    def clean(self):
        cleaned = super().clean()
        if not {"id_type", "number"} <= cleaned.keys():
            return cleaned
        found = idnumbers.check(cleaned["id_type"], cleaned["number"], today=localdate())
        for problem in found.errors:
            self.add_error("number", problem.message)
        if not found.ok:
            return cleaned
        flags = tuple(problem.code for problem in found.warnings)
        self.document = Document(cleaned["id_type"], found.number, flags)
        if cleaned.get("village"):
            self._read_newcomer(cleaned)
        return cleaned

    def _read_newcomer(self, cleaned: dict) -> None:
        raw = {
            name: cleaned.get(name, "")
            for name in ("id_type", "number", "name", "phone", "sex", "birth_date", "nationality")
        }
        if cleaned["id_type"] not in OF_ANY_COUNTRY:
            raw["nationality"] = CHINA
        elif not raw["nationality"]:
            self.add_error("nationality", NATIONALITY_MISSING)
        raw |= {"residence": cleaned.get("residence", ""), "away_place": cleaned.get("away_place", "")}
        raw["guardian_name"] = cleaned.get("guardian_name", "")
        if cleaned.get("home_county"):  # counted where the pupil lives (S32)
            raw |= {"residence": Residence.AWAY_COUNTY, "away_place": cleaned["home_county"]}
        self.newcomer, problems = clean_values(raw, village=cleaned["village"], today=localdate())
        for problem in problems:
            if problem.level == "error" and problem.field not in self.errors:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)


class LeaveForm(_DayMixin, forms.Form):
    """Off a roster, with day and reason."""

    on = forms.CharField(label="离开日期", initial=localdate)
    reason = forms.CharField(label="离开原因", max_length=80, help_text="例如:离职、转学、毕业、完工退场")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "移出这份名册", css_class="btn-danger"))

    def clean_on(self):
        return self._day("on")

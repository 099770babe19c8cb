"""Forms of a campaign: opening it, changing it, its phases, closing it."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms

from campaigns.choices import InternalPolicy
from campaigns.models import PriorityGroup, QuestionSet, ScheduleRule
from campaigns.rules import rules_from_data
from campaigns.services.reference import checklists, consent_codes, latest_consent
from campaigns.services.setup import SHORTEST_OBSERVATION
from core.choices import Sex
from core.widgets import DateInput
from inventory.models import Vaccine
from places.choices import Level
from places.models import Place

AGE_KEYS = ("age_min", "age_max", "sex")


def _date(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), **kwargs)


def _age(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=150, required=False)


def helper(button: str, *layout, css: str = "btn-primary") -> FormHelper:
    """A crispy helper whose button says the deed."""
    made = FormHelper()
    made.layout = Layout(*layout, Submit("save", button, css_class=css))
    return made


class _AgesForm(forms.Form):
    """Ages and sex of a cohort; ``cohort()`` gives them in the shape of campaigns/data/README.md."""

    age_min = _age("最小年龄(周岁,可不填)")
    age_max = _age("最大年龄(周岁,可不填)")
    sex = forms.ChoiceField(label="性别", choices=[("", "不限"), *Sex.choices], required=False)

    def clean(self):
        data = super().clean()
        low, high = data.get("age_min"), data.get("age_max")
        if low is not None and high is not None and high < low:
            self.add_error("age_max", "最大年龄不能小于最小年龄。")
        return data

    def cohort(self) -> dict:
        """What was asked for; an empty field asks nothing."""
        given = {key: self.cleaned_data.get(key) for key in AGE_KEYS}
        return {key: value for key, value in given.items() if value not in (None, "")}


class _CourseForm(_AgesForm):
    """What can also be changed later."""

    name = forms.CharField(label="活动名称", max_length=60, help_text="例如:2026 年秋季流感疫苗接种。")
    starts_on = _date("开始日期")
    ends_on = _date("截止日期")
    observation_minutes = forms.IntegerField(
        label="留观分钟", min_value=SHORTEST_OBSERVATION, max_value=240, initial=SHORTEST_OBSERVATION
    )
    booking_cutoff = forms.TimeField(
        label="次日名单截止",
        initial="16:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="各村每天在此之前报出第二天的名单。",
    )


class CampaignForm(_CourseForm):
    """A new campaign against ``disease``."""

    place = forms.ModelChoiceField(
        Place.objects.none(), label="组织单位", help_text="活动面向这个地方登记的全部居民。"
    )
    season = forms.CharField(
        label="季次(可不填)",
        max_length=10,
        required=False,
        help_text="每季重新接种的(如流感)填写,例如 2026-27;填了以后只数本季的剂次。",
    )
    target_age_ref_date = _date(
        "年龄算到哪一天", help_text="目标人群按这一天的年龄计算;以后要改,在“基数”里写明原因。"
    )
    products = forms.MultipleChoiceField(label="使用的疫苗", widget=forms.CheckboxSelectMultiple)
    county_internal_policy = forms.ChoiceField(
        label="县域内流动人口计入", choices=InternalPolicy, initial=InternalPolicy.HUKOU
    )
    adult_questions = forms.ChoiceField(label="成人健康询问")
    minor_questions = forms.ChoiceField(label="儿童健康询问")
    adult_consent = forms.ChoiceField(label="成人知情同意书")
    minor_consent = forms.ChoiceField(label="监护人知情同意书")
    checklist = forms.ChoiceField(label="接种前核对")

    def __init__(self, *args, user, disease, **kwargs):
        super().__init__(*args, **kwargs)
        fields, prefixes = self.fields, user.scope("campaigns.manage").prefixes
        places = Place.objects.current().inside(prefixes).filter(level__in=(Level.COUNTY, Level.TOWN))
        fields["place"].queryset = places
        fields["place"].initial = places.first()
        fields["products"].choices = _products(disease)
        if len(fields["products"].choices) == 1:
            fields["products"].initial = [fields["products"].choices[0][0]]
        sets = [(row.code, str(row)) for row in QuestionSet.objects.all()]
        fields["adult_questions"].choices = fields["minor_questions"].choices = sets
        fields["adult_questions"].initial = "adult-2021"
        fields["minor_questions"].initial = "child-2021"
        for name, minor in (("adult_consent", False), ("minor_consent", True)):
            codes = consent_codes(disease, minor=minor)
            fields[name].choices = [(code, str(latest_consent(code))) for code in codes]
        fields["checklist"].choices = [(item["code"], item["name"]) for item in checklists()]
        for name in ("adult_consent", "minor_consent", "checklist"):
            fields[name].initial = fields[name].choices[0][0]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("活动", "name", "place", Row(Column("starts_on"), Column("ends_on")), "season"),
            Fieldset(
                "目标人群", Row(Column("age_min"), Column("age_max"), Column("sex")), "target_age_ref_date"
            ),
            Fieldset("疫苗", "products"),
            Fieldset(
                "做法",
                "county_internal_policy",
                Row(Column("booking_cutoff"), Column("observation_minutes")),
                Row(Column("adult_questions"), Column("minor_questions")),
                Row(Column("adult_consent"), Column("minor_consent")),
                "checklist",
            ),
        )


def _products(disease: str) -> list[tuple[str, str]]:
    """Vaccines that a rule of ``disease`` offers; what no rule names could never be given."""
    rules = rules_from_data([rule.data for rule in ScheduleRule.objects.filter(disease=disease)])
    codes = {code for rule in rules for step in rule.steps for code in step.products}
    return [(v.code, str(v)) for v in Vaccine.objects.filter(disease=disease, code__in=codes)]


class ChangeForm(_CourseForm):
    """Dates, ages and daily practice of a campaign that is open."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            "保存修改",
            "name",
            Row(Column("starts_on"), Column("ends_on")),
            Row(Column("age_min"), Column("age_max"), Column("sex")),
            Row(Column("booking_cutoff"), Column("observation_minutes")),
        )


class PhaseForm(_AgesForm):
    """A step of the campaign. Untouched, as a line of ``PhaseFormSet``, it asks nothing."""

    name = forms.CharField(label="阶段名称", max_length=60)
    starts_on = _date("开始日期")
    ends_on = _date("截止日期")
    groups_any = forms.MultipleChoiceField(
        label="只含这些重点人群(可不选)", required=False, widget=forms.CheckboxSelectMultiple
    )
    is_open = forms.BooleanField(label="已开放预约和接种", required=False, initial=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        groups = PriorityGroup.objects.in_use()
        self.fields["groups_any"].choices = [(group.code, str(group)) for group in groups]
        self.helper = helper(
            "增加这个阶段",
            "name",
            Row(Column("starts_on"), Column("ends_on")),
            Row(Column("age_min"), Column("age_max"), Column("sex")),
            "groups_any",
            "is_open",
        )

    def values(self) -> dict:
        """What ``campaigns.services.setup.add_phase`` takes."""
        plain = {key: self.cleaned_data[key] for key in ("name", "starts_on", "ends_on", "is_open")}
        groups = self.cleaned_data.get("groups_any")
        return plain | {"cohort": self.cohort() | ({"groups_any": groups} if groups else {})}


PhaseFormSet = forms.formset_factory(PhaseForm, extra=3, max_num=12, absolute_max=20)


class CloseForm(forms.Form):
    """Closing needs a reason."""

    reason = forms.CharField(label="结束原因", max_length=120, help_text="例如:任务完成、上级通知结束。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("结束这个活动", "reason", css="btn-danger")


class KeyGroupForm(forms.Form):
    """The name of a key group."""

    name = forms.CharField(label="名称", max_length=80)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("保存", "name")

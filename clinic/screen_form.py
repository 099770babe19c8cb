"""The screening form: what is measured and asked, and the doctor's own decision."""

from django import forms

from campaigns.rules import QuestionKind, Scope
from clinic.choices import Outcome
from clinic.forms import required_words
from clinic.ruling import Ruling
from core.views import KeyedForm
from core.widgets import DateInput
from inventory.models import Vaccine

YES_NO = [("1", "是"), ("0", "否")]
OTHER_VACCINES = [("", "一般疫苗"), ("live", "减毒活疫苗"), ("RAB-5", "狂犬病疫苗"), ("TET", "破伤风疫苗")]


class RulingFields(forms.Form):
    """Empty unless the doctor decides otherwise than the answers say."""

    ruling = forms.ChoiceField(
        label="医生判定",
        choices=[("", "按回答判定"), (Outcome.DEFER, "暂缓"), (Outcome.CONTRA, "禁忌")],
        required=False,
    )
    ruling_until = forms.DateField(
        label="哪天起可种",
        required=False,
        widget=DateInput(),
        help_text="暂缓必填;禁忌不填的,到医生解除为止。",
    )
    ruling_scope = forms.ChoiceField(
        label="禁忌范围",
        choices=[(Scope.ALL, "所有疫苗"), (Scope.PRODUCT, "只这种疫苗"), (Scope.PLATFORM, "这一类疫苗")],
        required=False,
    )
    ruling_reason = forms.CharField(label="依据", max_length=200, required=False)

    def ruling_given(self) -> Ruling | None:
        """What the doctor decided, None when it is left to the answers."""
        data = self.cleaned_data
        if not data["ruling"]:
            return None
        scope = Scope(data["ruling_scope"] or Scope.ALL)
        return Ruling(Outcome(data["ruling"]), data["ruling_reason"], data["ruling_until"], scope)


class ScreenForm(RulingFields, KeyedForm):
    """Temperature, health code and the questions this person is asked, in their order."""

    celsius = forms.DecimalField(
        label="体温(腋下,℃)",
        max_digits=3,
        decimal_places=1,
        error_messages={"required": "请填写体温。", "invalid": "体温写成 36.5 这样的数。"},
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal", "autocomplete": "off"}),
    )
    health_code_ok = forms.ChoiceField(
        label="健康码正常",
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages=required_words("请查看健康码。"),
    )
    vaccine = forms.ModelChoiceField(
        label="拟种疫苗", queryset=Vaccine.objects.none(), required=False, empty_label="未定"
    )
    doctors_reason = forms.CharField(
        label="医生评估意见",
        required=False,
        max_length=200,
        help_text="只用于须由医生判断的回答:写明可以接种的理由。",
    )

    def __init__(self, *args, questions, vaccines, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = [q for q in questions if q.kind == QuestionKind.YES_NO]
        self.fields["vaccine"].queryset = vaccines
        for question in self.questions:
            self.fields[f"q_{question.code}"] = forms.ChoiceField(
                label=question.text,
                choices=YES_NO,
                widget=forms.RadioSelect,
                error_messages=required_words("还没有问这一项。"),
            )
            if question.ask_date:
                self.fields[f"on_{question.code}"] = forms.DateField(
                    label="日期", required=False, widget=DateInput()
                )
            if question.exempt:
                self.fields[f"which_{question.code}"] = forms.ChoiceField(
                    label="哪种疫苗", choices=OTHER_VACCINES, required=False
                )

    def clean(self):
        """A yes that counts from a day needs the day: without it the person would be sent home for too long."""
        cleaned = super().clean()
        for question in self.questions:
            on, which = f"on_{question.code}", cleaned.get(f"which_{question.code}")
            said_yes = cleaned.get(f"q_{question.code}") == "1"
            if question.ask_date and said_yes and not cleaned.get(on) and which not in question.exempt:
                self.add_error(on, "请填写日期,不能接种的天数从这一天算起;记不清的填最近可能的一天。")
        return cleaned

    def rows(self) -> list[dict]:
        """For the page: question, its field, and what is asked on a yes."""
        return [
            {
                "question": question,
                "field": self[f"q_{question.code}"],
                "on": self[f"on_{question.code}"] if question.ask_date else None,
                "which": self[f"which_{question.code}"] if question.exempt else None,
            }
            for question in self.questions
        ]

    def answers(self) -> dict[str, dict]:
        """As ``services.screenings.screen`` takes them."""
        found = {}
        for question in self.questions:
            answer = {"yes": self.cleaned_data[f"q_{question.code}"] == "1"}
            if on := self.cleaned_data.get(f"on_{question.code}"):
                answer["on"] = on.isoformat()
            which = self.cleaned_data.get(f"which_{question.code}")
            if which == "live":
                answer["live"] = True
            elif which:
                answer["product"] = which
            found[question.code] = answer
        return found

    @property
    def code_ok(self) -> bool:
        return self.cleaned_data["health_code_ok"] == "1"

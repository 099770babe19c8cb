"""Forms of the visit round: one tap says what came of a contact."""

from dataclasses import dataclass
from datetime import timedelta

from crispy_forms.helper import FormHelper
from django import forms

from core.views import KeyedForm
from core.widgets import DateInput
from residents.choices import NotVaccinatedReason as Reason
from residents.choices import OutreachKind


@dataclass(frozen=True)
class Outcome:
    """One big button: its word, its colour, and what it means."""

    code: str
    word: str
    css: str = "btn-outline-secondary"
    met: bool = True
    reason: str = ""
    days: int | None = None  # promised for so many days from now


OUTCOMES = {
    one.code: one
    for one in (
        Outcome("tomorrow", "答应明天来", "btn-primary", days=1),
        Outcome("promise", "答应来(日期填在上面)", "btn-primary"),
        Outcome("refused", "不愿意", "btn-outline-danger", reason=Reason.REFUSED),
        Outcome("busy", "没时间", reason=Reason.NO_TIME),
        Outcome("immobile", "行动不便", reason=Reason.CANNOT_MOVE),
        Outcome("unaware", "不了解(已讲解)", reason=Reason.UNAWARE),
        Outcome("ill", "有病不能种", reason=Reason.CONTRAINDICATED),
        Outcome("deferred", "医生让缓一缓", reason=Reason.DEFERRED),
        Outcome("far", "接种点太远", reason=Reason.TOO_FAR),
        Outcome("away", "在外地", reason=Reason.AWAY),
        Outcome("elsewhere", "说在外地种了", reason=Reason.ELSEWHERE),
        Outcome("other", "其他(写在说明里)", reason=Reason.OTHER),
        Outcome("absent", "没见到人", met=False),
        Outcome("lost", "电话不通,失联", met=False, reason=Reason.LOST),
    )
}


class OutreachForm(KeyedForm):
    """Optional fields first; the button tapped is the outcome."""

    kind = forms.ChoiceField(
        label="方式", choices=OutreachKind.choices, initial=OutreachKind.VISIT, widget=forms.RadioSelect
    )
    promised_on = forms.DateField(label="答应哪天来(选填)", required=False, widget=DateInput())
    next_on = forms.DateField(label="下次联系日期(选填)", required=False, widget=DateInput())
    next_step = forms.CharField(
        label="下一步(选填)", required=False, max_length=60, help_text="如:让儿子劝、派车、请医生上门看"
    )
    note = forms.CharField(label="说明(选填)", required=False, max_length=200)
    outcome = forms.ChoiceField(
        choices=[(code, one.word) for code, one in OUTCOMES.items()],
        widget=forms.HiddenInput,
        error_messages={"required": "请点下面的一个按钮,说明联系的结果。"},
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.fields["promised_on"].widget.attrs["min"] = today.isoformat()
        self.fields["next_on"].widget.attrs["min"] = today.isoformat()

    def clean(self):
        cleaned = super().clean()
        outcome = OUTCOMES.get(cleaned.get("outcome", ""))
        if outcome is None:
            self.add_error(None, "请点下面的一个按钮,说明联系的结果。")
            return cleaned
        if outcome.code == "promise" and not cleaned.get("promised_on") and "promised_on" not in self.errors:
            self.add_error("promised_on", "请先选答应来的日期,再点“答应来”。")
        return cleaned

    @property
    def said(self) -> dict:
        """What ``outreach.log`` takes."""
        data, outcome = self.cleaned_data, OUTCOMES[self.cleaned_data["outcome"]]
        promised = data["promised_on"] if outcome.code == "promise" else None
        if outcome.days is not None:
            promised = self.today + timedelta(days=outcome.days)
        copied = {name: data[name] for name in ("kind", "next_on", "next_step", "note", "key")}
        return copied | {"met": outcome.met, "reason": outcome.reason, "promised_on": promised}

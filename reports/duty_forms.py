"""Forms of the duty and meetings book."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.forms.models import fields_for_model

from core.text import clean
from core.views import KeyedForm
from core.widgets import DateInput, TimeInput
from reports.choices import FOLLOW_UP_OVER, FollowUpDeed, MeetingKind
from reports.models import DutyDay, FollowUp, FollowUpStep, Hearing, Meeting
from reports.models.duty_book import BookEntry

_WIDGETS = {
    "on": DateInput(),
    "starts_at": TimeInput(),
    "said": forms.Textarea(attrs={"rows": 4}),
    "present": forms.Textarea(attrs={"rows": 2}),
    "decisions": forms.Textarea(attrs={"rows": 6}),
}


_OPTIONAL = "(可不填)"


class _BookForm(KeyedForm):
    button = "保存"

    def lay_out(self) -> None:
        """To be called when the fields are complete."""
        for field in self.fields.values():
            if not field.required and not field.widget.is_hidden:
                field.label = f"{field.label.removesuffix(_OPTIONAL)}{_OPTIONAL}"
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", self.button))


class EntryForm(_BookForm):
    """An entry of ``model``: the first version, or after ``last`` the next one, which needs a reason."""

    model: type[BookEntry]
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, last: BookEntry | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= fields_for_model(self.model, fields=self.model.WORDS, widgets=_WIDGETS)
        self.fields["based_on"].initial = last.number if last else 0
        if last:
            for name, said in last.words.items():
                self.fields[name].initial = said
            self.fields["reason"] = forms.CharField(
                label="更正原因", max_length=120, help_text="原来的一版保留,谁改的、为什么改都看得到。"
            )
            self.button = "存为更正后的一版"
        self.lay_out()

    def words(self) -> dict:
        """What was typed, by field of the model."""
        return {name: self.cleaned_data[name] for name in self.model.WORDS}

    def version(self) -> dict:
        """What a correction says beside its words, as keywords of the service."""
        return {
            "based_on": self.cleaned_data["based_on"] or 0,
            "reason": self.cleaned_data.get("reason", ""),
        }


class DutyDayForm(EntryForm):
    """Who leads on a day."""

    model = DutyDay


class HearingForm(EntryForm):
    """Who has heard how the day stands, and what was said. The day is asked for once."""

    model = Hearing
    button = "登记,数字按现在的冻结"
    day = forms.DateField(
        label="听哪一天的情况",
        widget=DateInput(),
        help_text="选别的日子,保存时就按那一天的数字;已经封存的日子按封存的数字。",
    )

    def __init__(self, *args, last: Hearing | None = None, **kwargs):
        super().__init__(*args, last=last, **kwargs)
        if last:
            del self.fields["day"]
            self.lay_out()


class MeetingForm(EntryForm):
    """A meeting that was held."""

    model = Meeting
    button = "登记会议"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *MeetingKind.choices]


class RotaForm(_BookForm):
    """A spell of days in turns: one person a line, with the telephone behind the name."""

    button = "排班"
    since = forms.DateField(label="从", widget=DateInput())
    until = forms.DateField(label="到", widget=DateInput())
    leaders = forms.CharField(
        label="带班领导,每行一人:姓名 电话",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="按这个次序一天一人轮流。",
    )
    contacts = forms.CharField(
        label="联系人,每行一人:姓名 电话",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="只写一人,就每天都是这个人。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lay_out()

    def clean_leaders(self) -> list[tuple[str, str]]:
        return _people(self.cleaned_data["leaders"])

    def clean_contacts(self) -> list[tuple[str, str]]:
        return _people(self.cleaned_data["contacts"])


def _people(text: str) -> list[tuple[str, str]]:
    """(name, telephone) of each line; the telephone is what stands last, if it begins with a figure."""
    found = []
    for line in filter(None, map(clean, text.splitlines())):
        name, _, last = line.rpartition(" ")
        found.append((name, last) if name and last[0].isdigit() else (line, ""))
        if len(found[-1][0]) > DutyDay.leader.field.max_length or len(found[-1][1]) > 20:
            raise forms.ValidationError(f"“{line[:30]}”太长,一行写一个人:姓名 电话。")
    return found


class FollowUpForm(_BookForm):
    """What somebody is to do until a day."""

    button = "登记督办事项"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widgets = {"due_on": DateInput()}
        self.fields |= fields_for_model(FollowUp, fields=("what", "who", "due_on"), widgets=widgets)
        self.lay_out()


class StepForm(_BookForm):
    """What has become of ``follow_up`` (``with_state``): only what can be done now is offered."""

    kind = forms.ChoiceField(label="办理")

    def __init__(self, *args, follow_up: FollowUp, **kwargs):
        super().__init__(*args, **kwargs)
        over = (FollowUpDeed.REOPENED,)
        still = (FollowUpDeed.FINISHED, FollowUpDeed.MOVED, FollowUpDeed.CANCELLED)
        offered = over if follow_up.state in FOLLOW_UP_OVER else still
        self.fields["kind"].choices = [(one.value, one.label) for one in offered]
        widgets = {"due_on": DateInput()}
        self.fields |= fields_for_model(FollowUpStep, fields=("note", "due_on"), widgets=widgets)
        self.fields["note"].label = "办理情况或原因"
        self.fields["due_on"].help_text = "改期时填写;退回重办也可以给新的期限。"
        self.lay_out()

"""Forms of the office's texts."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from core.views import KeyedForm
from core.widgets import DateInput
from reports.choices import BulletinKind
from reports.models import BulletinVersion

_TEXT = "text_"


class NewBulletinForm(KeyedForm):
    """Which text, about which day."""

    kind = forms.ChoiceField(label="写什么", choices=BulletinKind)
    day = forms.DateField(
        label="日期",
        widget=DateInput(),
        help_text="日报写这一天,周报写这一天所在的一周(周一到周日),工作总结从活动开始写到这一天。",
    )


class WordingForm(KeyedForm):
    """The title and one box a section; what is emptied is left out on paper."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=120, required=False)

    def __init__(self, *args, version: BulletinVersion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["based_on"].initial, self.fields["title"].initial = version.number, version.title
        for part in version.sections:
            self.fields[_TEXT + part["code"]] = forms.CharField(
                label=part["heading"],
                initial=part["text"],
                max_length=10_000,
                required=False,
                widget=forms.Textarea(attrs={"rows": _rows(part["text"])}),
            )
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", "保存为新的一版"))

    def texts(self) -> dict[str, str]:
        """Code of the section → its words."""
        sections = (name for name in self.fields if name.startswith(_TEXT))
        return {name.removeprefix(_TEXT): self.cleaned_data[name] for name in sections}


def _rows(text: str) -> int:
    """Lines that the text takes at about forty characters a line, and one more."""
    return min(20, 1 + sum(1 + len(line) // 44 for line in text.splitlines()))


class RenewForm(KeyedForm):
    """Which of the office's own sections are written anew too; the others stay."""

    also = forms.MultipleChoiceField(
        label="自己改过的几节,也要按新数字重写的请打勾(改过的文字留在旧版本里)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, version: BulletinVersion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["also"].choices = [(part["code"], part["heading"]) for part in version.own]
        if not version.own:
            del self.fields["also"]
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", "重新取数,存为新的一版"))

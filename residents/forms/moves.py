"""Forms of moves between registers."""

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.timezone import localdate

from places.models import Place
from residents.choices import MoveReason, Residence
from residents.forms.deeds import DeedForm


class MoveForm(DeedForm):
    """The person goes to another village."""

    button = "提出迁往别村"
    to_place = forms.ModelChoiceField(
        label="迁入的村(社区)", queryset=Place.objects.none(), empty_label="请选择"
    )
    residence = forms.ChoiceField(label="迁入后的人员类别", choices=Residence.choices)
    reason = forms.ChoiceField(label="原因", choices=[("", "请选择"), *MoveReason.choices])
    on = forms.CharField(label="日期", initial=localdate, help_text="搬过去的那一天,如 2026-11-01")
    note = forms.CharField(label="说明", required=False, max_length=200)

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        villages = Place.objects.current().villages().inside({person.village_code[:6]})
        self.fields["to_place"].queryset = villages.exclude(pk=person.village_id)

    def clean_on(self):
        return self._day("on")


class ClaimForm(DeedForm):
    """A number that is registered elsewhere: ask for the person. Filled from the entry form or typed."""

    button = "提出迁入"
    name = forms.CharField(label="姓名", max_length=60)
    id_type = forms.CharField(label="证件类型", max_length=3, initial="01", widget=forms.HiddenInput)
    number = forms.CharField(label="证件号码", max_length=40)
    village = forms.ModelChoiceField(
        label="迁入的村(社区)", queryset=Place.objects.none(), empty_label="请选择"
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        mine = Place.objects.current().villages().inside(user.scope("moves.propose").prefixes)
        self.fields["village"].queryset = mine
        if len(mine) == 1:
            self.fields["village"].initial = mine[0]


class AnswerForm(DeedForm):
    """The answer to a proposal; the button says which."""

    # Several lines: in a single one Enter would press the first button, which agrees.
    note = forms.CharField(
        label="答复说明",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="同意的可以不填。",
    )

    def __init__(self, *args, buttons, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.inputs = []
        drawn = [
            StrictButton(word, type="submit", name=n, value="1", css_class=css) for n, word, css in buttons
        ]
        self.helper.layout = Layout("key", "note", Div(*drawn, css_class="form-actions"))

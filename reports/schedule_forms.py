"""The form by which an office says which report it wants when."""

from datetime import time

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from core.views import KeyedForm
from core.widgets import TimeInput
from places.models import Place
from reports.choices import ScheduleDays
from reports.services.schedules import Wish
from reports.sheet_kinds import PRODUCED

EVENING = time(18)


class ScheduleForm(KeyedForm):
    """Report, place, days, hour. ``kinds`` and ``places`` are what the user may ask for."""

    kind = forms.ChoiceField(
        label="报表", help_text="日报按乡镇;周排名在周一生成时排上一周;名单和库存按生成那一刻的情况。"
    )
    place = forms.ChoiceField(label="单位")
    days = forms.ChoiceField(label="哪些天", choices=ScheduleDays)
    at = forms.TimeField(
        label="几点",
        initial=EVENING,
        widget=TimeInput(),
        help_text="早上 6 点以前生成的,做的是前一天的。",
    )

    def __init__(self, *args, kinds: list[str], places: list[Place], word: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = {place.code: place for place in places}
        self.fields["kind"].choices = [(code, _title(code)) for code in kinds]
        self.fields["place"].choices = [(code, str(place)) for code, place in self.places.items()]
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", word))

    @property
    def wish(self) -> Wish:
        """What was asked for."""
        data = self.cleaned_data
        return Wish(data["kind"], self.places[data["place"]], data["days"], data["at"].replace(second=0))


def _title(code: str) -> str:
    kind = PRODUCED[code]
    return f"{kind.title}(含个人信息,由您下载)" if kind.is_personal else kind.title

"""The filter row of second doses."""

from django import forms

from appointments.choices import Band


class SecondForm(forms.Form):
    """Which part of the list of second doses."""

    band = forms.ChoiceField(label="先看", required=False, choices=[("", "全部"), *Band.choices])
    village = forms.ChoiceField(label="村(社区)", required=False)
    who = forms.ChoiceField(label="包保人", required=False)
    dose = forms.ChoiceField(
        label="剂次", required=False, choices=[("", "全部"), ("2", "第2剂"), ("3", "第3剂及以后")]
    )
    booked = forms.ChoiceField(
        label="预约", required=False, choices=[("", "全部"), ("no", "还没约"), ("yes", "已约")]
    )

    def __init__(self, *args, villages, **kwargs):
        """``villages``: those of the board, with who answers there."""
        super().__init__(*args, **kwargs)
        whole = [(village.village, village.name) for village in villages]
        parts = {part.who: part.name for village in villages for part in village.parts}
        self.fields["village"].choices = [("", "全部"), *whole]
        self.fields["who"].choices = [("", "全部"), *parts.items()]

    @property
    def criteria(self) -> dict[str, str]:
        """The filters in use; a forged one is left out."""
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}

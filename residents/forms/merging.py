"""Forms of two alike records: what somebody says of them, and the merge itself."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from core.views import KeyedForm
from residents.choices import PairVerdict
from residents.services.merge_fields import ABSORBED, BOTH, KEPT, Difference


class PairMarkForm(KeyedForm):
    """可能重复, or 不是同一人 with the reason. ``may_part``: may call them two people."""

    verdict = forms.ChoiceField(label="判断", choices=PairVerdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="依据",
        max_length=200,
        required=False,
        help_text="如:查户口本,是堂兄弟;或:本人说两份都是他。选“不是同一人”时必填",
    )

    def __init__(self, *args, may_part: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_part:
            self.fields["verdict"].choices = [(PairVerdict.MAYBE, PairVerdict.MAYBE.label)]
            self.fields["verdict"].initial = PairVerdict.MAYBE
            self.fields["reason"].help_text = "如:本人说两份都是他。保存后由镇办核对两份档案"
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "保存判断"))


class MergeForm(KeyedForm):
    """One radio per value in which the two records differ, and the reason; laid out by the template."""

    reason = forms.CharField(
        label="合并原因", max_length=200, help_text="如:同一人,出生证和身份证各登记了一次"
    )
    _WORDS = {KEPT: "保留的档案", ABSORBED: "并入的档案", BOTH: "两边都要"}

    def __init__(self, *args, differences: list[Difference], **kwargs):
        super().__init__(*args, **kwargs)
        self.differences = differences
        for row in differences:
            self.fields[f"choose_{row.key}"] = forms.ChoiceField(
                label=row.word,
                choices=[(side, self._WORDS[side]) for side in row.sides],
                initial=row.default,
                required=False,
            )

    @property
    def rows(self):
        """(difference, side now chosen) for the table of the page."""
        return [(row, self[f"choose_{row.key}"].value() or row.default) for row in self.differences]

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen, as ``merging.merge`` takes it; also of a form with other errors."""
        cleaned = getattr(self, "cleaned_data", {})
        return {row.key: cleaned.get(f"choose_{row.key}") or row.default for row in self.differences}


class UnmergeForm(KeyedForm):
    """Why a merge was wrong."""

    reason = forms.CharField(label="撤销原因", max_length=200, help_text="如:查户口本,是两个人")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("undo", "撤销合并"))

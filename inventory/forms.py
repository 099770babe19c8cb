"""Forms of the keeper about one lot: write off, hold and release; and the reason for a deed."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout, Submit
from django import forms

from core.views import KeyedForm
from inventory.choices import OPENED_REASONS, WasteReason


def deed_helper(word: str, back: str, *fields) -> FormHelper:
    """The layout of a deed: ``fields``, the button ``word``, and the way back without doing it."""
    made = FormHelper()
    made.layout = Layout(
        *fields,
        Submit("save", word),
        HTML(f'<a class="btn btn-link" href="{back}">不做,返回</a>'),
    )
    return made


class WasteForm(KeyedForm):
    """Vials or opened doses that nobody will get."""

    CLOSED, OPENED = "closed", "opened"
    what = forms.ChoiceField(label="报损的是", widget=forms.RadioSelect)
    quantity = forms.IntegerField(label="数量", min_value=1, max_value=100_000)
    reason = forms.ChoiceField(label="原因")
    note = forms.CharField(label="补充说明(可不填)", max_length=120, required=False)

    def __init__(self, *args, level, back, **kwargs):
        super().__init__(*args, **kwargs)
        choices, reasons = [], [("", "请选择")]
        if level.vials:
            closed = [(r.value, r.label) for r in WasteReason if r not in OPENED_REASONS]
            reasons.append(("未开启的整支", closed))
            choices.append((self.CLOSED, f"未开启的整支(现有 {level.vials} 支,按支填)"))
        if level.open_doses:
            opened = [(r.value, r.label) for r in WasteReason if r in OPENED_REASONS]
            reasons.append(("已开启的余量", opened))
            choices.append((self.OPENED, f"已开启一支的余量(现有 {level.open_doses} 剂,按剂填)"))
        self.fields["what"].choices, self.fields["reason"].choices = choices, reasons
        if len(choices) == 1:
            self.fields["what"].initial = choices[0][0]
        self.helper = deed_helper(
            "登记报损", back, "key", "what", Field("quantity", inputmode="numeric"), "reason", "note"
        )

    def clean(self):
        data = super().clean()
        what, reason = data.get("what"), data.get("reason")
        if what and reason and (reason in OPENED_REASONS) != (what == self.OPENED):
            kinds = "已开启" if reason in OPENED_REASONS else "未开启"
            self.add_error(
                "reason", f"“{WasteReason(reason).label}”是{kinds}疫苗的原因,与上面选的不符,请改一处。"
            )
        return data


class ReasonForm(KeyedForm):
    """One reason in words; ``submit`` is the deed on the button."""

    reason = forms.CharField(label="原因", max_length=120)

    def __init__(self, *args, submit, back, hint="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint
        self.helper = deed_helper(submit, back, *self.fields)


class ReleaseForm(ReasonForm):
    """Why the hold ends, and the number that may have been missing."""

    release_no = forms.CharField(label="批签发合格证号", max_length=40, required=False)

    def __init__(self, *args, level, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "解除的依据"
        if level.lot.release_no:
            del self.fields["release_no"]
            self.helper.layout.fields.remove("release_no")
        else:
            self.fields["release_no"].help_text = "入库时还没有。没有这个号码不能解除。"


class NoteForm(KeyedForm):
    """A deed that needs no reason; words may be added."""

    note = forms.CharField(label="说明(可不填)", max_length=120, required=False)

    def __init__(self, *args, submit, back, hint="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = hint
        self.helper = deed_helper(submit, back, *self.fields)

"""Forms of the office's own words."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms

from core.views import KeyedForm


class LetterForm(KeyedForm):
    """The letter to parents."""

    title = forms.CharField(label="标题", max_length=120, required=False)
    body = forms.CharField(
        label="正文",
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="一行一段。学生姓名、班级和回执在打印时自动加上。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", "保存为新的一版"))


class QuestionForm(LetterForm):
    """A question of the public with its answer."""

    title = forms.CharField(label="问题", max_length=120, required=False)
    body = forms.CharField(
        label="回答",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="一行一段。任何人不用登录都能看到,不要写个人信息。",
    )
    is_shown = forms.BooleanField(label="在公开网页上显示", required=False, initial=True)

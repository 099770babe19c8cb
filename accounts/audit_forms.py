"""What the inspector gets: which days, in which form, and what for."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import helper
from core.widgets import DateInput

LONGEST = 366  # days in one file


class AuditExportForm(forms.Form):
    """Days, form and reason of a copy of the trail."""

    since = forms.DateField(label="自", widget=DateInput())
    until = forms.DateField(label="至", widget=DateInput())
    form = forms.ChoiceField(label="文件", choices=[("xlsx", "Excel(.xlsx)"), ("csv", "文本表格(.csv)")])
    reason = forms.CharField(
        label="用途",
        min_length=4,
        max_length=200,
        help_text="例如“县网信办 2026 年第三季度检查”。导出会记录在案。",
        error_messages={"required": "请写明用途。"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("导出")

    def clean(self):
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and not 0 <= (until - since).days < LONGEST:
            raise ValidationError({"until": "结束日期不能早于开始日期,一次最多导出一年。"})
        return data

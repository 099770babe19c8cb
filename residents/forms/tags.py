"""Forms of the list of tags."""

from django import forms

from residents.choices import TagKind
from residents.forms.deeds import DeedForm


class TagForm(DeedForm):
    """One more word for the own township."""

    button = "增加标签"
    kind = forms.ChoiceField(label="类型", choices=TagKind.choices)
    name = forms.CharField(label="名称", max_length=20)


class TagNameForm(DeedForm):
    """Another name."""

    button = "改名"
    name = forms.CharField(label="名称", max_length=20)

"""Forms of rides to the site."""

from datetime import timedelta

from django import forms

from core.widgets import DateInput
from residents.forms.deeds import DeedForm


class LiftAskForm(DeedForm):
    """A ride is asked for, with the person's own yes."""

    button = "申请接送"
    on = forms.DateField(label="哪天接", widget=DateInput())
    at = forms.TimeField(
        label="几点接", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    pick_up = forms.CharField(label="上车地点", max_length=80)
    companion = forms.CharField(label="陪同人", required=False, max_length=60, help_text="家人或干部的姓名")
    agreed_by = forms.CharField(
        label="谁同意的", max_length=60, help_text="本人同意写本人姓名;家属同意写姓名和关系,如:王强(儿子)"
    )
    agreed_on = forms.DateField(label="哪天同意的", widget=DateInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agreed_on"].initial = self.today
        self.fields["on"].initial = self.today + timedelta(days=1)


class LiftArrangeForm(DeedForm):
    """A car for it."""

    button = "安排车辆"
    driver_name = forms.CharField(label="司机姓名", max_length=30)
    driver_phone = forms.CharField(label="司机电话", required=False, max_length=20)
    plate = forms.CharField(label="车牌", required=False, max_length=12)
    at = forms.TimeField(
        label="几点接", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    companion = forms.CharField(label="陪同人", required=False, max_length=60)


class LiftCancelForm(DeedForm):
    """Called off."""

    button = "取消这次接送"
    reason = forms.CharField(label="原因", max_length=120)

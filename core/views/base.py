"""What every page of ours is built from: guarded views, scoped lists, forms that call one service."""

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import FormView
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin
from django_tables2.data import TableQuerysetData

from core import audit
from core.errors import RuleBroken
from core.repeats import again


class ActionRequiredMixin(AccessMixin):
    """Log-in, then ``action`` (for a POST ``post_action``, where that differs): 403 for a user whose roles do not include
    it. What lies outside the user's scope must not be found at all: take objects from ``visible_to(request.user)`` (404).
    """

    action: str
    post_action = ""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if request.method == "POST" and self.post_action:
            self.action = self.post_action
        if not request.user.can(self.action):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class CountedUpTo(TableQuerysetData):
    """Rows that are counted up to a limit; ``more`` says that there are more."""

    def __init__(self, data, limit: int):
        super().__init__(data)
        self.limit = limit
        self._counted: int | None = None

    def __len__(self) -> int:
        if self._counted is None:
            self._counted = self.data.order_by().values("pk")[: self.limit + 1].count()
        return min(self._counted, self.limit)

    @property
    def more(self) -> bool:
        """There are more rows than are counted (and than can be turned to)."""
        len(self)
        return self._counted > self.limit


class ScopedListView(ActionRequiredMixin, SingleTableMixin, FilterView):
    """A filtered, sorted, paged list. Give ``model``, ``table_class``, ``filterset_class``, ``action``, ``template_name``
    (extends ``core/list.html``); the same address answers htmx with the table only."""

    paginate_by = 50
    count_up_to: int | None = None  # rows; a page does not wait until a million are counted
    htmx_template = "core/_list_table.html"

    def get_queryset(self):
        """Rows the user may see; a child adds select_related/prefetch."""
        return self.model.objects.visible_to(self.request.user)

    def get_table_data(self):
        """The rows with the number that the page shows."""
        rows = super().get_table_data()
        return CountedUpTo(rows, self.count_up_to) if self.count_up_to else rows

    def paginate_queryset(self, queryset, page_size):
        """Nothing: the table pages itself, and Django's own pages would count all rows a second time."""
        return None, None, queryset, False

    def get_template_names(self):
        if self.request.htmx and not self.request.htmx.boosted:
            return [self.htmx_template]
        return [self.template_name]


class KeyedForm(forms.Form):
    """A form whose deed must happen once: the hidden key makes a double click or a resend harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4

    def clean_key(self):
        return self.cleaned_data["key"] or uuid.uuid4()


class ServiceFormView(ActionRequiredMixin, FormView):
    """A form that calls one service: implement ``perform(form)`` and return the object or address to go to,
    or a ready response (for what may be shown only once).

    RuleBroken becomes an error of its field (or of the form) and nothing typed is lost.
    """

    success_message = ""
    # A form about one person: whom the page shows. Who sees it is recorded, with what for.
    person_shown = None
    seen_for = ""

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if self.person_shown is not None and response.status_code == 200:
            page = request.resolver_match.view_name
            audit.viewed(self.person_shown, by=request.user, page=page, purpose=self.seen_for)
        return response

    def perform(self, form):
        raise NotImplementedError

    def form_valid(self, form):
        try:
            done = again(lambda: self.perform(form))
        except RuleBroken as error:
            add_rule_error(form, error)
            return self.form_invalid(form)
        if isinstance(done, HttpResponseBase):
            return done
        if self.success_message:
            messages.success(self.request, self.success_message)
        return HttpResponseRedirect(done if isinstance(done, str) else done.get_absolute_url())

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


def add_rule_error(form: forms.Form, error: RuleBroken) -> None:
    """Show ``error`` at its field when the form has it, else on top."""
    told = ValidationError(error.message, code=error.code)
    form.add_error(error.field if error.field in form.fields else None, told)


def way_back(request, otherwise: str) -> str:
    """The page of ours that ``?next=`` names, for deeds reached from several lists; else ``otherwise``."""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else otherwise

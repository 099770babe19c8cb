"""What the addresses of the duty and meetings book ask for."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property

from core.views import ServiceFormView
from reports.models.duty_book import BookEntry
from reports.services.duty_book import may_write
from reports.views.asked import TownMixin


class DutyMixin(TownMixin):
    """The book of a township: its own office writes it, the county reads."""

    action = "duty_book.view"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.asked = request.GET  # a form is posted to the address of its page

    @property
    def may_write(self) -> bool:
        return may_write(self.request.user, self.town)

    def page(self, month: str = "") -> str:
        """The address of the book of ``town``."""
        where = f"{reverse('reports:duty')}?place={self.town.code}"
        return f"{where}&month={month}" if month else where

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            town=self.town, today=self.today, may_write=self.may_write, back=self.page(), **kwargs
        )


class EntryMixin(DutyMixin):
    """One entry of ``model`` by its ``uid``: what stands, and the versions before it."""

    model: type[BookEntry]

    @cached_property
    def versions(self) -> list[BookEntry]:
        """All of them, the last first; 404 outside the user's places."""
        rows = self.model.objects.visible_to(self.request.user).select_related("place__parent", "by")
        found = list(rows.filter(uid=self.kwargs["uid"]).order_by("-number"))
        if not found:
            raise Http404
        return found

    @property
    def last(self) -> BookEntry:
        return self.versions[0]

    @property
    def town(self):
        return self.last.place

    def get_context_data(self, **kwargs):
        return super().get_context_data(entry=self.last, versions=self.versions, **kwargs)


class BookDeedView(DutyMixin, ServiceFormView):
    """A deed on the book: the own office only (404 elsewhere, 403 for who may only read)."""

    template_name = "reports/duty_form.html"
    heading = ""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action) and not self.may_write:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def who(self, form) -> dict:
        """Who does it, once, and when: keywords of every service."""
        return {"actor": self.request.user, "key": form.cleaned_data["key"], "now": self.now}

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=self.heading, **kwargs)

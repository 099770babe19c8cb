"""总结和简报: the list, a text with its versions, wording it, counting anew, and the .docx."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from core import audit
from core.handing_out import docx
from core.views import ServiceFormView
from places.models import Place
from reports.bulletin_forms import NewBulletinForm, RenewForm, WordingForm
from reports.models import Bulletin, BulletinVersion
from reports.services.bulletins import paper, writing
from reports.services.bulletins.phrases import MISSING
from reports.views.asked import ReportMixin

LISTED = 60


class _Bulletins(ReportMixin):
    """The texts that the user may read; ``may_write`` those of the own office."""

    action = "reports.download"

    @property
    def mine(self):
        rows = Bulletin.objects.visible_to(self.request.user)
        return rows.select_related("place", "campaign__place")

    @cached_property
    def bulletin(self) -> Bulletin:
        return get_object_or_404(self.mine, uid=self.kwargs["uid"])

    @cached_property
    def last(self) -> BulletinVersion:
        return self.bulletin.versions.select_related("by").first()

    @property
    def may_write(self) -> bool:
        return writing.may_write(self.request.user, self.bulletin.place)

    @cached_property
    def version(self) -> BulletinVersion:
        """The version that ``?version=`` asks for, else the last."""
        asked = self.asked.get("version", "")
        if not asked:
            return self.last
        rows = self.bulletin.versions.select_related("by")
        if not asked.isdigit() or len(asked) > 4:
            raise Http404
        return get_object_or_404(rows, number=asked)


class BulletinsView(_Bulletins, ServiceFormView):
    """What there is, and a new one from the data."""

    form_class = NewBulletinForm
    template_name = "reports/bulletins.html"

    @cached_property
    def office(self) -> Place:
        """Whose text a new one becomes: the user's own place."""
        return next(a.place for a in self.request.user.roles() if "bulletins.write" in a.actions)

    def get_initial(self):
        return {"day": self.today}

    def get_context_data(self, **kwargs):
        rows = self.mine.filter(campaign=self.campaign).prefetch_related("versions__by")
        return super().get_context_data(
            rows=rows[:LISTED], office=self.office, campaign=self.campaign, **kwargs
        )

    def perform(self, form):
        data = form.cleaned_data
        return writing.write_bulletin(
            kind=data["kind"],
            campaign=self.campaign,
            place=self.office,
            day=data["day"],
            actor=self.request.user,
            key=data["key"],
            now=self.now,
        )


class BulletinView(_Bulletins, TemplateView):
    """One text as it will be printed, its versions, and what is still to be written."""

    template_name = "reports/bulletin.html"

    def get_context_data(self, **kwargs):
        version = self.version
        gaps = sum(part["text"].count(MISSING) for part in version.sections)
        return super().get_context_data(
            bulletin=self.bulletin,
            version=version,
            is_last=version.pk == self.last.pk,
            versions=self.bulletin.versions.select_related("by"),
            under=paper.under(self.bulletin, version),
            table_title=paper.TABLE,
            gaps=gaps,
            may_write=self.may_write,
            **kwargs,
        )


class BulletinFileView(_Bulletins, View):
    """The .docx; every download is recorded."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        content = paper.docx_of(self.bulletin, self.version)
        audit.record(
            "bulletin.downloaded",
            actor=request.user,
            target=self.version,
            place_code=self.bulletin.place.code,
            data={"kind": self.bulletin.kind, "version": self.version.number},
        )
        return docx(content, paper.file_name(self.bulletin))


class _Writing(_Bulletins, ServiceFormView):
    """A deed on one text: the own office only."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action) and not self.may_write:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"version": self.last}

    def get_context_data(self, **kwargs):
        return super().get_context_data(bulletin=self.bulletin, last=self.last, **kwargs)


class BulletinWordsView(_Writing):
    """The office's own words."""

    form_class = WordingForm
    template_name = "reports/bulletin_words.html"

    def perform(self, form):
        writing.revise(
            bulletin=self.bulletin,
            title=form.cleaned_data["title"],
            texts=form.texts(),
            based_on=form.cleaned_data["based_on"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        return self.bulletin


class BulletinRenewView(_Writing):
    """The figures of this moment."""

    form_class = RenewForm
    template_name = "reports/bulletin_renew.html"
    success_message = "已按现在的数据重新取数,存为新的一版。"

    def perform(self, form):
        writing.renew(
            bulletin=self.bulletin,
            also=form.cleaned_data.get("also", []),
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        return self.bulletin

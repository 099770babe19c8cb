"""报表目录: every report that the user may open."""

from django.views.generic import TemplateView

from core.views import ActionRequiredMixin
from reports.catalogue import entries_for


class CatalogueView(ActionRequiredMixin, TemplateView):
    """One line a report: what it says, for whom, the page, the workbook."""

    action = "sheets.view"
    template_name = "reports/catalogue.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(groups=entries_for(self.request.user), **kwargs)

"""One import within reach, and the long work that is set going on it."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from core import jobs
from core.errors import RuleBroken
from core.models import Job
from core.views import ActionRequiredMixin
from residents.models import CensusImport


class ImportMixin(ActionRequiredMixin):
    """An import within the user's reach (``self.census``), else 404."""

    action = "residents.import"

    @cached_property
    def census(self) -> CensusImport:
        mine = CensusImport.objects.visible_to(self.request.user)
        jobs.settle_interrupted()  # else an import whose server died could never be gone on with
        return get_object_or_404(
            mine.select_related("place", "campaign", "created_by", "job", "organisation"),
            uid=self.kwargs["uid"],
        )

    @property
    def is_running(self) -> bool:
        return self.census.job is not None and not self.census.job.is_over


def set_going(census: CensusImport, task, *, kind: str, word: str, by, **ids) -> Job:
    """Start ``task`` on this import; it is the import's job from now on. Raises RuleBroken when somebody else has
    started one since ``census`` was read, so that two never work on one import."""
    with transaction.atomic():
        job = jobs.start(
            task,
            kind=kind,
            title=f"{word} {census.file_name}"[:120],
            by=by,
            about=census.get_absolute_url(),
            census_id=census.pk,
            **ids,
        )
        if not CensusImport.objects.filter(pk=census.pk, job=census.job_id).update(job=job):
            raise RuleBroken("IMPORT_RUNNING", "这次导入正在处理,请稍候再看。")
    return job

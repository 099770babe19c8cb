"""Long work of the register."""

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import files, jobs
from core.xlsx import file_name
from residents.services.export import export_list


@shared_task
def export_residents(job_id: int, user_id: int, campaign_id: int | None, criteria: dict, sort: str) -> None:
    """Write the list of the user, narrowed by ``criteria``, to a workbook that the job hands out."""

    def work(progress) -> dict:
        user, today = User.objects.get(pk=user_id), timezone.localdate()
        name = file_name(str(user.main_role.home), "居民名单", today)
        count = export_list(
            user=user,
            campaign=Campaign.objects.filter(pk=campaign_id).first(),
            criteria=criteria,
            sort=sort,
            today=today,
            path=files.target(job_id, name),
            progress=progress,
        )
        progress.message = f"共 {count} 人。证件号码和电话已部分隐藏。"
        return files.result(job_id, name, people=count)

    jobs.run(job_id, work)

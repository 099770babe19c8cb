"""Long work of the register."""

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import files, jobs
from core.xlsx import file_name
from places.models import Place
from residents.models import CensusImport
from residents.services import bases, enrolments
from residents.services import census as census_service
from residents.services.census_undo import how_far, undo
from residents.services.enrolling import enrol_missing
from residents.services.export import export_list, export_register
from residents.services.export_gate import Gate


@shared_task
def export_residents(
    job_id: int, user_id: int, campaign_id: int | None, criteria: dict, sort: str, approval: int | None = None
) -> None:
    """Write the list of the user, narrowed by ``criteria``, to a workbook that the job hands out."""
    asked = {"user_id": user_id, "campaign_id": campaign_id, "criteria": criteria, "sort": sort}
    gate = Gate(export_residents, job_id, approval, asked)

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
            admit=gate.admit,
        )
        progress.message = f"共 {count} 人。证件号码和电话已部分隐藏。"
        return files.result(job_id, name, people=count)

    jobs.run(job_id, gate.guarding(work))


@shared_task
def check_census(job_id: int, census_id: int) -> None:
    """Judge the rows of an uploaded census file."""

    def work(progress) -> dict:
        census = CensusImport.objects.get(pk=census_id)
        census_service.check(census, today=timezone.localdate(), step=progress.step)
        progress.message = "检查完成。现在可以查看结果,确认后再导入。"
        return _census_result(census)

    jobs.run(job_id, work)


@shared_task
def commit_census(job_id: int, census_id: int, user_id: int) -> None:
    """Put the good rows of a checked census file on the register."""

    def work(progress) -> dict:
        census, user = CensusImport.objects.get(pk=census_id), User.objects.get(pk=user_id)
        try:
            census_service.commit(
                census, actor=user, now=timezone.now(), today=timezone.localdate(), step=progress.step
            )
        except jobs.Cancelled:
            written, left = census_service.how_far(census)
            raise jobs.Cancelled(
                f"已按您的要求停止:已写入 {written} 人,还有 {left} 人没有写入。可以继续导入,也可以撤销已写入的部分。"
            ) from None
        counts = census.counts
        progress.message = f"导入完成:新增 {counts['create']} 人,补充 {counts['update']} 人。"
        return _census_result(census)

    jobs.run(job_id, work)


@shared_task
def undo_census(job_id: int, census_id: int, user_id: int) -> None:
    """Take a whole import back."""

    def work(progress) -> dict:
        census, user = CensusImport.objects.get(pk=census_id), User.objects.get(pk=user_id)
        progress.step(0, 0, "正在核对能不能撤销")
        try:
            done = undo(
                census, actor=user, now=timezone.now(), today=timezone.localdate(), step=progress.step
            )
        except jobs.Cancelled:
            gone, left = how_far(census)
            raise jobs.Cancelled(
                f"已按您的要求停止:已撤销 {gone} 人,还有 {left} 人没有撤销。这次导入停在一半,请继续撤销。"
            ) from None
        progress.message = f"已撤销:删除 {done['removed']} 人,{done['restored']} 人恢复原样。"
        return _census_result(census)

    jobs.run(job_id, work)


@shared_task
def export_census(
    job_id: int,
    user_id: int,
    campaign_id: int | None,
    village_id: int | None,
    purpose: str,
    approval: int | None = None,
) -> None:
    """Write the user's register in the layout of the census form, with full numbers."""
    asked = {"user_id": user_id, "campaign_id": campaign_id, "village_id": village_id, "purpose": purpose}
    gate = Gate(export_census, job_id, approval, asked)

    def work(progress) -> dict:
        user, today = User.objects.get(pk=user_id), timezone.localdate()
        name = file_name(str(user.main_role.home), "摸排登记表", today)
        count = export_register(
            user=user,
            campaign=Campaign.objects.filter(pk=campaign_id).first(),
            village=Place.objects.filter(pk=village_id).first(),
            purpose=purpose,
            path=files.target(job_id, name),
            progress=progress,
            admit=gate.admit,
        )
        progress.message = f"共 {count} 人,含完整证件号码。用完请删除,不要用微信、QQ转发。"
        return files.result(job_id, name, people=count)

    jobs.run(job_id, gate.guarding(work))


@shared_task
def refresh_campaign(job_id: int, campaign_id: int) -> None:
    """Say anew how everybody enrolled in a campaign stands, after something of the campaign itself has changed."""

    def work(progress) -> dict:
        campaign = Campaign.objects.get(pk=campaign_id)
        changed = enrolments.refresh_all(campaign=campaign, today=timezone.localdate(), step=progress.step)
        progress.message = f"更新完成:{changed} 人的接种状态有变化。"
        return {"next": reverse("campaigns:detail", args=[campaign.code]), "next_word": "回到接种活动"}

    jobs.run(job_id, work)


@shared_task
def enrol_campaign(job_id: int, campaign_id: int, user_id: int, anew: bool = False) -> None:
    """Enrol everybody of a campaign's place who is not enrolled yet; with ``anew`` judge the others again too."""

    def work(progress) -> dict:
        campaign, user = Campaign.objects.get(pk=campaign_id), User.objects.get(pk=user_id)
        today = timezone.localdate()
        changed = enrolments.refresh_all(campaign=campaign, today=today, step=progress.step) if anew else None
        new = enrol_missing(campaign=campaign, actor=user, today=today, step=progress.step)
        progress.message = f"完成:新登记到活动 {new} 人" + (
            "。" if changed is None else f",{changed} 人的状态有变化。"
        )
        return {
            "people": new,
            "next": reverse("campaigns:detail", args=[campaign.code]),
            "next_word": "回到接种活动",
        }

    jobs.run(job_id, work)


@shared_task
def rebase_campaign(job_id: int, campaign_id: int, user_id: int, reason: str) -> None:
    """After the definition of the base changed: judge everybody anew, enrol who is missing, freeze the new base."""

    def work(progress) -> dict:
        campaign, user = Campaign.objects.get(pk=campaign_id), User.objects.get(pk=user_id)
        today = timezone.localdate()
        changed = enrolments.refresh_all(campaign=campaign, today=today, step=progress.step)
        new = enrol_missing(campaign=campaign, actor=user, today=today, step=progress.step)
        version = bases.freeze_base(
            campaign=campaign, actor=user, reason=reason, now=timezone.now(), today=today
        )
        people = version.counts["target"]
        progress.message = (
            f"基数第 {version.number} 版:{people} 人;{changed} 人的状态有变化,新登记 {new} 人。"
        )
        return {"next": f"{reverse('residents:base')}?version={version.number}", "next_word": "看新旧差别"}

    jobs.run(job_id, work)


def _census_result(census: CensusImport) -> dict:
    return {"next": reverse("residents:import_detail", args=[census.uid]), "next_word": "查看结果"}

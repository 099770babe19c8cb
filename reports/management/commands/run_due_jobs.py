"""``manage.py run_due_jobs``"""

from django.utils import timezone

from core.commands import OurCommand
from reports.services import housekeeping


class Command(OurCommand):
    help = "Do everything that is scheduled, once; cron may call it every minute where there is no Celery."

    def work(self, **options):
        done = housekeeping.run_due(now=timezone.now())
        sentence = f"结束中断的任务 {done['jobs_settled']} 个,更新 {done['pairs_filled']} 个村日"
        if "reports_made" in done:
            sentence += f",生成定时报表 {done['reports_made']} 份"
        if "reports_failed" in done:
            sentence += f",没有做成 {done['reports_failed']} 份(见“定时报表”页)"
        if "failed" in done:
            return False, f"{sentence};每日维护未完成:{done['failed']}", done
        if "rows_written" in done:
            sentence += (
                f";每日维护:更新 {done['enrolments_refreshed']} 人的状态,重写 {done['rows_written']} 行汇总,"
                f"清理 {done['files_removed']} 个旧文件夹"
            )
        return True, sentence + "。", done

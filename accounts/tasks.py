"""Long work of this room."""

from datetime import date

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from accounts.services.audit_export import export
from core import files, jobs
from core.models import Job
from core.services.proving import prove


@shared_task
def verify_audit(job_id):
    """Walk every audit chain; the job's message says what was found, the result stays."""

    def work(progress):
        progress.step(0, 0, "正在逐行核对")
        proof = prove(by=Job.objects.get(pk=job_id).created_by, now=timezone.now())
        progress.message = (
            f"发现 {proof.problem_count} 处问题,请立即告知系统管理员并保留现场。"
            if proof.problem_count
            else "审计链完整,没有发现改动、删除或插入。"
        )
        where = reverse("accounts:audit_proofs")
        return {"problems": proof.problem_count, "next": where, "next_word": "查看核对结果"}

    jobs.run(job_id, work)


@shared_task
def export_audit(job_id, since: str, until: str, reason: str, form: str):
    """Write the trail of some days to a file that the job hands out to the auditor."""

    def work(progress):
        name = f"审计记录_{since}_{until}.{form}"
        done = export(
            path=files.target(job_id, name),
            since=date.fromisoformat(since),
            until=date.fromisoformat(until),
            reason=reason,
            by=Job.objects.get(pk=job_id).created_by,
            progress=progress,
        )
        progress.message = f"共 {done.rows} 行。文件指纹(SHA-256):{done.sha256}"
        return files.result(job_id, name, rows=done.rows, sha256=done.sha256)

    jobs.run(job_id, work)

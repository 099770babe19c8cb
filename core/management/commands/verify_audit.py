"""``manage.py verify_audit``"""

from core import audit_proof
from core.commands import OurCommand
from core.models import AuditChain, AuditEvent


class Command(OurCommand):
    help = "Walk the hash chain of every actor; exit 1 when a row was changed, removed or inserted."

    def work(self, **options):
        problems = list(audit_proof.verify())
        counts = {"chains": AuditChain.objects.count(), "rows": AuditEvent.objects.count()}
        sentence = (
            f"审计链完整:{counts['chains']} 条链,{counts['rows']} 行。"
            if not problems
            else "\n".join([f"审计链有 {len(problems)} 处问题:", *problems])
        )
        return not problems, sentence, counts | {"problems": problems}

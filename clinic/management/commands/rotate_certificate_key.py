"""``manage.py rotate_certificate_key [--distrust REASON]``"""

from django.utils import timezone

from clinic.services.certificates import rotate_key
from core.commands import OurCommand


class Command(OurCommand):
    help = (
        "A new key signs certificates from now on; the old one stays trusted unless --distrust says why not."
    )

    def add_arguments(self, parser):
        parser.add_argument("--distrust", metavar="REASON", default="", help="all old certificates fall")

    def work(self, **options):
        reason = options["distrust"]
        made = rotate_key(now=timezone.now(), distrust=bool(reason), reason=reason)
        return True, f"新密钥 {made.kid} 已启用。", {"kid": made.kid, "distrusted": bool(reason)}

"""``manage.py backup DIR [--keep N]``"""

from pathlib import Path

from django.utils import timezone

from core.backups import making
from core.commands import BadCall, OurCommand


class Command(OurCommand):
    help = (
        "Write everything (database and kept files, never the keys) into one file in DIR, while people work."
    )

    def add_arguments(self, parser):
        parser.add_argument("dir", type=Path)
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="keep the latest N backups only")

    def work(self, *, dir: Path, keep: int, **options):
        if keep < 0:
            raise BadCall("--keep 应是 1 或更大的数字")
        try:
            path, manifest = making.make(dir, now=timezone.now(), keep=keep)
        except OSError as error:
            raise BadCall(f"不能写入 {dir}:{error.strerror or error}") from error
        data = {
            "file": str(path),
            "bytes": path.stat().st_size,
            "rows": sum(manifest["rows"].values()),
            "files": manifest["files"],
            "keys_inside": False,
        }
        sentence = (
            "已备份到 {file}({rows} 行,{files} 个文件)。文件里有个人信息,没有密钥:"
            "请妥善保管,并把密钥(secrets.env,或 field_keys 和 secret_key)另外存放;没有密钥就不能恢复。"
        )
        return True, sentence.format(**data), data

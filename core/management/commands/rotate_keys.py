"""``manage.py rotate_keys``"""

import time

from django.core.exceptions import ImproperlyConfigured

from core import audit
from core.commands import BadCall, OurCommand
from core.crypto import key_ring
from core.locks import deed
from core.services import ring, rotation
from core.suites import CIPHERS

_EVERY = 5  # seconds between two lines of progress


class Command(OurCommand):
    help = (
        "Put every encrypted value under the first key of FIELD_ENCRYPTION_KEYS, while people work; may be stopped and "
        "started again. --add, --first and --drop change the ring itself (docs/keys.md). Exit 1 while anything is left."
    )

    def add_arguments(self, parser):
        deeds = parser.add_mutually_exclusive_group()
        deeds.add_argument("--dry-run", action="store_true", help="only count what each key holds")
        deeds.add_argument("--add", metavar="NAME", help="a new key at the end of the ring")
        deeds.add_argument("--first", metavar="NAME", help="the key that encrypts from the next start on")
        deeds.add_argument("--drop", metavar="NAME", help="take a key out that holds nothing any more")
        parser.add_argument("--suite", choices=sorted(CIPHERS), default="aes", help="of the new key")

    def work(self, **options):
        try:
            if name := options["add"]:
                return self._kept(ring.with_new(name, options["suite"]), name, "added")
            if name := options["first"]:
                return self._kept(ring.with_first(name), name, "first")
            if name := options["drop"]:
                return self._kept(ring.without(name), name, "dropped")
        except ImproperlyConfigured as error:
            raise BadCall(str(error)) from error
        done = 0 if options["dry_run"] else rotation.reencrypt(step=self._tell(options))
        held = rotation.held()
        left = rotation.left(held)
        data = {"current": key_ring().current, "done": done, "left": left, "held": held}
        if done:
            audit.record(
                "keys.rotated", actor=None, data={key: data[key] for key in ("current", "done", "left")}
            )
        return not left, _sentence(data), data

    def _kept(self, text: str, name: str, how: str):
        with deed():
            audit.record(f"keys.{how}", actor=None, data={"key": name})
            path = ring.keep(text)
        where = f"已写入 {path}" if path else f"请把 FIELD_ENCRYPTION_KEYS 改为:\n{text}"
        what = {"added": "新密钥(目前只用来解密)", "first": "从下次启动起用来加密", "dropped": "已去掉"}[how]
        sentence = f"{name}:{what}。{where}\n请重新启动所有网页和后台进程,并把密钥另存一份。"
        return True, sentence, {"key": name, "deed": how, "file": str(path) if path else None}

    def _tell(self, options):
        said = time.monotonic()

        def step(where: str, done: int) -> None:
            nonlocal said
            if not options["json"] and time.monotonic() - said > _EVERY:
                said = time.monotonic()
                self.stderr.write(f"{where}:已换 {done} 项")

        return step


def _sentence(data: dict) -> str:
    places = [
        f"  {where}:" + "、".join(f"{kid} {n}" for kid, n in counts.items())
        for where, counts in data["held"].items()
    ]
    if not data["left"]:
        head = f"全部内容都用密钥“{data['current']}”加密(本次换了 {data['done']} 项)。"
    else:
        rest = "、".join(f"{kid or '无法识别'} 还有 {count} 项" for kid, count in data["left"].items())
        head = (
            f"还没有完成(本次换了 {data['done']} 项):{rest}。"
            "若有进程仍在用旧密钥,请重新启动它们,再运行一次;无法识别或解不开的内容请核对密钥环。"
        )
    return "\n".join([head, *places])

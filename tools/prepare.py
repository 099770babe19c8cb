"""What comes before serving: the folder, the secrets, the migrations, the demo or the first administrator."""

import base64
import os
import secrets
import socket
import sys
from pathlib import Path

from processes import Failure, main_or_sentence

ROOT = Path(__file__).resolve().parent.parent
# Exists in demo data only: a real township never has an account of its imagined neighbour.
DEMO_MARK = "othercadre"
DEMO_ACCOUNTS = (
    ("county", "县疾控"),
    ("town", "镇专班办公室"),
    ("cadre01 … cadre12", "十二个村的村干部"),
    ("school", "学校"),
    ("employer", "用工单位"),
    ("registrar", "接种点登记"),
    ("screener", "接种点预检"),
    ("vaccinator", "接种护士"),
    ("observer", "留观"),
    ("stock", "疫苗保管"),
    ("sysadmin", "系统管理"),
    ("secadmin", "安全管理"),
    ("auditor", "审计"),
    ("othertown / othercadre", "邻镇,看不到本镇数据"),
)


def var_dir() -> Path:
    """The folder of everything that is kept, made on the first start.

    Raises ``Failure`` when we cannot write there.
    """
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var").absolute()
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"不能建立数据目录 {var}({error.strerror})。请改目录权限,或用 VAR_DIR=目录 指定另一处。"
        ) from error
    if not os.access(var, os.W_OK | os.X_OK):
        raise Failure(f"数据目录 {var} 不可写。请改目录权限,或用 VAR_DIR=目录 指定另一处。")
    return var


def make_secrets(var: Path) -> None:
    """Write ``secrets.env`` on the first start only: what was encrypted cannot be read without it."""
    path = var / "secrets.env"
    given = all(
        os.environ.get(name) or os.environ.get(f"{name}_FILE")
        for name in ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS")
    )
    if path.exists() or given:
        return
    if (var / "vaxcampaign.sqlite3").exists() or (var / "postgres" / "PG_VERSION").exists():
        raise Failure(f"数据还在,密钥文件 {path} 却不见了。请把它放回原处;用新密钥打不开已加密的证件号码。")
    lines = [
        f"SECRET_KEY={secrets.token_urlsafe(48)}",
        f"FIELD_ENCRYPTION_KEYS=k1:{_key()},idx:{_key()}",
    ]
    if password := os.environ.get("DEMO_PASSWORD"):
        lines.append(f"DEMO_PASSWORD={password}")
    # Written beside and renamed: a start that is cut short leaves no half file.
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write("\n".join(lines) + "\n")
    unfinished.rename(path)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def address() -> tuple[str, int]:
    """HOST and PORT to serve on; raises ``Failure`` when they are no address or are taken."""
    host, text = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Failure(f"PORT 应是 1 到 65535 之间的数字,不能是 {text!r}。")
    port = int(text)
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except socket.gaierror as error:
        raise Failure(f"HOST {host!r} 不是本机能用的地址。") from error
    except OSError as error:
        raise Failure(
            f"不能使用 {host}:{port}({error.strerror})。可换端口,例如 PORT={port % 65535 + 1} make run。"
        ) from error
    return host, port


def url(host: str, port: int) -> str:
    """What to type into the browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def allow_host(host: str) -> None:
    """Let the browser use ``host`` as the address unless ALLOWED_HOSTS was chosen by the person in charge."""
    if host not in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::"):
        shown = f"[{host}]" if ":" in host else host
        os.environ.setdefault("ALLOWED_HOSTS", f"127.0.0.1,localhost,[::1],{shown}")


def prepare() -> None:
    """Migrate; on the first start load the demo, or with DEMO=0 ask for the first administrator."""
    var = var_dir()
    make_secrets(var)
    (var / "static").mkdir(exist_ok=True)  # collectstatic's folder; the web server warns when it is not there
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaxcampaign.settings.base")

    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import DatabaseError, transaction

    try:
        django.setup()
        from django.contrib.auth import get_user_model

        call_command("migrate", verbosity=0)
        users = get_user_model().objects
        if not users.exists():
            if os.environ.get("DEMO", "1") != "0":
                print("首次启动:正在装入演示乡镇,约需一分钟……", flush=True)
                # All or nothing: a load that is interrupted starts afresh at the next start.
                with transaction.atomic():
                    call_command("load_demo")
            else:
                _first_admin(call_command)
        if users.filter(username=DEMO_MARK).exists():
            print(_accounts(settings.DEMO_PASSWORD), flush=True)
    except (ImproperlyConfigured, CommandError) as error:
        raise Failure(str(error)) from error
    except DatabaseError as error:
        raise Failure(f"数据库不能用:{error}".strip()) from error


def _first_admin(call_command) -> None:
    """Ask for the first administrator; where nobody can answer (a service) go on and say how to make one."""
    try:
        call_command("create_first_admin")
    except EOFError:
        print("还没有管理员。请在终端运行:.venv/bin/python manage.py create_first_admin", flush=True)


def _accounts(password: str) -> str:
    lines = [f"  {names:<24}{what}" for names, what in DEMO_ACCOUNTS]
    return "\n".join([f"演示账号(口令都是 {password}):", *lines])


def main() -> None:
    """``tools/prepare.py`` alone: everything but serving."""
    try:
        prepare()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main_or_sentence(main)

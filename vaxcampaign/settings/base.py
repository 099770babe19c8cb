"""One settings module for every form of the product; only the environment differs."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import available_timezones

import bootstrap_wrapper
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from . import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
# `make run` writes its secrets and choices here on the first start, so that manage.py finds them too.
env.load_file(VAR_DIR / "secrets.env")

SECRET_KEY = env.text("SECRET_KEY")
# "kid:base64,kid:sm4:base64,idx:base64": the first key encrypts, all decrypt, ``idx`` keys the blind index (core/crypto.py).
FIELD_ENCRYPTION_KEYS = env.text("FIELD_ENCRYPTION_KEYS")
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "vaxcampaign.apps.VaxcampaignConfig",
    "core.apps.CoreConfig",
    "places.apps.PlacesConfig",
    "accounts.apps.AccountsConfig",
    "inventory.apps.InventoryConfig",
    "campaigns.apps.CampaignsConfig",
    "residents.apps.ResidentsConfig",
    "appointments.apps.AppointmentsConfig",
    "clinic.apps.ClinicConfig",
    "reports.apps.ReportsConfig",
    "planning.apps.PlanningConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "bs_icon_templates",
    "django_filters",
    "django_htmx",
    "django_tables2",
]

MIDDLEWARE = [
    "core.metrics.MetricsMiddleware",
    "core.middleware.RequestIdMiddleware",
    "core.middleware.PermissionsPolicyMiddleware",
    "accounts.middleware.RefusalsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.SizeLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.NotKeptMiddleware",
    "accounts.middleware.LogInMiddleware",
    "accounts.middleware.FirstThingsMiddleware",
    "core.middleware.BusyMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "vaxcampaign.urls"
WSGI_APPLICATION = "vaxcampaign.wsgi.application"
ASGI_APPLICATION = "vaxcampaign.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vaxcampaign.context_processors.frame",
            ],
        },
    },
]

_SQLITE_OPTIONS = {
    # The default mode (DEFERRED) loses writes to "database is locked" as soon as two people save at once.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: what a nurse was told is saved survives the power. NORMAL loses all since the last checkpoint, though nothing breaks.
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;"
    ),
}


def _sqlite(path: Path) -> dict:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": _SQLITE_OPTIONS}


def _database() -> dict:
    url = env.text("DATABASE_URL", "")
    if not url:
        try:
            VAR_DIR.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(f"VAR_DIR: cannot make {VAR_DIR}: {error.strerror}") from error
        return _sqlite(VAR_DIR / "vaxcampaign.sqlite3")
    if url.startswith("sqlite:"):
        # Read here, not by the library: it turns a plus sign in a path into a space.
        _, slashes, path = url.partition("sqlite:///")
        if not slashes or not path:
            raise ImproperlyConfigured(
                "DATABASE_URL must be sqlite:///relative/path or sqlite:////absolute/path"
            )
        return _sqlite(BASE_DIR / unquote(path))
    return _postgres("DATABASE_URL", url)


def _postgres(name: str, url: str) -> dict:
    try:
        config = environ.Env.db_url_config(url)
    except Exception as error:
        raise ImproperlyConfigured(f"{name} is not a database address: {error}") from error
    if not config.get("ENGINE", "").endswith("postgresql"):
        raise ImproperlyConfigured(f"{name} must start with sqlite:/// or postgres://")
    return config | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_PATIENCE, **config.get("OPTIONS", {})},
    }


STATEMENT_SECONDS = (
    env.number("STATEMENT_SECONDS") or 0
)  # after which the server gives a question up; 0: never
# A server, or a link, that does not answer is away: said in seconds, not when TCP gives up after a quarter of an hour. The
# server for its part lets go what a machine had locked that is no longer there.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20000"
    f" -c statement_timeout={STATEMENT_SECONDS}s",
}
DATABASES = {"default": _database()}
# A streaming replica that reports read (core/replica.py), and how many seconds they wait for it to catch up.
DATABASE_REPLICA_SECONDS = 2 if (seconds := env.number("DATABASE_REPLICA_SECONDS")) is None else seconds
if replica := env.text("DATABASE_REPLICA_URL", ""):
    if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured("DATABASE_REPLICA_URL needs DATABASE_URL to be a PostgreSQL server too")
    DATABASES["replica"] = _postgres("DATABASE_REPLICA_URL", replica)
    # Whoever looks at a report while its link is cut waits so long once; then the primary is asked.
    DATABASES["replica"]["OPTIONS"] |= {"connect_timeout": 2, "tcp_user_timeout": 5_000}
    DATABASE_ROUTERS = ["core.replica.Router"]
PG_BIN = env.text("PG_BIN", "")  # where pg_dump and pg_restore are, when not on the PATH

REDIS_URL = env.text("REDIS_URL", "")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # Nobody waits for a cache that does not answer.
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
# Where long work runs: a Celery worker when there is a broker, else a thread of the web process.
JOBS_BACKEND = env.choice("JOBS_BACKEND", "celery" if REDIS_URL else "thread", {"celery", "thread", "inline"})
JOBS_STALE_AFTER = timedelta(minutes=3)  # work tells every few seconds that it lives
CELERY_BROKER_URL = REDIS_URL or "memory://"
# Short work that the desks wait for goes its own way: a worker of each queue, or one of both.
CELERY_TASK_DEFAULT_QUEUE = "floor"
CELERY_TASK_QUEUES = [Queue("floor"), Queue("reports")]
CELERY_TASK_ROUTES = {
    "reports.tasks.fill_dirty": {"queue": "floor"},
    "reports.tasks.*": {"queue": "reports"},
    "residents.tasks.*": {"queue": "reports"},
    "accounts.tasks.*": {"queue": "reports"},
}
CELERY_TASK_IGNORE_RESULT = True  # except of the parts of a chord
CELERY_RESULT_BACKEND = REDIS_URL or None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# What a worker took along when it died is handed out again after so many seconds; a job that still runs is left alone.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 3}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.ThreeKindsValidator"},
    {"NAME": "accounts.passwords.NotUsedBeforeValidator"},
]
# How strict log-ins are where no security administrator has set a rule of the place (accounts/rules.py: Policy).
ACCESS_POLICY = {
    "idle_minutes": env.number("IDLE_MINUTES"),
    "floor_idle_minutes": env.number("FLOOR_IDLE_MINUTES"),
    "longest_hours": env.number("LONGEST_HOURS"),
    "floor_longest_hours": env.number("FLOOR_LONGEST_HOURS"),
    "password_days": env.number("PASSWORD_DAYS"),
    "password_history": env.number("PASSWORD_HISTORY"),
    "one_session": env.flag("ONE_SESSION", True),
    "second_factor_roles": env.words("SECOND_FACTOR_ROLES", ""),
    "confirming": env.choice("CONFIRM_ROLES", "admins", {"none", "admins", "all"}),
    "confirm_devices": env.flag("CONFIRM_DEVICES"),
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
# The account is what must be protected: one village shares one address, and an attacker changes his.
# Whether a domain goes into the browsers' preload list is for its owner to say, and cannot be taken back for months.
SILENCED_SYSTEM_CHECKS = ["axes.W006", "security.W021"]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE {TIME_ZONE!r} is not a known time zone")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", bootstrap_wrapper.get_bootstrap_dir()),
]
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "files"  # uploads and produced workbooks: never served by URL, only through a view
FILES_ARE_SHARED = env.flag("FILES_ARE_SHARED")  # on several machines: all must see the same folder
# A list of more people is made only after a second person has agreed (about as many as a large village has).
EXPORT_FREE_PEOPLE = 3000 if (most := env.number("EXPORT_FREE_PEOPLE")) is None else most
# What lies encrypted in which folder of it, by the name that is bound to the content; ``rotate_keys`` reads them.
SEALED_FILES = {
    "reports": ["report_file"],
    "proofs": ["dose_proof", "hold_proof"],
    "census": ["census_file"],
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
MAX_REQUEST_BYTES = 32 * 1024 * 1024  # the largest census file (30 MB) and its form
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_REQUEST_BYTES  # an upload is full of numbers: never a plain copy in /tmp

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "core/_table.html"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
CSRF_FAILURE_VIEW = "vaxcampaign.views.stale_form"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Read from the shared cache where there is one; the database has them all and answers when the cache does not.
SESSION_ENGINE = "core.sessions" if REDIS_URL else "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 3600  # of strangers; a log-in has a length of its own (accounts/log_ins.py)
PERMISSIONS_POLICY = ", ".join(
    ["camera=(self)"]  # the page that checks certificates
    + [f"{name}=()" for name in ("microphone", "geolocation", "payment", "usb", "serial", "midi")]
)
# How many proxies of ours stand before the web process: so many entries of X-Forwarded-For are true, from the right.
PROXIES = env.number("PROXIES") or 0
LOG_INS_PER_MINUTE = env.number("LOG_INS_PER_MINUTE") or 60  # from one address; a township office shares one
VERIFIES_PER_MINUTE = env.number("VERIFIES_PER_MINUTE") or 60
# HTTPS=1 behind a TLS proxy; a village PC on its own address has no certificate.
if env.flag("HTTPS"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]  # asked by programs of this machine
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOG_FORMAT = env.choice("LOG_FORMAT", "text", {"text", "json"})
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "core.logs.RequestIdFilter"}},
    "formatters": {
        "text": {
            "()": "core.logs.TextFormatter",
            "fmt": "{asctime} {levelname} {request_id} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "core.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": LOG_FORMAT}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}},
}

METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # without one /metrics answers programs on this machine only
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "Vax-Demo-2026")

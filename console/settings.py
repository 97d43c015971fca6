"""Settings: the environment only. README lists every name that is read here."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def database_from_url(url: str) -> dict[str, object]:
    """A Django database entry from postgresql://user:password@host:port/name?host=/socket/dir."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query["host"][0] if "host" in query else (parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": "-c statement_timeout=15000 -c lock_timeout=3000"
            " -c idle_in_transaction_session_timeout=15000",
        },
    }


DEMO = env_flag("READBACK_DEMO", False)
DEBUG = env_flag("READBACK_DEBUG", False)
SECRET_KEY = env("READBACK_SECRET_KEY") or secrets.token_urlsafe(48)
BASE_URL = env("READBACK_BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = [*filter(None, env("READBACK_HOSTS").split(",")), "localhost", "127.0.0.1", "[::1]"]
VAR = Path(env("READBACK_VAR", str(BASE_DIR / "var")))
AS_OWNER = env_flag("READBACK_AS_OWNER", False)

DATABASES = {
    "default": database_from_url(env("DATABASE_URL", "postgresql://readback_app@/readback"))
}
REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")

# Hosts (host or host:port) that connectors may reach although they are not public or not https.
EGRESS_ALLOW = [one.strip() for one in env("READBACK_EGRESS_ALLOW").split(",") if one.strip()]

# Requests of the outbox in flight to one host.
OUTBOX_PER_HOST = max(1, int(env("READBACK_OUTBOX_PER_HOST", "4") or 4))

OPENAI_API_KEY = env("OPENAI_API_KEY")
OPENAI_BASE_URL = env("OPENAI_BASE_URL")
OPENAI_WEBHOOK_SECRET = env("OPENAI_WEBHOOK_SECRET")
OPENAI_REALTIME_MODEL = env("OPENAI_REALTIME_MODEL", "gpt-realtime-2.1")
OPENAI_TRANSCRIBE_MODEL = env("OPENAI_TRANSCRIBE_MODEL", "gpt-live-transcribe")
OPENAI_TEXT_MODEL = env("OPENAI_TEXT_MODEL", "gpt-6-luna")

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "runs",
    "approvals",
    "voice",
    "console",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "console.middleware.Compressed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "console.middleware.RequestScope",
]

ROOT_URLCONF = "console.urls"
ASGI_APPLICATION = "console.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "runs.User"

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
            ],
        },
    },
]

# People
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "console.account.Adapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
EMAIL_BACKEND = env("READBACK_EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = env("READBACK_EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("READBACK_EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("READBACK_EMAIL_USER")
EMAIL_HOST_PASSWORD = env("READBACK_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_flag("READBACK_EMAIL_TLS", False)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = env("READBACK_EMAIL_FILES", str(VAR / "mails"))
DEFAULT_FROM_EMAIL = env("READBACK_EMAIL_FROM", "Readback <readback@localhost>")

# Words and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "console" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: collected once at the start, joined by screen, under hashed names that never change
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "console.bundles.Storage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# What a page may load: this site only, nothing inline
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["runs.api.keys.BearerKey"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["runs.api.parsers.StrictJSON"],
    "EXCEPTION_HANDLER": "runs.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Readback",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVERS": [{"url": BASE_URL}],
    "POSTPROCESSING_HOOKS": ["runs.api.document.finish"],
}


def redis_database(url: str, number: int, parameter: str) -> str:
    """The same server, another database: unix sockets carry it as a query parameter."""
    if url.startswith(("unix:", "redis+socket:")):
        return f"{url.split('?')[0]}?{parameter}={number}"
    parts = urlsplit(url)
    return parts._replace(path=f"/{number}").geturl()


# The channel layer carries rare control messages only; pubsub survives a restart of Redis.
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [
                {"address": REDIS_URL, "socket_connect_timeout": 0.5, "socket_timeout": None}
            ],
        },
    },
}

_broker = redis_database(REDIS_URL, 1, "virtual_host").replace("unix:", "redis+socket:", 1)
CELERY_BROKER_URL = _broker
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 45
CELERY_TASK_SOFT_TIME_LIMIT = 35
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Unacknowledged tasks come back after visibility_timeout, swept every 5 s.
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "health_check_interval": 10,
}
CELERY_TASK_ROUTES = {"approvals.drain_outbox": {"queue": "outbox"}}
CELERY_BEAT_SCHEDULE = {
    "drain the outbox": {"task": "approvals.drain_outbox", "schedule": 5.0},
    "expire proposals": {"task": "approvals.expire_proposals", "schedule": 15.0},
    "mail what waits": {"task": "approvals.mail_notices", "schedule": 30.0},
    "work after calls": {"task": "voice.sweep_after_calls", "schedule": 5.0},
    "inbound webhooks": {"task": "voice.sweep_webhooks", "schedule": 5.0},
    "lost calls": {"task": "voice.reap_calls", "schedule": 15.0},
    "seal the audit": {"task": "runs.seal_views", "schedule": 5.0},
    "forget recorded answers": {"task": "runs.forget_answers", "schedule": 600.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("READBACK_LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx2": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
    },
}

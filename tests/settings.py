"""The settings of the product; only what a test run needs is different."""

from console.settings import *  # noqa: F403

SECRET_KEY = "tests only: " + "x" * 40
# One cheap round: tests sign many people in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# Receivers of tests listen here.
EGRESS_ALLOW = ["127.0.0.1", "localhost"]
# Pages that no browser loads need no collected files; live stacks collect theirs (tests.live_settings).
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

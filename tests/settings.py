"""The settings of the product; only what a test run needs is different."""

from console.settings import *  # noqa: F403

SECRET_KEY = "tests only: " + "x" * 40
# One cheap round: tests sign many people in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]

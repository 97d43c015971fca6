"""The settings of the web process of the bench: as served, and every answer says what it cost."""

from tests.live_settings import *  # noqa: F403
from tests.live_settings import MIDDLEWARE as _SHIPPED

MIDDLEWARE = ["tests.bench.counting.Counted", *_SHIPPED]
ROOT_URLCONF = "tests.bench.web_urls"

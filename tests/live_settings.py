"""The settings of processes that tests start: as `tests.settings`, with the style and scripts as served."""

from console import settings
from tests.settings import *  # noqa: F403

STORAGES = settings.STORAGES

# The state gallery is a page of the demo.
DEMO = True

# All of a run's browsers sign in from one address; how many may, tests of the sign-in say.
ACCOUNT_RATE_LIMITS = {"login": None}

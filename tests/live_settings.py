"""The settings of processes that tests start: as `tests.settings`, with the style and scripts as served."""

from console import settings
from tests.settings import *  # noqa: F403

STORAGES = settings.STORAGES

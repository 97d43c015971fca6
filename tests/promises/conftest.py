from tests.approvals.conftest import calm, connected, receivers
from tests.console.conftest import ended, lena, olive, other, scene

__all__ = ["calm", "connected", "ended", "lena", "olive", "other", "receivers", "scene"]

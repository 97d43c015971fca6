from django.apps import AppConfig
from django.db.backends.signals import connection_created


class RunsConfig(AppConfig):
    name = "runs"

    def ready(self) -> None:
        from runs import guard

        connection_created.connect(guard.check_first_connection)

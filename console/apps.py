from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"

    def ready(self) -> None:
        # Shared tasks are sent through this application, in every process.
        from console import celery  # noqa: F401

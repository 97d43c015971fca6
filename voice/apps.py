from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "voice"

    def ready(self) -> None:
        from approvals import action_types
        from voice import connections, hearing

        action_types.load_all("voice.action_types")
        action_types.load_all("voice.capabilities")
        connections.serve_the_gate()
        hearing.serve_the_gate()

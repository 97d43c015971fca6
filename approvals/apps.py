from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals import promised
        from runs import ledger

        ledger.follow(*promised.FOLLOWED, with_=promised.match_again)

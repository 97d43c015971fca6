from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals import promised, voiding
        from runs import ledger, releases

        ledger.follow(*promised.FOLLOWED, with_=promised.match_again)
        releases.follow(voiding.void_again)

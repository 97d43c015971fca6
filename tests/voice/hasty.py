"""A switchboard with little patience: what takes it minutes is over in moments. Only for tests.

python -m tests.voice.hasty --owner NAME
"""

import sys

import django

UNOBSERVED_S, WATCH_S = 0.5, 1.5


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from voice.switchboard import session, transferring

    vars(session).update(UNOBSERVED_AFTER_S=UNOBSERVED_S)
    vars(transferring).update(WATCH_S=WATCH_S)
    call_command("switchboard", "--owner", sys.argv[-1])


if __name__ == "__main__":
    main()

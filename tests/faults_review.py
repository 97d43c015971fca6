"""Faults around the review: what must be seen first, whose turn is next, what changed since it was shown."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "high-risk-unseen",
        "console/forms/decisions.py",
        "        if fields - self._seen:\n",
        "        if False:\n",
        "tests/console/test_approvals_review.py::"
        "test_a_high_risk_is_approved_only_when_each_change_was_seen",
    ),
    Fault(
        "resting-comes-next",
        "console/builders/place.py",
        "    waiting = _all().filter(state=ProposalState.PENDING).exclude(attention.resting(look.now))\n",
        "    waiting = _all().filter(state=ProposalState.PENDING)\n",
        "tests/console/test_approvals_review.py::test_what_rests_is_not_what_comes_next",
    ),
    Fault(
        "change-since-shown-untold",
        "console/builders/states.py",
        "    if not 0 < seen < proposal.version:\n",
        "    if True:\n",
        "tests/console/test_approvals_review.py::test_who_changed_what_since_it_was_shown_is_said",
    ),
    Fault(
        "every-receiver-knows-the-key",
        "console/words/effects.py",
        "        return _RETRYING[idempotency]()\n",
        '        return _RETRYING["key"]()\n',
        "tests/console/test_effect_words.py::test_each_class_in_each_state_says_what_is_true_of_it",
    ),
    Fault(
        "follower-leaves-after-the-hold",
        "console/builders/allowed.py",
        "        elif before is not None and effect.follows:\n",
        "        elif False:\n",
        "tests/console/test_effect_words.py::test_before_it_is_decided_the_mail_follows_the_update",
    ),
]

"""Faults of the outbox for `make sabotage`."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "look-up-ignored",
        "approvals/delivery.py",
        "    if found is not None:\n        return found\n",
        "",
        "tests/approvals/test_lookups.py::test_an_effect_that_is_found_is_not_sent_again",
    ),
    Fault(
        "look-up-too-early",
        "approvals/backoff.py",
        "            return Next(OutboxState.RECONCILE, failed.code, max(later, at + settle))\n",
        "            return Next(OutboxState.RECONCILE, failed.code, later)\n",
        "tests/approvals/test_lookups.py::test_a_lost_answer_waits_until_the_receiver_has_settled",
    ),
    Fault(
        "follower-goes-alone",
        "approvals/claims.py",
        "f.id = e.after_id AND f.state = 'succeeded'))",
        "f.id = e.after_id))",
        "tests/approvals/test_order.py::test_the_mail_waits_while_the_update_is_tried_again",
    ),
    Fault(
        "pause-of-all-only",
        "approvals/claims.py",
        "           AND p.action IN ('', e.action) AND (p.mode = 'pause' OR e.created_at > p.at))",
        "           AND p.action = '' AND (p.mode = 'pause' OR e.created_at > p.at))",
        "tests/approvals/test_pauses.py::test_a_pause_of_one_action_lets_others_go",
    ),
    Fault(
        "every-probe",
        "approvals/claims.py",
        " AND (free.turn = 1 OR NOT free.probe)",
        "",
        "tests/approvals/test_breakers.py::test_then_one_request_is_the_probe",
    ),
    Fault(
        "proof-unsigned",
        "approvals/proofs.py",
        "    if not any(good):\n",
        "    if False:\n",
        "tests/approvals/test_proofs.py::test_a_forged_or_stale_proof_changes_nothing",
    ),
    Fault(
        "one-who-gave-up-stops-all",
        "approvals/drain.py",
        "                if not future.done():\n                    future.set_result(result)\n",
        "                future.set_result(result)\n",
        "tests/approvals/test_drain.py::test_one_who_ran_out_of_time_does_not_hold_up_the_others",
    ),
    Fault(
        "secret-kept",
        "approvals/masking.py",
        "        answer = answer.replace(secret, PLACE)\n",
        "        pass\n",
        "tests/approvals/test_wire.py::test_a_secret_that_is_echoed_is_not_kept",
    ),
    Fault(
        "barred-and-sent",
        "approvals/apps.py",
        "        releases.follow(voiding.void_again)\n",
        "",
        "tests/approvals/test_voiding.py::test_what_is_barred_is_not_sent_although_it_was_approved",
    ),
    Fault(
        "sent-again-after-a-no",
        "approvals/resolutions.py",
        "        and proposal.state == ProposalState.APPROVED\n",
        "",
        "tests/approvals/test_voiding.py::test_nothing_is_sent_again_after_its_proposal_was_decided_otherwise",
    ),
    Fault(
        "put-back-once-for-ever",
        "approvals/reversals.py",
        " and found.proposal.state not in _OVER:",
        ":",
        "tests/approvals/test_reversals.py::test_a_reversal_that_ended_without_effect_can_be_wished_again",
    ),
    Fault(
        "worker-dies-with-redis",
        "console/celery.py",
        "broker.use()\n",
        "",
        "tests/journeys/test_faults.py::test_a_worker_goes_on_after_redis_died_under_its_tasks",
    ),
    Fault(
        "waited-for-redis-twice",
        "approvals/doorbell.py",
        " or bus.is_resting()\n",
        "\n",
        "tests/approvals/test_doorbell.py::test_nobody_waits_for_a_redis_that_did_not_answer_the_bus",
    ),
    Fault(
        "barred-follower-goes",
        "approvals/voiding.py",
        "unsent.filter(action__in=never)",
        "unsent.filter(action__in=never, approval=None)",
        "tests/approvals/test_voiding.py::test_a_follower_that_is_barred_does_not_follow",
    ),
]

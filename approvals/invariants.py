"""What must be true of the gate at any moment."""

from runs.invariants import add

add(
    "approved means queued",
    "An approved proposal has outbox rows of its standing approval",
    """
    SELECT p.public_id FROM approvals_proposal p WHERE p.state = 'approved' AND NOT EXISTS (
        SELECT FROM approvals_approval a JOIN approvals_outboxentry o ON o.approval_id = a.id
         WHERE a.proposal_id = p.id AND a.decision = 'approve' AND a.undone_at IS NULL
           AND a.version = p.version)
    """,
)
add(
    "queued means approved",
    "An outbox row stands on an approval of its own proposal that was not taken back, or on a rule",
    """
    SELECT o.public_id FROM approvals_outboxentry o
      LEFT JOIN approvals_approval a ON a.id = o.approval_id
     WHERE o.state <> 'cancelled' AND CASE WHEN o.approval_id IS NULL THEN o.policy_rule = ''
        ELSE a.decision <> 'approve' OR a.undone_at IS NOT NULL
          OR a.proposal_id IS DISTINCT FROM o.proposal_id END
    """,
)
add(
    "an approval is of what was shown",
    "The digest of a decision is the digest of the version that it names",
    """
    SELECT p.public_id || ' version ' || a.version FROM approvals_approval a
      JOIN approvals_proposal p ON p.id = a.proposal_id
      LEFT JOIN approvals_proposalversion v ON v.proposal_id = a.proposal_id
       AND v.version = a.version
     WHERE v.digest IS DISTINCT FROM a.digest
    """,
)
add(
    "done means answered",
    "A confirmed effect has an attempt that was answered",
    """
    SELECT o.public_id FROM approvals_outboxentry o WHERE o.state = 'succeeded'
       AND NOT coalesce(o.result, '{}') ? 'resolved_by' AND NOT EXISTS (
        SELECT FROM approvals_attempt t WHERE t.entry_id = o.id
           AND (t.status BETWEEN 200 AND 299 OR t.answer <> ''))
    """,
)
add(
    "nobody sends for ever",
    "No entry is being sent a minute after its lease has ended",
    """
    SELECT public_id FROM approvals_outboxentry
     WHERE state = 'sending' AND lease_until < readback_now() - interval '60 seconds'
    """,
)
add(
    "one effect",
    "The same step, action and arguments have one effect at most",
    """
    SELECT r.public_id || ' ' || o.action FROM approvals_outboxentry o
      JOIN runs_run r ON r.id = o.run_id WHERE o.state NOT IN ('cancelled', 'superseded')
     GROUP BY r.public_id, o.run_id, o.step_key, o.action, o.args_hash HAVING count(*) > 1
    """,
)
add(
    "four eyes",
    "Whoever wrote or changed what it sends said no yes to what asks for four eyes",
    """
    WITH written AS (
        SELECT proposal_id, version, author, payload::jsonb -> 'effects' IS DISTINCT FROM
               lag(payload::jsonb -> 'effects') OVER (PARTITION BY proposal_id ORDER BY version)
               AS changed
          FROM approvals_proposalversion)
    SELECT p.public_id FROM approvals_approval a
      JOIN approvals_proposal p ON p.id = a.proposal_id AND p.version = a.version
      JOIN written v ON v.proposal_id = a.proposal_id AND v.version <= a.version AND v.changed
     WHERE coalesce(p.four_eyes, p.risk = 'high') AND a.decision = 'approve'
       AND a.undone_at IS NULL AND v.author = 'person:' || a.user_id
    """,
)
add(
    "quorum",
    "An approved proposal has as many standing approvals as its stages ask people for",
    """
    SELECT p.public_id FROM approvals_proposal p
     WHERE p.state = 'approved' AND jsonb_array_length(p.stages) > 0 AND
       (SELECT sum((stage->>'people')::int) FROM jsonb_array_elements(p.stages) stage) >
       (SELECT count(*) FROM approvals_approval a WHERE a.proposal_id = p.id
           AND a.version = p.version AND a.decision = 'approve' AND a.undone_at IS NULL)
    """,
)
add(
    "requests are as approved",
    "The bytes of a request still have the digest that was frozen",
    """
    SELECT public_id FROM approvals_outboxentry
     WHERE request <> '' AND sha256(convert_to(request, 'UTF8')) <> request_digest
    """,
)
add(
    "kept means confirmed",
    "A promise that counts as kept rests on a confirmed effect of its own run",
    """
    SELECT p.id::text FROM runs_promise p
      LEFT JOIN approvals_outboxentry o ON o.workspace_id = p.workspace_id
       AND o.run_id = p.run_id AND o.public_id = p.backing
     WHERE p.state = 'kept' AND o.state IS DISTINCT FROM 'succeeded'
    """,
)
add(
    "yeses are counted",
    "An open proposal counts the yeses to its version that nobody took back",
    """
    SELECT p.public_id FROM approvals_proposal p
     WHERE p.state = 'pending' AND p.given <>
       (SELECT count(*) FROM approvals_approval a WHERE a.proposal_id = p.id
           AND a.version = p.version AND a.decision = 'approve' AND a.undone_at IS NULL)
    """,
)
add(
    "reversals are as prepared",
    "What takes a confirmed effect back still has the digest with which it was written down",
    """
    SELECT o.public_id FROM approvals_reversal r JOIN approvals_outboxentry o ON o.id = r.entry_id
     WHERE o.state <> 'succeeded' OR sha256(convert_to(r.payload, 'UTF8')) <> r.digest
    """,
)

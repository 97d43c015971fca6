"""What must be true of calls at any moment."""

from runs.invariants import add

add(
    "deliveries are worked out",
    "No delivery of the provider waits longer than ten minutes",
    """
    SELECT webhook_id FROM voice_inboundwebhook
     WHERE state = 'new' AND received_at < readback_now() - interval '10 minutes'
    """,
)
add(
    "an answer had a question",
    "Every answered tool was called before, and its step stands in the record",
    """
    SELECT r.public_id || ' line ' || e.number FROM runs_event e JOIN runs_run r ON r.id = e.run_id
     WHERE e.kind = 'tool.answered' AND e.payload IS NOT NULL AND NOT EXISTS (
        SELECT FROM runs_step s WHERE s.run_id = e.run_id
           AND s.step_key = e.payload::jsonb -> 'body' ->> 'step')
    """,
)
add(
    "turns have one place",
    "No two turns of a call stand at one place",
    """
    SELECT c.public_id || ' ' || t.position FROM voice_turn t JOIN voice_call c ON c.id = t.call_id
     GROUP BY c.public_id, t.call_id, t.position HAVING count(*) > 1
    """,
)
add(
    "a turn is its last version",
    "The text of a turn is the text of its newest version",
    """
    SELECT c.public_id || ' ' || t.position FROM voice_turn t JOIN voice_call c ON c.id = t.call_id
      JOIN voice_turnversion v ON v.turn_id = t.id AND v.version = t.version
     WHERE v.text <> t.text
    """,
)
add(
    "quotes were heard",
    "No evidence reaches beyond what was heard of its turn",
    """
    SELECT e.public_id FROM runs_evidence e JOIN voice_turn t ON t.id = e.turn_id
     WHERE e.grade <> 'unverified' AND e."end" IS NOT NULL AND e.turn_version = t.version
       AND (e."end" > char_length(t.text) OR e."end" > t.heard_chars OR t.state = 'unheard')
    """,
)
add(
    "calls end",
    "A call that ended says when and why",
    """
    SELECT public_id FROM voice_call
     WHERE state IN ('ended', 'missed', 'failed') AND (ended_at IS NULL OR end_reason = '')
    """,
)
add(
    "work after calls gets done",
    "The work after a call is done within half an hour of its end",
    """
    SELECT public_id FROM voice_call WHERE state = 'ended' AND after_call_done_at IS NULL
       AND ended_at < readback_now() - interval '30 minutes'
    """,
)
add(
    "owners write",
    "The fence of a run is the epoch of its call",
    """
    SELECT c.public_id FROM voice_call c JOIN runs_run r ON r.id = c.run_id WHERE r.fence <> c.epoch
    """,
)
add(
    "calls that are over are searched by their document",
    "A call has a search document from its end on, and none before",
    """
    SELECT c.public_id FROM voice_call c
      LEFT JOIN voice_searchdocument d ON d.workspace_id = c.workspace_id AND d.call_id = c.id
     WHERE (c.state IN ('ringing', 'live')) = (d.id IS NOT NULL)
    """,
)

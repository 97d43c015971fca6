"""What a reader of the OpenAPI document has to know besides its operations."""

DESCRIPTION = """\
What happened in calls, what an agent wants to change, who allowed it, and whether it was done.

**Keys.** `Authorization: Bearer rb_…`. A key belongs to one workspace; things of another one are
not there (404). What a key may do follows from its roles: `GET /api/v1/me`. A key is a named
principal: ledger and audit say `key:…` where it acted. It may stop an effect, change a wish or say
what happened; only a person lets an effect go (`person_needed`).

**Lists.** Newest first, `limit` rows a page. Follow `next_cursor` with the same filters until it is
null; rows that come meanwhile move nothing. Transcripts and ledgers are read forward with `after`.

**Repeating.** Every POST takes an `Idempotency-Key`; the recorded answer stands for 24 hours.

**Polling.** Every GET carries an `ETag`; with `If-None-Match` the answer is 304 while nothing changed.

**Problems.** Every error is `application/problem+json` (RFC 9457) with a stable `code` for programs,
words in `detail`, each wrong place in `errors`, and the `request_id` that our log has too.

**Handles.** `agent-run://`, `evidence://`, `wrp://`, `call://` and `outbox://` may be stored:
`GET /api/v1/handles/{handle}` opens each, and names its page.
"""

TAGS = (
    ("Keys", "Whose key this is."),
    ("Calls", "Calls, what was said and heard, and what came of them."),
    ("Runs", "The record behind a call: steps, evidence, fields, the ledger."),
    ("Capabilities", "Starting a run and asking the gate."),
    ("Proposals", "Wishes that wait for a person."),
    ("Outbox", "Effects on their way out, with every try and its answer."),
    ("Promises", "What the caller was promised, and what stands behind it."),
    ("Handles", "Opaque names that other systems store."),
)

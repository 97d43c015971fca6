from django.db import migrations, models

# What was shown, decided and tried stays: the application's role can neither delete it nor give it another end.
GUARDS = """
CREATE FUNCTION readback_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

CREATE FUNCTION readback_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.workspace_id, NEW.public_id, NEW.run_id, NEW.step_id, NEW.customer_id, NEW.action,
      NEW.proposed_at)
     IS DISTINCT FROM
     (OLD.workspace_id, OLD.public_id, OLD.run_id, OLD.step_id, OLD.customer_id, OLD.action,
      OLD.proposed_at)
     OR NEW.version < OLD.version
  THEN RAISE EXCEPTION 'a proposal stays the wish that it was' USING ERRCODE = '42501'; END IF;
  IF NEW.state <> OLD.state AND NOT (CASE OLD.state
      WHEN 'pending' THEN NEW.state IN ('approved', 'rejected', 'withdrawn', 'expired', 'superseded')
      WHEN 'approved' THEN NEW.state IN ('pending', 'conflict')
      WHEN 'conflict' THEN NEW.state IN ('pending', 'superseded')
      ELSE false END)
  THEN RAISE EXCEPTION 'a proposal does not go from % to %', OLD.state, NEW.state
       USING ERRCODE = '42501'; END IF;
  -- Who decided may leave: then the name stands in the approval only.
  IF NEW.state = OLD.state AND OLD.state <> 'pending'
     AND ((NEW.version, NEW.risk, NEW.rule, NEW.role, NEW.stages, NEW.four_eyes, NEW.given,
           NEW.approve_by, NEW.execute_by, NEW.decided_at)
          IS DISTINCT FROM
          (OLD.version, OLD.risk, OLD.rule, OLD.role, OLD.stages, OLD.four_eyes, OLD.given,
           OLD.approve_by, OLD.execute_by, OLD.decided_at)
          OR NEW.decided_by_id IS NOT NULL AND NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id)
  THEN RAISE EXCEPTION 'a decided proposal is not rewritten' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;

-- After its end a doubt may be cleared (the far side was asked and has no effect of ours), and an answer
-- may give way to its digest.
CREATE FUNCTION readback_attempt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.workspace_id, NEW.entry_id, NEW.number, NEW.lease, NEW.worker, NEW.started_at)
     IS DISTINCT FROM
     (OLD.workspace_id, OLD.entry_id, OLD.number, OLD.lease, OLD.worker, OLD.started_at)
     OR OLD.wired_at IS NOT NULL AND NEW.wired_at IS NULL
     OR OLD.ended_at IS NOT NULL
        AND ((NEW.wired_at, NEW.ended_at, NEW.status, NEW.error)
             IS DISTINCT FROM (OLD.wired_at, OLD.ended_at, OLD.status, OLD.error)
             OR NEW.verdict <> OLD.verdict
                AND (NEW.verdict <> 'absent' OR OLD.verdict IN
                     ('done', 'proved', 'no', 'not_accepted', 'not_sent', 'conflict'))
             OR NEW.answer <> OLD.answer AND NEW.answer <>
                'sha256:' || encode(sha256(convert_to(OLD.answer, 'UTF8')), 'hex'))
  THEN RAISE EXCEPTION 'an attempt that has ended is not rewritten' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION readback_ending_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.attempts, NEW.reason, NEW.finished_at)
     IS DISTINCT FROM (OLD.attempts, OLD.reason, OLD.finished_at)
     OR NEW.result IS NOT NULL AND NEW.result IS DISTINCT FROM OLD.result
  THEN RAISE EXCEPTION 'an effect that is over is not rewritten' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard BEFORE UPDATE ON approvals_proposal
  FOR EACH ROW EXECUTE FUNCTION readback_proposal_guard();
CREATE TRIGGER guard BEFORE UPDATE ON approvals_attempt
  FOR EACH ROW EXECUTE FUNCTION readback_attempt_guard();
CREATE TRIGGER ending BEFORE UPDATE ON approvals_outboxentry FOR EACH ROW
  WHEN (OLD.state IN ('succeeded', 'failed', 'cancelled', 'superseded') AND NEW.state = OLD.state)
  EXECUTE FUNCTION readback_ending_guard();
"""

GONE = """
DROP TRIGGER ending ON approvals_outboxentry;
DROP TRIGGER guard ON approvals_attempt;
DROP TRIGGER guard ON approvals_proposal;
DROP FUNCTION readback_ending_guard();
DROP FUNCTION readback_attempt_guard();
DROP FUNCTION readback_proposal_guard();
"""

KEPT = ("proposal", "proposalversion", "approval", "outboxentry", "attempt")
KEEP = "".join(
    f"""
CREATE TRIGGER kept BEFORE DELETE ON approvals_{table}
  FOR EACH ROW EXECUTE FUNCTION readback_kept();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON approvals_{table}
  FOR EACH STATEMENT EXECUTE FUNCTION readback_no_truncate();
REVOKE DELETE, TRUNCATE ON approvals_{table} FROM readback_app;
"""
    for table in KEPT
)
LET_GO = (
    "".join(
        f"""
GRANT DELETE ON approvals_{table} TO readback_app;
DROP TRIGGER no_truncate ON approvals_{table};
DROP TRIGGER kept ON approvals_{table};
"""
        for table in KEPT
    )
    + "DROP FUNCTION readback_kept();"
)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0009_lists"), ("runs", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="proposalversion",
            name="terms",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RunSQL(GUARDS, GONE),
        migrations.RunSQL(KEEP, LET_GO),
    ]

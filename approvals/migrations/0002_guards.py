from django.db import migrations, models

# The database's own part of the gate: what a person decided about, and what is sent, cannot change after.
GUARDS = """
CREATE FUNCTION readback_outbox_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.workspace_id, NEW.run_id, NEW.step_key, NEW.action, NEW.action_type, NEW.idempotency,
      NEW.proposal_id, NEW.approval_id, NEW.policy_rule, NEW.target, NEW.connection_id,
      NEW.args_hash, NEW.request_digest, NEW.execute_by, NEW.created_at)
     IS DISTINCT FROM
     (OLD.workspace_id, OLD.run_id, OLD.step_key, OLD.action, OLD.action_type, OLD.idempotency,
      OLD.proposal_id, OLD.approval_id, OLD.policy_rule, OLD.target, OLD.connection_id,
      OLD.args_hash, OLD.request_digest, OLD.execute_by, OLD.created_at)
     OR NEW.request <> OLD.request
        AND NOT (NEW.request = '' AND OLD.state IN ('succeeded', 'failed', 'cancelled', 'superseded'))
  THEN RAISE EXCEPTION 'an outbox request is frozen' USING ERRCODE = '42501'; END IF;
  IF NEW.state <> OLD.state AND NOT (CASE OLD.state
      WHEN 'pending' THEN NEW.state IN ('sending', 'cancelled', 'failed', 'unknown', 'superseded')
      WHEN 'sending' THEN NEW.state IN ('pending', 'succeeded', 'failed', 'reconcile', 'unknown')
      WHEN 'reconcile' THEN NEW.state IN ('pending', 'succeeded', 'unknown')
      WHEN 'unknown' THEN NEW.state IN ('succeeded', 'cancelled', 'superseded')
      WHEN 'failed' THEN NEW.state = 'superseded'
      ELSE false END)
  THEN RAISE EXCEPTION 'an outbox entry does not go from % to %', OLD.state, NEW.state
       USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION readback_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a version of a proposal is never changed' USING ERRCODE = '42501'; END $$;

CREATE FUNCTION readback_approval_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - '{undone_at,user_id}'::text[] <> to_jsonb(OLD) - '{undone_at,user_id}'::text[]
     OR OLD.undone_at IS NOT NULL AND NEW.undone_at IS DISTINCT FROM OLD.undone_at
     OR NEW.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id
  THEN RAISE EXCEPTION 'a decision is never changed' USING ERRCODE = '42501'; END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER guard BEFORE UPDATE ON approvals_outboxentry
  FOR EACH ROW EXECUTE FUNCTION readback_outbox_guard();
CREATE TRIGGER guard BEFORE UPDATE ON approvals_proposalversion
  FOR EACH ROW EXECUTE FUNCTION readback_version_guard();
CREATE TRIGGER guard BEFORE UPDATE ON approvals_approval
  FOR EACH ROW EXECUTE FUNCTION readback_approval_guard();
"""

GONE = """
DROP TRIGGER guard ON approvals_approval;
DROP TRIGGER guard ON approvals_proposalversion;
DROP TRIGGER guard ON approvals_outboxentry;
DROP FUNCTION readback_approval_guard();
DROP FUNCTION readback_version_guard();
DROP FUNCTION readback_outbox_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="outboxentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "sending")),
                fields=("workspace", "target"),
                name="approvals_outboxentry_one_in_flight",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "sending", "reconcile"])),
                fields=["workspace", "target", "id"],
                name="approvals_outboxentry_turn",
            ),
        ),
        migrations.RunSQL(GUARDS, GONE),
    ]

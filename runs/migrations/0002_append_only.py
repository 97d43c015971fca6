from django.db import migrations

# UPDATE of an event may only purge it (payload and salt to NULL); of an audit entry only seal it.
GUARDS = """
CREATE FUNCTION readback_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.payload IS NULL AND NEW.salt IS NULL
     AND to_jsonb(NEW) - '{payload,salt}'::text[] = to_jsonb(OLD) - '{payload,salt}'::text[]
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = '42501';
END $$;

CREATE FUNCTION readback_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL
     AND to_jsonb(NEW) - '{number,hash}'::text[] = to_jsonb(OLD) - '{number,hash}'::text[]
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = '42501';
END $$;

CREATE FUNCTION readback_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON runs_event
  FOR EACH ROW EXECUTE FUNCTION readback_event_guard();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON runs_auditentry
  FOR EACH ROW EXECUTE FUNCTION readback_audit_guard();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON runs_event
  FOR EACH STATEMENT EXECUTE FUNCTION readback_no_truncate();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON runs_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION readback_no_truncate();

REVOKE UPDATE, DELETE, TRUNCATE ON runs_event FROM readback_app;
REVOKE DELETE, TRUNCATE ON runs_auditentry FROM readback_app;
-- The head of a run is updated often: room on the page keeps those updates off the indexes.
ALTER TABLE runs_run SET (fillfactor = 50);
"""

GONE = """
ALTER TABLE runs_run RESET (fillfactor);
GRANT UPDATE, DELETE ON runs_event TO readback_app;
GRANT DELETE ON runs_auditentry TO readback_app;
DROP TRIGGER no_truncate ON runs_auditentry; DROP TRIGGER no_truncate ON runs_event;
DROP TRIGGER append_only ON runs_auditentry; DROP TRIGGER append_only ON runs_event;
DROP FUNCTION readback_no_truncate(); DROP FUNCTION readback_audit_guard();
DROP FUNCTION readback_event_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, GONE)]

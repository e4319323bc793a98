/**
 * SQL of a service's outbox: outcomes that are committed and not yet sealed. `appRole` is the service's database role. One
 * row holds the events of one commit as a JSON array that is passed on unchanged.
 */
export const outboxSchema = (appRole: string): string => `
  CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_count integer NOT NULL CHECK (event_count BETWEEN 1 AND 1000),
    events text NOT NULL,
    quarantined boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  GRANT SELECT, INSERT, UPDATE (quarantined), DELETE ON outbox TO ${appRole};`;

/** The tenant of a row's first event. Builders write the event's id and tenant before any text of a caller. */
const tenantIn = (events: string): string =>
  `substring(left(${events}, 200) from '"tenantId":"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"')::uuid`;

/**
 * SQL that gives each row of the outbox its tenant and its HSM partition, so that room and delivery can be shared among tenants
 * and a worker delivers its own partition's events only. The tenant is read from the events, so no writer can state another.
 * The partition is the session's (`ankasecure.partition`).
 * @param partitionOf SQL for the partition of \`NEW\` if the session has none: that of a process of an earlier version
 */
export const outboxAddress = (partitionOf = `''`): string => `
  ALTER TABLE outbox ADD COLUMN tenant_id uuid, ADD COLUMN partition text;
  CREATE FUNCTION address_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    NEW.tenant_id := ${tenantIn('NEW.events')};
    NEW.partition := coalesce(nullif(current_setting('ankasecure.partition', true), ''), ${partitionOf});
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION address_outcome() FROM PUBLIC;
  DO $$
  DECLARE NEW outbox;
  BEGIN
    FOR NEW IN SELECT * FROM outbox LOOP
      NEW.tenant_id := ${tenantIn('NEW.events')};
      UPDATE outbox SET tenant_id = NEW.tenant_id, partition = ${partitionOf} WHERE id = NEW.id;
    END LOOP;
  END $$;
  ALTER TABLE outbox ALTER COLUMN tenant_id SET NOT NULL, ALTER COLUMN partition SET NOT NULL;
  CREATE TRIGGER address BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION address_outcome();
  CREATE INDEX outbox_next ON outbox (partition, tenant_id, id) WHERE NOT quarantined;`;

/**
 * SQL that refuses to go on while events of an earlier release wait: they carry no proof, and the audit service would refuse them
 * for good. A quarantined event waits for an operator as before.
 */
export const assertOutboxProven = `
  DO $$
  DECLARE waiting bigint;
  BEGIN
    SELECT coalesce(sum(event_count), 0) INTO waiting FROM outbox
      WHERE NOT quarantined AND strpos(events, '"proof":{"process":"') = 0;
    IF waiting > 0 THEN
      RAISE EXCEPTION '% audit events of the earlier release wait in the outbox. This release would refuse them. Run the earlier release without traffic until ankasecure_outbox_events is 0 in every service, stop it, and migrate again.', waiting;
    END IF;
  END $$;`;

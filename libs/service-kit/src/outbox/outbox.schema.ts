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

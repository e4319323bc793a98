/** SQL of a service's heartbeat. `appRole`, the service's database role, may beat and read. */
export const heartbeatSchema = (appRole: string): string => `
  CREATE TABLE heartbeat (
    id smallint PRIMARY KEY CHECK (id = 1),
    at timestamptz NOT NULL
  );
  CREATE FUNCTION beat() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO heartbeat VALUES (1, clock_timestamp()) ON CONFLICT (id) DO UPDATE SET at = excluded.at
  $$;
  REVOKE ALL ON FUNCTION beat() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION beat() TO ${appRole};
  GRANT SELECT ON heartbeat TO ${appRole};`;

export const dropHeartbeat = 'DROP FUNCTION beat(); DROP TABLE heartbeat;';

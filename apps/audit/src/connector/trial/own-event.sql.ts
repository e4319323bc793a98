/** A row of an event that its id names. What is decided by it is proved afterwards. */
export const seqOf = `SELECT seq::float8 AS seq FROM sealed_event
  WHERE tenant_id = $1 AND correlation_id = $2 AND operation = $3 AND event_id = $4 ORDER BY sealed_event.seq DESC LIMIT 1`;

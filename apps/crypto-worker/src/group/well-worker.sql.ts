const well = `hashtextextended('well worker:' || $1, 0) well`;

/** Counts the session among the healthy workers of partition `$1`. */
export const joinWellWorkers = `SELECT pg_advisory_lock_shared(well) FROM ${well}`;

/** Takes the session out of the healthy workers of partition `$1`. */
export const leaveWellWorkers = `SELECT pg_advisory_unlock_shared(well) FROM ${well}`;

/**
 * Tells whether no other session is among the healthy workers of partition `$1`: the exclusive lock is granted only where no
 * other session holds the shared one. It ends with the statement.
 */
export const isLastWellWorker = `SELECT pg_try_advisory_xact_lock(well) AS alone FROM ${well}`;

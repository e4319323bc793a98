/** Begins the transaction of a turn. @param waitMs how long the lock may be waited for, in whole milliseconds */
export const beginTurn = (waitMs: number): string => `BEGIN; SET LOCAL lock_timeout = '${waitMs}ms'`;

/** $1 partition. Waits for the turn to write to the partition's token: one process has it at a time, until its transaction ends. */
export const takeTurn = "SELECT pg_advisory_xact_lock(hashtextextended('token writer:' || $1, 0))";

/** Ends the turn. */
export const endTurn = 'COMMIT';

/** Takes a session lock of PostgreSQL, by number. */
export const lock = 'SELECT pg_advisory_lock($1)';
export const tryLock = 'SELECT pg_try_advisory_lock($1) AS locked';
export const unlock = 'SELECT pg_advisory_unlock($1)';

/** Tries to take a session lock, by name. */
export const tryLockName = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked';
export const unlockName = 'SELECT pg_advisory_unlock(hashtextextended($1, 0))';

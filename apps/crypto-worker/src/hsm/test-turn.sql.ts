/** $1 partition. Takes the turn to test the partition's token, of all workers, until its connection ends; not `taken` if another has it. */
export const tryTestTurn = "SELECT pg_try_advisory_lock(hashtextextended('hsm test:' || $1, 0)) AS taken";

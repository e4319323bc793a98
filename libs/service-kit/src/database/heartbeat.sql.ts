/** Writes one row and commits. It fails where the database is read-only or full. */
export const beat = 'SELECT beat()';

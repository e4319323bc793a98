/** Tells the partition that the session's login serves; null if it serves none. */
export const ownPartition = 'SELECT own_partition() AS partition, session_user AS role';

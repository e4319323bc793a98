/** Asks PostgreSQL to tell of key versions whose unwrapped copies have to go, as the trigger on `key_version` names them. */
export const listenForUnwrapped = 'LISTEN unwrapped_key';

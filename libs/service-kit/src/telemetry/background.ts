import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs a function where this module was loaded: at the start of the process, outside of every request. */
const atStart = AsyncLocalStorage.snapshot();

/**
 * Runs `work` outside of the request that happens to begin it: in no trace, and with nothing that the request keeps for its own
 * calls. For work that goes on for itself once it has begun: polls, timers, checks that plan the next one. Without it, every
 * round belongs to the first request's trace, for as long as the process runs.
 */
export const inBackground = <Value>(work: () => Value): Value => atStart(work);

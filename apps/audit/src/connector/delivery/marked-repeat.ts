import type { Connector } from '../connector.js';

/** Where a delivery begins, and up to which event it repeats what was delivered before. */
export interface RepeatBounds {
  readonly seq: number;
  readonly repeatUntil: number;
}

/**
 * The same connector, which says of each event that was delivered before that it is a repeat: those before the place where the delivery
 * begins, and those up to where a replay reaches.
 */
export const markingRepeats = (connector: Connector, { seq, repeatUntil }: RepeatBounds): Connector => ({
  limits: connector.limits,
  encode: (event) => connector.encode(event.seq < seq || event.seq <= repeatUntil ? { ...event, repeat: true } : event),
  send: (events, signal) => connector.send(events, signal),
  prepare: async (...asked) => (await connector.prepare?.(...asked)) ?? 'ready',
  close: () => connector.close(),
});

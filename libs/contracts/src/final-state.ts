import type { RecordKind } from './record-change.js';

/**
 * States that a record never loses, and the states that may follow each. Every other state is free. The crypto-worker's test
 * compares the table with the lifecycle of keys.
 */
export const finalStates: Partial<Record<RecordKind, Readonly<Record<string, readonly string[]>>>> = {
  key_version: {
    COMPROMISED: ['COMPROMISED', 'DESTROY_SCHEDULED', 'DESTROYED'],
    DESTROYED: ['DESTROYED'],
  },
};

/** Tells whether a record of this kind never loses the state. */
export const isFinal = (kind: RecordKind, state: string | null | undefined): state is string =>
  typeof state === 'string' && Object.hasOwn(finalStates[kind] ?? {}, state);

/**
 * The state by which a record counts after a change. A final state stays although one follows that the record may leave again:
 * otherwise the record could enter any state from there.
 */
export const stateAfter = (kind: RecordKind, before: string | null, state: string | null): string | null =>
  isFinal(kind, before) && !isFinal(kind, state) && mayFollow(kind, before, state) ? before : state;

/** Tells whether a record in the state `from` may enter the state `to`. */
export const mayFollow = (kind: RecordKind, from: string | null | undefined, to: string | null | undefined): boolean =>
  !isFinal(kind, from) || finalStates[kind]?.[from]?.includes(to ?? '') === true;

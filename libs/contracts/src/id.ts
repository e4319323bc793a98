import { randomUUIDv7 } from 'node:crypto';

/** Makes an id of anything that is stored. Ids sort by the time they were made (RFC 9562 §5.7), so indexes grow at one end. */
export const newId = (): string => randomUUIDv7();

/** A UUID as our services write it: in lower case. */
export const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** When an id of `newId` was made, in milliseconds since the epoch; undefined for another id. */
export const idTime = (id: string): number | undefined =>
  uuidForm.test(id) && id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;

/** The time for which an id is new, in milliseconds. Clocks may differ by less. */
const newMs = 60_000;

/** Tells whether an id of `newId` was made a moment ago, so that nothing else has it. @param now in milliseconds since the epoch */
export const isNewId = (id: string, now: number): boolean => Math.abs(now - (idTime(id) ?? Number.NaN)) < newMs;

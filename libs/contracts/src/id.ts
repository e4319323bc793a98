import { randomUUIDv7 } from 'node:crypto';

/** Makes an id of anything that is stored. Ids sort by the time they were made (RFC 9562 §5.7), so indexes grow at one end. */
export const newId = (): string => randomUUIDv7();

/** A UUID as our services write it: in lower case. */
export const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

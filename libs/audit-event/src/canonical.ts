import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { fieldBytes } from './field.js';

/** The nine fields of an event's canonical form. The leaf binds everything else. */
export type CanonicalFields = Pick<AuditEvent, (typeof canonicalFields)[number]>;

/** The order of the fields, which is part of the format and never changes. */
export const canonicalFields = [
  'tenantId',
  'userId',
  'keyId',
  'algorithm',
  'operation',
  'outcome',
  'failureCode',
  'occurredAt',
  'correlationId',
] as const satisfies readonly (keyof AuditEvent)[];

/** The first bytes of every MAC input, followed by the version of the form. */
const magic = Buffer.from('ankasecure.audit', 'ascii');
const version = 1;
const header = Buffer.concat([magic, Buffer.of(version)]);

/** @throws AnkaError `request-invalid` for ill-formed UTF-16 and for NUL, which have no canonical form */
const checked = (name: string, value: string): string => {
  if (value.isWellFormed() && !value.includes('\0')) return value;
  throw new AnkaError('request-invalid', `${name}: must be well-formed Unicode without NUL`);
};

const nothing = Buffer.of();

/**
 * The nine fields as bytes, each `presence ‖ u32be length ‖ content`: presence 01 and the content in UTF-8, not normalised,
 * or the single byte 00 for null (no length follows), so that null is not the empty string. The content of `occurredAt` is
 * its int64 of microseconds since the epoch, 8 bytes big-endian. Distinct tuples never share bytes.
 * @throws AnkaError `request-invalid` for text without a canonical form and for an instant that is not a safe integer
 */
export const canonicalBytes = (event: CanonicalFields): Buffer => {
  if (!Number.isSafeInteger(event.occurredAt))
    throw new AnkaError('request-invalid', 'occurredAt: must be in whole microseconds');
  const values = canonicalFields.map((name) => {
    const value = event[name];
    return typeof value === 'string' ? checked(name, value) : value;
  });
  return fieldBytes(nothing, values);
};

/**
 * The input of the tenant's MAC key: magic `ankasecure.audit` ‖ version 01 ‖ the MAC key's id (as a field: 01 ‖ u32be length ‖
 * UTF-8) ‖ the message: an event's or a chain seal's canonical bytes. The id is part of the input, so a MAC proves which key made it.
 * The audit service sends messages; the crypto-worker, which knows the key, calls this.
 * @throws AnkaError `request-invalid` if the id has no canonical form
 */
export const macInput = (macKeyId: string, message: Uint8Array): Buffer =>
  fieldBytes(header, [checked('macKeyId', macKeyId)], message);

import { AnkaError, type AuditEvent } from '@ankasecure/contracts';

/** The nine fields that make an event's canonical form; everything else about it is bound by its leaf. */
export type CanonicalFields = Pick<AuditEvent, (typeof canonicalFields)[number]>;

/** In this order, and never in another: the order is the format. */
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

/** First bytes of every MAC input, and the version of the form that follows them. */
const magic = Buffer.from('ankasecure.audit', 'ascii');
const version = 1;
const header = Buffer.concat([magic, Buffer.of(version)]);

const absent = 0;
const present = 1;
/** Presence byte and u32be length. */
const prefixBytes = 5;
const instantBytes = 8;

/** @throws AnkaError `request-invalid` for ill-formed UTF-16 and for NUL, which have no canonical form */
const checked = (name: string, value: string): string => {
  if (value.isWellFormed() && !value.includes('\0')) return value;
  throw new AnkaError('request-invalid', `${name}: well-formed Unicode without NUL is expected`);
};

const writePrefix = (target: Buffer, offset: number, length: number): number => {
  target[offset] = present;
  return target.writeUInt32BE(length, offset + 1);
};

const sizeOf = (value: string | number | null): number => {
  if (value === null) return 1;
  return prefixBytes + (typeof value === 'number' ? instantBytes : Buffer.byteLength(value));
};

const write = (target: Buffer, offset: number, value: string | number | null): number => {
  if (value === null) return target.writeUInt8(absent, offset);
  if (typeof value === 'number')
    return target.writeBigInt64BE(BigInt(value), writePrefix(target, offset, instantBytes));
  const length = target.write(value, offset + prefixBytes);
  return writePrefix(target, offset, length) + length;
};

/**
 * The nine fields as bytes, each `presence ‖ u32be length ‖ content`: presence 01 and the content in UTF-8, not normalised,
 * or the single byte 00 for null (no length follows), so that null is not the empty string. The content of `occurredAt` is
 * its int64 of microseconds since the epoch, 8 bytes big-endian. Distinct tuples never share bytes.
 * @throws AnkaError `request-invalid` for text without a canonical form and for an instant that is not a safe integer
 */
export const canonicalBytes = (event: CanonicalFields): Buffer => {
  if (!Number.isSafeInteger(event.occurredAt))
    throw new AnkaError('request-invalid', 'occurredAt: whole microseconds are expected');
  let size = 0;
  for (const name of canonicalFields) {
    const value = event[name];
    size += sizeOf(typeof value === 'string' ? checked(name, value) : value);
  }
  const bytes = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const name of canonicalFields) offset = write(bytes, offset, event[name]);
  return bytes;
};

/**
 * What the tenant's MAC key signs: magic `ankasecure.audit` ‖ version 01 ‖ the MAC key's id (as a field: 01 ‖ u32be length ‖
 * UTF-8) ‖ canonical bytes. The id inside means that a MAC proves which key made it.
 * The audit service sends canonical bytes; the crypto-worker, which knows the key, calls this.
 * @throws AnkaError `request-invalid` when the id has no canonical form
 */
export const macInput = (macKeyId: string, canonical: Uint8Array): Buffer => {
  const id = checked('macKeyId', macKeyId);
  const bytes = Buffer.allocUnsafe(header.length + sizeOf(id) + canonical.length);
  bytes.set(header);
  bytes.set(canonical, write(bytes, header.length, id));
  return bytes;
};

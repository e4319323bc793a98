import { fitsSecret } from '@ankasecure/algorithm';
import type { Handle } from 'pkcs11js';
import { isNamed } from '../../object-owner.js';
import { type Attribute, cka } from '../cryptoki/attribute.js';
import { ckr, ckrOf } from '../cryptoki/ckr.js';
import { keyTemplate } from '../kind/template.js';
import { type CheckObject, ObjectRefused, type TokenSession } from '../session/token-session.js';
import { nextLooksMs, sleep } from './next-look.js';

type Expected = Parameters<CheckObject>[3];

/** An attribute's value; undefined if the token does not report it. */
type Read = ReadonlyMap<number, Buffer | undefined>;

/** Codes for an attribute that the token does not have or does not tell. */
const untold: readonly number[] = [ckr.ATTRIBUTE_TYPE_INVALID, ckr.ATTRIBUTE_SENSITIVE];

const readOne = (session: TokenSession, handle: Handle, type: number): Buffer | undefined => {
  try {
    return session.attributes(handle, [type])[0];
  } catch (error) {
    if (untold.includes(ckrOf(error) ?? -1)) return undefined;
    throw error;
  }
};

/** All in one call; one by one on a token that does not report all of them. */
const readAll = (session: TokenSession, handle: Handle, types: readonly number[]): Read => {
  try {
    const values = session.attributes(handle, types);
    return new Map(types.map((type, index) => [type, values[index]]));
  } catch (error) {
    if (!untold.includes(ckrOf(error) ?? -1)) throw error;
    return new Map(types.map((type) => [type, readOne(session, handle, type)]));
  }
};

/** Attributes that the token itself sets when it makes a key, and that stay true only while the key never leaves it. */
const madeHere: readonly Attribute[] = [cka.LOCAL, cka.ALWAYS_SENSITIVE, cka.NEVER_EXTRACTABLE].map((type) => ({
  type,
  value: true,
}));

const ulongsOf = (value: Buffer): readonly bigint[] =>
  Array.from({ length: Math.floor(value.length / 8) }, (_, index) => value.readBigUInt64LE(index * 8));

/** Tells whether every mechanism that the object allows is expected. An empty list may mean that all are allowed. */
const allowsOnly = (read: Buffer | undefined, expected: Buffer): boolean => {
  const allowed = read === undefined ? [] : ulongsOf(read);
  return allowed.length > 0 && allowed.every((mechanism) => ulongsOf(expected).includes(mechanism));
};

const isTrue = (value: Buffer | undefined): boolean => value !== undefined && value.some((byte) => byte !== 0);

const numberOf = (value: Buffer | undefined): number | undefined =>
  value === undefined || value.length < 4 ? undefined : value.readUInt32LE();

/** Attributes that a safe object has not, and that every token reports. For any other, unreported means absent. */
const reported: readonly number[] = [cka.EXTRACTABLE, cka.MODIFIABLE];

type Comparison = (read: Buffer | undefined, expected: Attribute['value'], of: Expected) => boolean;

/** Comparisons of attributes that are not compared by value. The name is compared apart. */
const special: Readonly<Record<number, Comparison>> = {
  [cka.ID]: () => true,
  [cka.LABEL]: () => true,
  // It contains pointers. A test tries its effect.
  [cka.UNWRAP_TEMPLATE]: () => true,
  // Some tokens report 0 for a key that was unwrapped.
  [cka.VALUE_LEN]: (read, expected, { shape, madeHere: isMadeHere }) => {
    const length = numberOf(read);
    return [undefined, 0, expected].includes(length) || (!isMadeHere && fitsSecret(shape, length ?? 0));
  },
  [cka.ALLOWED_MECHANISMS]: (read, expected) => Buffer.isBuffer(expected) && allowsOnly(read, expected),
};

const conforms = (read: Buffer | undefined, { type, value }: Attribute, of: Expected): boolean => {
  const compare = special[type];
  if (compare !== undefined) return compare(read, value, of);
  if (typeof value === 'number') return numberOf(read) === value;
  if (read === undefined && reported.includes(type)) return false;
  return isTrue(read) === value;
};

/** @returns what is wrong with the object; undefined if nothing is */
const faultOf = (session: TokenSession, handle: Handle, id: Buffer, expectation: Expected): string | undefined => {
  const { name, shape, madeHere: isMadeHere } = expectation;
  const template = keyTemplate(shape, { id, label: name.label, as: 'token' }, session.profile);
  const expected = [...template, ...(isMadeHere ? madeHere : [])];
  const types = expected.map(({ type }) => type).filter((type) => type !== cka.UNWRAP_TEMPLATE);
  const read = readAll(session, handle, types);
  const label = read.get(cka.LABEL)?.toString() ?? '';
  if (!isNamed(id, label, name)) return 'the object is somebody else’s: its label or id differs';
  const wrong = expected.find((attribute) => !conforms(read.get(attribute.type), attribute, expectation));
  return wrong && `attribute 0x${wrong.type.toString(16)} differs`;
};

/**
 * Checks that an object is what its record says: label and id name its owner; class, type and rights are those of the
 * template, with no right besides; it cannot be read, changed or taken out; and a platform key was made in the token. Nothing
 * that a record or a configuration says replaces what the token says.
 */
export const checkObject: CheckObject = (session, handle, id, expectation) => {
  let fault = faultOf(session, handle, id, expectation);
  for (const pauseMs of nextLooksMs) {
    if (fault === undefined) return;
    sleep(pauseMs);
    fault = faultOf(session, handle, id, expectation);
  }
  if (fault !== undefined) throw new ObjectRefused(fault);
};

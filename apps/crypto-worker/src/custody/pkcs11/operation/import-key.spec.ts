import { randomBytes } from 'node:crypto';
import { monotonicNow } from '@ankasecure/contracts';
import type { PKCS11, Template } from 'pkcs11js';
import { describe, expect, it } from 'vitest';
import { type ImportFailureCode, importFailures } from '../../import-failure.js';
import { cka } from '../cryptoki/attribute.js';
import { controlMemory, shared } from '../job/control.js';
import { operationNumber, status } from '../job/job.js';
import type { KeyShape } from '../job/key-shape.js';
import { chooseProfile } from '../profile/profile.js';
import { packObject } from '../session/locator.js';
import { TokenSession } from '../session/token-session.js';
import { UnwrappedKeys } from '../session/unwrapped-key.js';
import { perform } from './perform.js';
import { unwrapForUse } from './wrap-key.js';

const handle = Buffer.from([1]);
/** The id of every object of the fake token. */
const objectId = randomBytes(16);
const failing = (code: number) => (): never => {
  throw Object.assign(new Error('as the token says'), { code });
};

/** A token that accepts any bytes as a key, and reports the attributes that a test wants. */
const importInto = (shape: KeyShape, attributes: Readonly<Record<number, Buffer | undefined>>, calls: object = {}) => {
  const p11 = {
    C_OpenSession: () => handle,
    C_CloseSession: () => undefined,
    C_FindObjectsInit: () => undefined,
    C_FindObjects: () => [handle],
    C_FindObjectsFinal: () => undefined,
    C_UnwrapKey: () => handle,
    C_DestroyObject: () => undefined,
    C_DeriveKey: () => handle,
    C_GetAttributeValue: (_session: Buffer, _object: Buffer, template: Template) =>
      template.map(({ type }) => ({ type, value: type === cka.ID ? objectId : attributes[type] })),
    ...calls,
  } as unknown as PKCS11;
  const settings = { libraryPath: '', slot: handle, profile: chooseProfile('nshield', []), handleCacheSize: 8 };
  const unwrapped = new UnwrappedKeys(p11, 0, unwrapForUse);
  // The fake token's objects have no attributes to check.
  const session = new TokenSession(p11, controlMemory(shared.size), settings, unwrapped, () => undefined);
  const locator = (): Buffer => {
    const name = { label: 'l', formerLabel: 'l', bound: 'b' };
    return packObject(objectId, { name, shape, madeHere: false });
  };
  const wrapping = [Buffer.of(), locator(), locator()];
  const parts = [Buffer.from('aes-kwp'), locator(), locator(), randomBytes(40), ...wrapping];
  const request = { operation: operationNumber('import'), variant: 0, deadline: monotonicNow() + 60_000, parts };
  return perform(session, request);
};
const aes: KeyShape = { kind: 'aes', bits: 256, purpose: 'encrypt', alg: 'dir' };
const rsa: KeyShape = { kind: 'rsa', bits: 2048, purpose: 'sign', alg: null };

describe('imported material that is tried', () => {
  it.each([
    ['a length of no bytes', aes, { [cka.VALUE_LEN]: Buffer.of() }],
    ['no length at all', aes, {}],
    ['a modulus of no bytes', rsa, { [cka.MODULUS]: Buffer.of(), [cka.PUBLIC_EXPONENT]: Buffer.of(1, 0, 1) }],
    ['no exponent', rsa, { [cka.MODULUS]: Buffer.alloc(256, 0xff) }],
    ['an exponent of no bytes', rsa, { [cka.MODULUS]: Buffer.alloc(256, 0xff), [cka.PUBLIC_EXPONENT]: Buffer.of() }],
  ])('and for which the token reports %s is bad material, not a failure of the HSM', (_, shape, attributes) => {
    const reply = importInto(shape, attributes);
    expect(reply.status).toBe(status.badData);
    // Our own judgement is told, and no call: the last one was that of another object, which the token did well.
    const [told, code] = reply.parts.map((part) => Buffer.from(part).toString());
    expect(told).toBe(importFailures[code as ImportFailureCode]);
    expect(told).not.toMatch(/C_[A-Z]/);
  });

  it('keeps the token’s own failures unchanged', () => {
    expect(importInto(aes, {}, { C_UnwrapKey: failing(0x32) }).status).toBe(status.needsReinitialise);
    expect(importInto(aes, {}, { C_UnwrapKey: failing(0x5) }).status).toBe(status.badDataCanary);
    expect(importInto(aes, {}, { C_FindObjects: () => [], C_GetSessionInfo: () => ({ state: 3 }) }).status).toBe(
      status.keyMissing,
    );
  });
});

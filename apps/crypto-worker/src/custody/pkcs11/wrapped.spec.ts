import { randomBytes } from 'node:crypto';
import type { ErrorCode } from '@ankasecure/contracts';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, custodyConformance, destroyed, destroyedPlatformKey, inTime, newRef } from '../custody.conformance.js';
import type { KeyRef, WrappedKey, Wrapping } from '../custody.js';
import { keepingBlobs, wrappingBy } from '../testing/keeping-blobs.js';
import { notWrapped } from '../testing/token-limit.js';
import { openBothCustodies, type WrappedCustody } from './wrapped-custody.js';

const token = enterToken();
afterAll(() => {
  token.remove();
});

type Wrapped = NonNullable<KeyRef['wrapped']>;
const hex = (id: Uint8Array): string => Buffer.from(id).toString('hex');

custodyConformance(`wrapped by a KEK on ${token.name}`, {
  open: async () => {
    const partition = { ...partitionOn(token), sessionTimeoutSeconds: 60 };
    const { wrapped } = await openBothCustodies(partition, listeningLogger());
    return keepingBlobs(wrapped, await wrappingBy(wrapped));
  },
  lacks: notWrapped[token.name],
});

describe('a wrapped key', () => {
  const unwrappedKeys = 2;
  const log = listeningLogger();
  let custody: WrappedCustody;
  let wrapping: Wrapping;
  const made = async (ref: KeyRef, owner = wrapping): Promise<KeyRef & { wrapped: Wrapped }> => {
    const value = await custody.generate(inTime(), { ref, wrapping: owner });
    return { ...ref, wrapped: { ...(value.wrapped as WrappedKey), wrapping: owner } };
  };
  const mac = async (ref: KeyRef): Promise<string> =>
    hex(await custody.sign(inTime(), ref, { scheme: 'hmac', hash: 'sha256' }, Buffer.from('x')));

  beforeAll(async () => {
    const tuning = { longSelfTests: false, unwrappedKeys };
    const both = await openBothCustodies({ ...partitionOn(token), sessionPoolSize: 1 }, log, { tuning });
    custody = both.wrapped;
    wrapping = await wrappingBy(custody);
  });
  afterAll(() => custody.close());

  it('leaves no object in the token', async () => {
    const ref = await made(newRef('EC-P256', 'sign'));
    await custody.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32));
    expect(await destroyed(custody, ref)).toBe(0);
  });

  it('is not offered for a kind that the token does not wrap, and the capability reports that', async () => {
    const { algs, excluded } = await custody.capability(inTime(), 'Ed25519', 'sign');
    const isWrapped = !notWrapped[token.name].includes('Ed25519');
    expect(algs).toEqual(isWrapped ? ['EdDSA', 'Ed25519'] : []);
    for (const { detail } of excluded) expect(detail).toContain('does not wrap keys of this kind');
    expect(excluded).toHaveLength(isWrapped ? 0 : 2);
  });

  it('is the same after it left the lane and came back, and stays while other calls fail', async () => {
    const refs: KeyRef[] = [];
    for (let index = 0; index < 2 * unwrappedKeys; index++) refs.push(await made(newRef('HMAC-SHA256', 'mac')));
    const macs = await Promise.all(refs.map(mac));
    expect(new Set(macs).size).toBe(refs.length);
    const gcm = await made(newRef('AES-256', 'encrypt', 'dir'));
    const garbage = { iv: randomBytes(12), ciphertext: randomBytes(20), tag: randomBytes(16) };
    expect(await codeOf(custody.openGcm(inTime(), gcm, garbage, Buffer.of()))).toBe('decryption-failed');
    custody.forgetUnwrapped(refs.map(({ objectId }) => objectId));
    expect(await Promise.all(refs.map(mac))).toEqual(macs);
    custody.forgetUnwrapped('all');
    expect(await Promise.all(refs.map(mac))).toEqual(macs);
  });

  it.each<[string, Partial<Wrapping>, ErrorCode, string]>([
    // The keys that wrapped it are not that tenant's.
    ['another tenant', { tenantId: '33333333-3333-4333-8333-333333333333' }, 'record-forged', 'object-refused'],
    ['another key', { keyId: '33333333-3333-4333-8333-333333333333' }, 'key-blob-refused', 'key-blob-refused'],
    ['another version', { version: 2 }, 'key-blob-refused', 'key-blob-refused'],
    ['another KEK generation', { kekGeneration: 2 }, 'key-blob-refused', 'key-blob-refused'],
  ])('is refused as that of %s', async (_name, moved, code, alarm) => {
    const ref = await made(newRef('HMAC-SHA256', 'mac'));
    await mac(ref);
    const elsewhere = { ...ref.wrapped, wrapping: { ...ref.wrapped.wrapping, ...moved } };
    expect(await codeOf(mac({ ...ref, wrapped: elsewhere }))).toBe(code);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { alarm } });
  });

  it('is refused with other rights, another key’s blob or a changed blob', async () => {
    const ref = await made(newRef('AES-256', 'encrypt', 'A256KW'));
    const { blob, mac: otherMac } = (await made(newRef('AES-256', 'encrypt', 'A256KW'), { ...wrapping, version: 2 }))
      .wrapped;
    const changed = Buffer.from(ref.wrapped.blob);
    changed[9] = (changed[9] ?? 0) ^ 1;
    for (const bad of [{ blob }, { blob, mac: otherMac }, { blob: changed }]) {
      const swapped = { ...ref, wrapped: { ...ref.wrapped, ...bad } };
      expect(await codeOf(custody.wrapCek(inTime(), swapped, randomBytes(32)))).toBe('key-blob-refused');
    }
    const asAnother = { ...ref, alg: 'dir' as const };
    expect(await codeOf(custody.sealGcm(inTime(), asAnother, Buffer.of(), randomBytes(8)))).toBe('key-blob-refused');
  });

  it('is used for nothing while its KEK is retired, and is rewrapped', async () => {
    const ref = await made(newRef('HMAC-SHA256', 'mac'));
    const before = await mac(ref);
    const restored = { ...ref, wrapped: { ...ref.wrapped, wrapping: { ...ref.wrapped.wrapping, kekRetired: true } } };
    expect(await codeOf(mac(restored))).toBe('kek-retired');
    const next = await wrappingBy(custody, 2);
    const value = await custody.rewrap(inTime(), restored, next);
    expect(await mac({ ...ref, wrapped: { ...value, wrapping: next } })).toBe(before);
  });

  it('is the same key after it is wrapped under another KEK inside the token', async () => {
    const ref = await made(newRef('HMAC-SHA256', 'mac'));
    const before = await mac(ref);
    const next = await wrappingBy(custody, 2);
    const { kek, tenantId } = wrapping;
    const value = await custody.rewrap(inTime(), ref, next);
    await destroyedPlatformKey(custody, { kind: 'kek', tenantId, generation: 1, objectId: kek });
    custody.forgetUnwrapped('all');
    expect(await mac({ ...ref, wrapped: { ...value, wrapping: next } })).toBe(before);
    expect(await codeOf(mac(ref))).toBe('key-not-found');
    wrapping = next;
  });
});

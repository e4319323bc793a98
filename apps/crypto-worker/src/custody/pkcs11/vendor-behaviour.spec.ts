import { randomBytes } from 'node:crypto';
import {
  behindShim,
  enterToken,
  forkSource,
  listeningLogger,
  type TokenLimits,
  tellProcess,
} from '@ankasecure/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { codeOf, destroyed, inTime, newRef } from '../custody.conformance.js';
import type { Custody, KeyRef } from '../custody.js';
import { keepingBlobs, wrappingBy } from '../testing/keeping-blobs.js';
import { limitsOfVendor, partitionAs, type VendorName } from '../testing/vendor-limit.js';
import type { Order, ToldKey } from './other-process.fixture.js';
import { type BothCustodies, openBothCustodies } from './wrapped-custody.js';

const { token, shim, remove } = behindShim(enterToken());
afterAll(remove);

let custodies: BothCustodies | undefined;
afterEach(() => custodies?.token.close());

const open = async (profile: VendorName, more: TokenLimits = {}, sessionPoolSize = 2): Promise<BothCustodies> => {
  shim.limit({ ...limitsOfVendor(profile, token.name), ...more });
  const partition = { ...partitionAs(profile, token, shim.libraryPath), sessionPoolSize };
  const tuning = { longSelfTests: false, hangMs: 60_000, showMs: 200 };
  custodies = await openBothCustodies(partition, listeningLogger(), { tuning });
  return custodies;
};

describe('the sizes of AWS CloudHSM', () => {
  it('are served to the last byte, and one more is refused before the HSM is called', async () => {
    const { token: custody } = await open('cloudhsm');
    const [box, mac] = [newRef('AES-256', 'encrypt', 'dir'), newRef('HMAC-SHA512', 'mac')];
    for (const ref of [box, mac]) await custody.generate(inTime(), { ref });
    const most = 16_224;
    const seal = (bytes: number) => custody.sealGcm(inTime(), box, Buffer.of(), randomBytes(bytes));
    const macOf = (bytes: number) =>
      custody.sign(inTime(), mac, { scheme: 'hmac', hash: 'sha512' }, randomBytes(bytes));
    const sealed = await seal(most);
    expect(await custody.openGcm(inTime(), box, sealed, Buffer.of())).toHaveLength(most);
    expect(await macOf(most)).toHaveLength(64);
    const before = [shim.calls('C_SignInit'), shim.calls('C_Sign')];
    expect(await codeOf(macOf(most + 1))).toBe('body-too-large');
    expect([shim.calls('C_SignInit'), shim.calls('C_Sign')]).toEqual(before);
    expect(await codeOf(seal(most + 1))).toBe('body-too-large');
  });
});

describe('the handles of Azure Cloud HSM', () => {
  const uses = async (custody: Custody, keys: number): Promise<void> => {
    const refs = Array.from({ length: keys }, () => newRef('HMAC-SHA256', 'mac'));
    const macOf = async (ref: (typeof refs)[number]) =>
      Buffer.from(await custody.sign(inTime(), ref, { scheme: 'hmac', hash: 'sha256' }, Buffer.of(1))).toString('hex');
    for (const ref of refs) await custody.generate(inTime(), { ref });
    const first = await Promise.all(refs.map(macOf));
    expect(new Set(first).size).toBe(keys);
    expect(await Promise.all(refs.map(macOf))).toEqual(first);
  };

  it('are enough for any number of wrapped keys', async () => {
    const { wrapped } = await open('azure-cloud', { creationMicros: 0, objects: 24 });
    await uses(keepingBlobs(wrapped, await wrappingBy(wrapped)), 60);
  });
});

describe('keys that are made one after the other, as in Azure Cloud HSM', () => {
  it('hold up nobody who uses keys, however long it takes', async () => {
    const { token: custody } = await open('azure-cloud', { creationMicros: 0 }, 3);
    const ref = newRef('EC-P256', 'sign');
    await custody.generate(inTime(), { ref });
    shim.inject({ C_GenerateKeyPair: 'hang' });
    let made = 0;
    const making = Array.from({ length: 3 }, () =>
      custody.generate(inTime(), { ref: newRef('EC-P256', 'sign') }).then(() => made++),
    );
    for (let round = 0; round < 20; round++) await custody.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32));
    expect(made).toBe(0);
    shim.inject({});
    await Promise.all(making);
    expect(made).toBe(3);
  });
});

describe('two workers on an nShield that shows new objects only after C_Initialize', () => {
  const told = ({ owner, objectId }: KeyRef): ToldKey => ({ owner, id: Buffer.from(objectId).toString('hex') });
  const digest = randomBytes(32);

  it('use and destroy each other’s new keys, and call none missing or destroyed that is there', async () => {
    const { token: custody } = await open('nshield');
    const there = forkSource(new URL('./other-process.fixture.ts', import.meta.url));
    const tell = (order: Order) => tellProcess(there, order);
    try {
      expect(await tell({ open: partitionAs('nshield', token, shim.libraryPath) })).toBe('open');
      const used = newRef('EC-P256', 'sign');
      expect(await tell({ generate: told(used) })).toBe('done');
      expect(await custody.sign(inTime(), used, { scheme: 'ecdsa' }, digest)).toHaveLength(64);
      const dropped = newRef('EC-P256', 'sign');
      expect(await tell({ generate: told(dropped) })).toBe('done');
      expect(await destroyed(custody, dropped)).toBe(1);
      expect(await destroyed(custody, dropped)).toBe(0);
      const never = newRef('EC-P256', 'sign');
      expect(await codeOf(custody.sign(inTime(), never, { scheme: 'ecdsa' }, digest))).toBe('key-not-found');
      expect(custody.healthy()).toBe(true);
    } finally {
      there.kill();
    }
  });
});

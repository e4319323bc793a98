import { generateKeyPairSync } from 'node:crypto';
import type { EncryptResult, Key, SignResult } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newTenant, type Tenant } from '../e2e/harness/tenant.js';
import { eventually } from '../e2e/harness/wait.js';
import { type FaultRig, startFaultRig } from './matrix/fault-rig.js';

type Calls = Readonly<Record<string, number>>;
type Body = Readonly<Record<string, unknown>>;

/** A request, and the calls that each of them costs the token when its key is known to every lane. */
interface Row {
  readonly name: string;
  readonly path: '/sign' | '/verify' | '/encrypt' | '/decrypt';
  /** Makes the key, and a body that can be sent again and again. */
  readonly body: (tenant: Tenant) => Promise<Body>;
  readonly calls: Calls;
}

const payload = 'AAAA';
const signing: Calls = { C_SignInit: 1, C_Sign: 1 };
const nothing: Calls = {};

const signedWith = async (tenant: Tenant, key: Parameters<Tenant['createKey']>[0]): Promise<Body> => {
  const { id: keyId } = await tenant.createKey(key);
  const { jws } = await tenant.admin.post<SignResult>('/sign', { keyId, payload });
  return { jws };
};
const sealingWith = async (tenant: Tenant, key: Parameters<Tenant['createKey']>[0]): Promise<Body> => {
  const { id: keyId } = await tenant.createKey(key);
  return { keyId, plaintext: payload };
};
const sealedWith = async (tenant: Tenant, key: Parameters<Tenant['createKey']>[0]): Promise<Body> => {
  const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', await sealingWith(tenant, key));
  return { jwe };
};
const sealingToOthers = async (tenant: Tenant): Promise<Body> => {
  const pem = generateKeyPairSync('ml-kem-768').publicKey.export({ format: 'pem', type: 'spki' });
  const names = { algorithm: 'ML-KEM-768', purpose: 'encrypt', label: 'theirs', custody: 'public' };
  const { id: keyId } = await tenant.admin.post<Key>('/keys/import', { ...names, publicKey: { pem } });
  return { keyId, plaintext: payload };
};

const rsa = { algorithm: 'RSA-2048', purpose: 'encrypt' } as const;
const ecdh = { algorithm: 'EC-P256', purpose: 'encrypt' } as const;
const ecdsa = { algorithm: 'EC-P256', purpose: 'sign' } as const;
const ed = { algorithm: 'Ed25519', purpose: 'sign' } as const;
const pss = { algorithm: 'RSA-2048', purpose: 'sign', alg: 'PS256' } as const;
const mac = { algorithm: 'HMAC-SHA256', purpose: 'mac' } as const;
const dir = { algorithm: 'AES-256', purpose: 'encrypt', alg: 'dir' } as const;

/** What needs the private or secret key. */
const privateRows: readonly Row[] = [
  {
    name: 'sign with EC-P256',
    path: '/sign',
    body: async (tenant) => ({ keyId: (await tenant.createKey(ecdsa)).id, payload }),
    calls: signing,
  },
  {
    name: 'sign with RSA-2048',
    path: '/sign',
    body: async (tenant) => ({ keyId: (await tenant.createKey(pss)).id, payload }),
    calls: signing,
  },
  {
    name: 'MAC',
    path: '/sign',
    body: async (tenant) => ({ keyId: (await tenant.createKey(mac)).id, payload }),
    calls: signing,
  },
  { name: 'verify a MAC', path: '/verify', body: (tenant) => signedWith(tenant, mac), calls: signing },
  {
    name: 'encrypt with dir',
    path: '/encrypt',
    body: (tenant) => sealingWith(tenant, dir),
    calls: { C_EncryptInit: 1, C_Encrypt: 1 },
  },
  {
    name: 'decrypt with dir',
    path: '/decrypt',
    body: (tenant) => sealedWith(tenant, dir),
    calls: { C_DecryptInit: 1, C_Decrypt: 1 },
  },
  {
    name: 'decrypt with RSA-2048',
    path: '/decrypt',
    body: (tenant) => sealedWith(tenant, rsa),
    calls: { C_DecryptInit: 1, C_Decrypt: 1 },
  },
];

/** What needs the public key alone. */
const publicRows: readonly Row[] = [
  { name: 'verify with EC-P256', path: '/verify', body: (tenant) => signedWith(tenant, ecdsa), calls: nothing },
  { name: 'verify with RSA-2048', path: '/verify', body: (tenant) => signedWith(tenant, pss), calls: nothing },
  { name: 'verify with Ed25519', path: '/verify', body: (tenant) => signedWith(tenant, ed), calls: nothing },
  { name: 'encrypt to RSA-2048', path: '/encrypt', body: (tenant) => sealingWith(tenant, rsa), calls: nothing },
  { name: 'encrypt to EC-P256', path: '/encrypt', body: (tenant) => sealingWith(tenant, ecdh), calls: nothing },
  { name: 'encapsulate to ML-KEM-768', path: '/encrypt', body: sealingToOthers, calls: nothing },
];

const requests = 12;
/** Requests at a time that make every lane of both workers know the key. */
const crowd = 64;

let rig: FaultRig;
let tenant: Tenant;
const bodies = new Map<string, Body>();
const ask = ({ name, path }: Row): Promise<unknown> => tenant.admin.post(path, bodies.get(name));

beforeAll(async () => {
  rig = await startFaultRig();
  tenant = await newTenant(rig);
  await tenant.changePolicy({ custody: ['token', 'wrapped', 'public'] });
  for (const row of [...privateRows, ...publicRows]) bodies.set(row.name, await row.body(tenant));
});
afterAll(() => rig.stop(), 120_000);

const callsDuring = async (work: () => Promise<unknown>): Promise<Calls> => {
  const before = rig.token.allCalls();
  await work();
  const made = Object.entries(rig.token.allCalls()).map(
    ([name, count]) => [name, count - (before[name] ?? 0)] as const,
  );
  return Object.fromEntries(made.filter(([, count]) => count > 0));
};

const times = (calls: Calls, factor: number): Calls =>
  Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, count * factor]));

describe('the token calls of a request', () => {
  it.each([...privateRows, ...publicRows].map((row) => [row.name, row] as const))('%s', async (_, row) => {
    await eventually('requests that cost what the table says', async () => {
      // Once more after each failure: a lane that has not seen the key yet looks for it, and the canary calls in between.
      await Promise.all(Array.from({ length: crowd }, () => ask(row)));
      const made = await callsDuring(async () => {
        for (let request = 0; request < requests; request++) await ask(row);
      });
      expect(made).toEqual(times(row.calls, requests));
      return true;
    });
  });
});

/** The workers' lanes, all together: `session-pool-size` of each of the two. */
const lanes = 2 * 2;
/** The calls that the signatures beside hang in, and those of the canary and of a probe. */
const hungCalls = ['C_SignInit', 'C_GetTokenInfo', 'C_FindObjectsInit', 'C_Initialize'];

describe('while every lane hangs', () => {
  const [signing] = privateRows as [Row];
  const sign = (): Promise<unknown> =>
    tenant.admin.send('POST', signing.path, { body: bodies.get(signing.name), timeoutMs: 90_000 });
  afterAll(() => rig.token.inject({}));

  it.each(publicRows.map((row) => [row.name, row] as const))('%s is answered', async (_, row) => {
    await Promise.all(Array.from({ length: crowd }, () => ask(row)));
    const before = rig.token.calls('C_SignInit');
    rig.token.inject({ '*': 'hang' });
    const hanging = Array.from({ length: crowd }, sign);
    await eventually('a signature in every lane', () => rig.token.calls('C_SignInit') - before >= lanes);
    const made = await callsDuring(() => Promise.all(Array.from({ length: crowd }, () => ask(row))));
    expect(Object.keys(made).filter((name) => !hungCalls.includes(name))).toEqual([]);
    rig.token.inject({});
    await Promise.all(hanging);
    await eventually('a token that signs again', () => ask(signing).then(() => true));
  });
});

import { type DecryptResult, type EncryptResult, type Key, maxItemBytes, type SignResult } from '@ankasecure/contracts';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedRig } from '../harness/shared-rig.js';
import { type NewKey, newTenant, type Tenant } from '../harness/tenant.js';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant(await sharedRig());
});

const text = (letter: string): string => letter.repeat(maxItemBytes / Buffer.byteLength(letter));
const binary = Buffer.alloc(maxItemBytes, 0xff).toString('base64url');

/** Data of exactly the maximum size, in forms that need more characters, bytes or escapes than letters. */
const largest = [
  ['bytes', 'base64url', binary, binary],
  ['é', 'utf8', text('é'), text('é')],
  ['🔑', 'utf8', text('🔑'), text('🔑')],
  // Escaped in JSON, twice the size would exceed the limit of a body.
  ['"', 'utf8', text('"'), text('"').slice(0, 1024)],
] as const;

const encrypting: readonly NewKey[] = [
  { algorithm: 'AES-256', alg: 'A256KW' },
  { algorithm: 'AES-256', alg: 'dir' },
  { algorithm: 'RSA-2048', purpose: 'encrypt' },
  { algorithm: 'EC-P521', purpose: 'encrypt' },
];

describe.each(encrypting)('data of the maximum size encrypted with $algorithm $alg', (kind) => {
  let key: Key;
  beforeAll(async () => {
    key = await tenant.createKey(kind);
  });

  it.each(largest)('decrypts, with additional data: %s', async (_, encoding, plaintext, aad) => {
    const { jwe } = await tenant.admin.post<EncryptResult>('/encrypt', { keyId: key.id, plaintext, aad, encoding });
    const opened = await tenant.admin.post<DecryptResult>('/decrypt', { jwe, aad, encoding });
    expect(opened.plaintext === plaintext).toBe(true);
  });
});

const signing: readonly NewKey[] = [
  { algorithm: 'EC-P256', purpose: 'sign' },
  { algorithm: 'Ed25519' },
  { algorithm: 'HMAC-SHA256' },
];

describe.each(signing)('data of the maximum size signed with $algorithm', (kind) => {
  let key: Key;
  beforeAll(async () => {
    key = await tenant.createKey(kind);
  });

  it.each(largest)('verifies in every format: %s', async (_, encoding, payload) => {
    const sign = (format: string): Promise<SignResult> =>
      tenant.admin.post('/sign', { keyId: key.id, payload, encoding, format });
    const detached = { payload, encoding };
    const claims = [
      { jws: (await sign('jws')).jws },
      { jws: (await sign('jws-detached')).jws, ...detached },
      { keyId: key.id, signature: (await sign('raw')).signature, ...detached },
    ];
    for (const claim of claims)
      expect(await tenant.admin.post<{ valid: boolean }>('/verify', claim)).toMatchObject({ valid: true });
  });
});

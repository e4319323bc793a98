import { setTimeout as delay } from 'node:timers/promises';
import type { DecryptResult, EncryptResult, Key, SealedEvent, SignResult, VerifyResult } from '@ankasecure/contracts';
import { CompactEncrypt, compactVerify, importJWK, type JWK } from 'jose';
import { type Api, apiOf } from './api.js';
import { startPatienceMs } from './child.js';
import { LocalError } from './failure.js';
import type { Stack, Step } from './stack.js';
import { ensureTenant, mintAdminToken, mintOfficerToken, mintPlatformToken } from './tenant.js';

export interface DemoResult {
  readonly adminTokenFile: string;
  readonly officerTokenFile: string;
  readonly platformTokenFile: string;
  readonly signingKeyId: string;
  readonly encryptionKeyId: string;
}

const message = 'What the HSM keeps, nobody else has.';

const expectEqual = (actual: unknown, expected: unknown, what: string): void => {
  if (actual !== expected)
    throw new LocalError(`${what} gave ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
};

const publicKeyOf = async (
  key: Key,
): Promise<{ key: Awaited<ReturnType<typeof importJWK>>; alg: string; kid: string }> => {
  const jwk: JWK = key.publicKey?.jwk ?? {};
  const alg = key.algs[0] ?? '';
  return { key: await importJWK(jwk, alg), alg, kid: jwk.kid ?? '' };
};

const encryptOutside = async (recipient: Key): Promise<string> => {
  const { key, alg, kid } = await publicKeyOf(recipient);
  return new CompactEncrypt(new TextEncoder().encode(message))
    .setProtectedHeader({ alg, enc: 'A256GCM', kid })
    .encrypt(key);
};

const decryptInside = async (api: Api, jwe: string): Promise<void> => {
  const { plaintext } = await api.post<DecryptResult>('/decrypt', { jwe, encoding: 'utf8' });
  expectEqual(plaintext, message, 'decryption');
};

const verifyOutside = async (signer: Key, jws: string): Promise<void> => {
  const { key } = await publicKeyOf(signer);
  const { payload } = await compactVerify(jws, key);
  expectEqual(new TextDecoder().decode(payload), message, 'verification by jose');
};

/** Waits until the trail has `wanted` events of the key. Events are committed before the answer and sealed right after it. */
const sealedEvents = async (api: Api, { id }: Key, wanted: number): Promise<readonly SealedEvent[]> => {
  const deadline = Date.now() + startPatienceMs;
  for (;;) {
    const { items } = await api.get<{ items: SealedEvent[] }>(`/audit/events?keyId=${id}&order=asc`);
    if (items.length >= wanted) return items;
    if (Date.now() > deadline)
      throw new LocalError(`only ${items.length} of ${wanted} audit events of key ${id} were sealed`);
    await delay(20);
  }
};

const verifyTrail = async (api: Api): Promise<void> => {
  const trail = await api.post<{ valid: boolean; reason: string | null }>('/audit/verify', {});
  expectEqual(trail.valid, true, `verification of the audit trail (${trail.reason})`);
};

/** Runs the main job through the public API and shows each step: a tenant, keys in the HSM, their use, and the sealed audit trail. */
export const runDemo = async (stack: Stack, step: Step): Promise<DemoResult> => {
  const tenant = await step('tenant "demo"', () => ensureTenant(stack, 'demo', 'Demonstration'));
  const adminToken = await mintAdminToken(stack, tenant.id);
  const adminTokenFile = stack.saveToken('admin', adminToken);
  const officerTokenFile = stack.saveToken('officer', await mintOfficerToken(stack, tenant.id));
  const platformTokenFile = stack.saveToken('platform', await mintPlatformToken(stack));
  const api = apiOf(stack.baseUrl, adminToken);
  const create = (purpose: string): Promise<Key> =>
    api.post<Key>('/keys', { algorithm: 'EC-P256', purpose, label: `demo ${purpose}` });

  const encryption = await step('create an EC-P256 key in the HSM for encryption', () => create('encrypt'));
  const signing = await step('create an EC-P256 key in the HSM for signing', () => create('sign'));

  const { jwe } = await step('encrypt', () =>
    api.post<EncryptResult>('/encrypt', { keyId: encryption.id, plaintext: message, encoding: 'utf8' }),
  );
  await step('decrypt in the HSM', () => decryptInside(api, jwe));
  const foreign = await step('encrypt for the public JWK with the jose package', () => encryptOutside(encryption));
  await step('decrypt the result in the HSM', () => decryptInside(api, foreign));

  const { jws = '' } = await step('sign in the HSM', () =>
    api.post<SignResult>('/sign', { keyId: signing.id, payload: message, encoding: 'utf8' }),
  );
  await step('verify the signature with the jose package', () => verifyOutside(signing, jws));
  await step('verify the signature with the API', async () =>
    expectEqual((await api.post<VerifyResult>('/verify', { jws })).valid, true, 'verification'),
  );

  await step('read the 7 sealed audit events of these calls', async () => {
    await sealedEvents(api, encryption, 4);
    await sealedEvents(api, signing, 3);
  });
  await step('verify the audit trail: HMACs and hash chain', () => verifyTrail(api));
  return {
    adminTokenFile,
    officerTokenFile,
    platformTokenFile,
    signingKeyId: signing.id,
    encryptionKeyId: encryption.id,
  };
};

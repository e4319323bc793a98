import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AlgorithmName, JweAlg } from '@ankasecure/algorithm';
import { reseal } from './reseal.js';
import type { Rig } from './rig.js';
import type { Tenant } from './tenant.js';

const run = promisify(execFile);

/** A key of the token whose private or secret key the test also holds. */
export interface KnownKey {
  readonly id: string;
  readonly secret: KeyObject | Uint8Array;
}

export interface KnownKind {
  readonly algorithm: AlgorithmName;
  readonly alg: JweAlg;
}

const curves: Partial<Record<AlgorithmName, string>> = { 'EC-P256': 'P-256', 'EC-P384': 'P-384', 'EC-P521': 'P-521' };

const makeSecret = (algorithm: AlgorithmName): KeyObject | Uint8Array => {
  // The key has no byte below 33, because softhsm2-util stops reading a key at a NUL.
  if (algorithm.startsWith('AES-'))
    return randomBytes(Number(algorithm.slice(4)) / 8).map((byte) => Math.max(byte, 33));
  const namedCurve = curves[algorithm];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: Number(algorithm.slice(4)) }).privateKey;
};

/** Imports the key with SoftHSM's own tool, which only tests should use. */
const importKey = async ({ softHsm }: Rig, secret: KnownKey['secret'], objectId: string): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-known-key-'));
  try {
    const file = join(directory, 'key');
    const content = secret instanceof Uint8Array ? secret : secret.export({ format: 'pem', type: 'pkcs8' });
    await writeFile(file, content, { mode: 0o600 });
    const kind = secret instanceof Uint8Array ? ['--aes'] : ['--no-public-key'];
    const place = ['--token', softHsm.tokenLabel, '--pin', softHsm.pin, '--label', 'known to a test', '--id', objectId];
    await run('softhsm2-util', ['--module', softHsm.libraryPath, '--import', file, ...kind, ...place], {
      env: { ...process.env, ...softHsm.env },
    });
  } finally {
    await rm(directory, { recursive: true });
  }
};

/** Imports a known key into the token, and records it as if a worker had created it. */
export const knownKey = async (rig: Rig, tenant: Tenant, { algorithm, alg }: KnownKind): Promise<KnownKey> => {
  const secret = makeSecret(algorithm);
  const [id, objectId] = [randomUUID(), randomBytes(16)];
  await importKey(rig, secret, objectId.toString('hex'));
  const spki = secret instanceof Uint8Array ? null : createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const { tokenLabel, tokenSerial } = rig.softHsm;
  await rig.query(
    'ankadb_keys',
    `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'known', $3, 'encrypt', ARRAY[$4], 'test')`,
    [tenant.id, id, algorithm, alg],
  );
  await rig.query(
    'ankadb_keys',
    `INSERT INTO key_version (tenant_id, key_id, version, state, custody, partition, token_label, token_serial, object_id, spki)
     VALUES ($1, $2, 1, 'ACTIVE', 'token', 'default', $3, $4, $5, $6)`,
    [tenant.id, id, tokenLabel, tokenSerial, objectId, spki],
  );
  await reseal(rig, 'key', `id = '${id}'`);
  await reseal(rig, 'key_version', `key_id = '${id}'`);
  return { id, secret };
};

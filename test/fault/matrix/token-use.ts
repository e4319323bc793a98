import { randomUUID } from 'node:crypto';
import type { DecryptResult, EncryptResult, Key, SignResult } from '@ankasecure/contracts';
import { compactVerify, importJWK, type JWK } from 'jose';
import { type Client, outcomeOf } from '../../e2e/harness/client.js';
import type { Tenant } from '../../e2e/harness/tenant.js';

/** One request that needs the token, again and again. */
export interface TokenUse {
  readonly name: string;
  /** @returns `ok`, `wrong` for an answer that is not right, the code of a problem, or `no answer` */
  readonly ask: () => Promise<string>;
  /** Looks at everything that was answered, when the token is well. @returns what is wrong */
  readonly check?: () => Promise<readonly string[]>;
}

const payload = 'AAAA';
const patienceMs = 60_000;

const asking = async <Body>(
  admin: Client,
  path: string,
  body: object,
  isRight: (body: Body) => boolean | Promise<boolean>,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> => {
  try {
    const reply = await admin.send<Body>('POST', path, { body, headers, timeoutMs: patienceMs });
    if (reply.status >= 300) return outcomeOf(reply);
    return (await isRight(reply.body)) ? 'ok' : 'wrong';
  } catch {
    return 'no answer';
  }
};

const signs = async ({ admin }: Tenant, name: string, key: Readonly<Record<string, string>>): Promise<TokenUse> => {
  const { id: keyId, publicKey, algs } = await admin.post<Key>('/keys', { purpose: 'sign', label: name, ...key });
  const verifier = await importJWK((publicKey?.jwk ?? {}) as JWK, algs[0] ?? '');
  const isRight = ({ jws }: SignResult): Promise<boolean> =>
    compactVerify(jws ?? '', verifier).then(
      ({ payload: signed }) => Buffer.from(signed).equals(Buffer.from(payload, 'base64url')),
      () => false,
    );
  return { name, ask: () => asking(admin, '/sign', { keyId, payload }, isRight) };
};

const macs = async ({ admin, createKey }: Tenant): Promise<TokenUse> => {
  const { id: keyId } = await createKey({ algorithm: 'HMAC-SHA256', purpose: 'mac' });
  const { jws: expected } = await admin.post<SignResult>('/sign', { keyId, payload });
  const isRight = ({ jws }: SignResult): boolean => jws === expected;
  return { name: 'MAC', ask: () => asking(admin, '/sign', { keyId, payload }, isRight) };
};

const encrypts = async ({ admin, createKey }: Tenant): Promise<TokenUse> => {
  const { id: keyId } = await createKey({ algorithm: 'AES-256', purpose: 'encrypt', alg: 'dir' });
  const made: string[] = [];
  const keep = ({ jwe }: EncryptResult): boolean => made.push(jwe) > 0;
  return {
    name: 'encrypt',
    ask: () => asking(admin, '/encrypt', { keyId, plaintext: payload }, keep),
    check: async () => {
      const wrong: string[] = [];
      for (const jwe of made.splice(0)) {
        const { plaintext } = await admin.post<DecryptResult>('/decrypt', { jwe });
        if (plaintext !== payload) wrong.push(jwe);
      }
      return wrong;
    },
  };
};

const decrypts = async (
  { admin, createKey }: Tenant,
  name: string,
  key: Parameters<Tenant['createKey']>[0],
): Promise<TokenUse> => {
  const { id: keyId } = await createKey(key);
  const { jwe } = await admin.post<EncryptResult>('/encrypt', { keyId, plaintext: payload });
  const isRight = ({ plaintext }: DecryptResult): boolean => plaintext === payload;
  return { name, ask: () => asking(admin, '/decrypt', { jwe }, isRight) };
};

/** A client that gets an error it can retry asks again for the same key, by the same Idempotency-Key. */
const creates = (tenant: Tenant): TokenUse => {
  const { admin } = tenant;
  const made = new Map<string, string>();
  let once: string = randomUUID();
  const create = (): Promise<string> => {
    const body = { algorithm: 'EC-P256', purpose: 'sign', label: once };
    const keep = ({ id }: Key): boolean => {
      made.set(once, id);
      once = randomUUID();
      return true;
    };
    return asking(admin, '/keys', body, keep, { 'idempotency-key': once });
  };
  return {
    name: 'create',
    ask: create,
    check: async () => {
      const wrong: string[] = [];
      for (const [label, keyId] of made) {
        const { items } = await admin.get<{ items: readonly Key[] }>(`/keys?label=${label}`);
        if (items.length !== 1 || items[0]?.id !== keyId) wrong.push(`${items.length} keys for ${label}`);
        await admin.post<SignResult>('/sign', { keyId, payload });
      }
      made.clear();
      return wrong;
    },
  };
};

/** What decrypts, by the algorithm of the key. The token uses a different call for each. */
const decryptions = [
  ['decrypt', { algorithm: 'AES-256', alg: 'dir' }],
  ['decrypt with a wrapping key', { algorithm: 'AES-256', alg: 'A256KW' }],
  ['decrypt with RSA', { algorithm: 'RSA-2048' }],
  ['decrypt with ECDH', { algorithm: 'EC-P256' }],
] as const;

/** Both custodies: a key that is an object of the token, and one that a lane has unwrapped. */
const custodies = [
  ['', 'token'],
  [', a wrapped key', 'wrapped'],
] as const;

const decryptionRows = decryptions.flatMap(([name, key]) =>
  custodies.map(([suffix, custody]) => [`${name}${suffix}`, { ...key, purpose: 'encrypt', custody }] as const),
);

/** Every kind of work that the token does for a request. */
export const tokenUses = async (tenant: Tenant): Promise<readonly TokenUse[]> => {
  const decrypting: TokenUse[] = [];
  for (const [name, key] of decryptionRows) decrypting.push(await decrypts(tenant, name, key));
  return [
    await signs(tenant, 'sign', { algorithm: 'EC-P256', custody: 'token' }),
    await signs(tenant, 'sign with a wrapped key', { algorithm: 'EC-P256', custody: 'wrapped' }),
    await macs(tenant),
    await encrypts(tenant),
    ...decrypting,
    creates(tenant),
  ];
};

/** The names, for tables that are made before the keys are. */
export const useNames: readonly string[] = [
  'sign',
  'sign with a wrapped key',
  'MAC',
  'encrypt',
  ...decryptionRows.map(([name]) => name),
  'create',
];

import { randomBytes } from 'node:crypto';
import type { Key } from '@ankasecure/contracts';
import { compactVerify, importJWK, type JWK } from 'jose';
import type { Api } from './api.js';

export type Path = '/sign' | '/encrypt' | '/decrypt';

/** One item of a request, with the data that sampled answers are checked against. */
export interface Item {
  readonly request: Readonly<Record<string, unknown>>;
  readonly message: string;
  /** Its own key, if it has another than the operation's other items. */
  readonly key?: Key;
  /** The caller's, if it is another tenant's. */
  readonly authorization?: string;
}

/** One kind of request. It is measured over REST and, under the same name, raw. */
export interface Operation {
  readonly name: string;
  readonly title: string;
  readonly path: Path;
  readonly key: { readonly algorithm: string; readonly purpose: string; readonly alg: string };
  items(api: Api, key: Key): Promise<readonly Item[]>;
  /** @throws Error if the answer to `item` is wrong */
  check(api: Api, key: Key, item: Item, result: Record<string, unknown>): Promise<void>;
}

/** The number of different messages, used in turn. */
const variety = 64;
/** The size of signed and of encrypted data, in bytes. */
export const messageBytes = { sign: 64, encrypt: 1024 } as const;

const messages = (bytes: number): string[] =>
  Array.from({ length: variety }, () => randomBytes(bytes).toString('base64url'));

const expectEqual = (actual: unknown, expected: unknown, what: string): void => {
  if (actual !== expected) throw new Error(`${what}: ${String(actual).slice(0, 80)} is not what was expected`);
};

const payloadOf = (jws: unknown): string => String(jws).split('.')[1] ?? '';

const verifyOutside: Operation['check'] = async (_api, key, { message }, { jws }) => {
  expectEqual(payloadOf(jws), message, 'payload of a JWS');
  const jwk = await importJWK((key.publicKey?.jwk ?? {}) as JWK, key.algs[0] ?? '');
  await compactVerify(String(jws), jwk);
};

const verifyInside: Operation['check'] = async (api, _key, { message }, { jws }) => {
  expectEqual(payloadOf(jws), message, 'payload of a JWS');
  const { valid } = await api.post<{ valid: boolean }>('/verify', { jws });
  expectEqual(valid, true, 'verification of a MAC');
};

const sign = (
  name: string,
  algorithm: string,
  alg: string,
  check: Operation['check'],
  purpose = 'sign',
): Operation => ({
  name,
  title: `${algorithm} ${alg} sign 64 B`,
  path: '/sign',
  key: { algorithm, purpose, alg },
  items: async (_, { id }) =>
    messages(messageBytes.sign).map((text) => ({ request: { keyId: id, payload: text }, message: text })),
  check,
});

const encrypt = (name: string, alg: string): Operation => ({
  name,
  title: `AES-256 ${alg} encrypt 1 KiB`,
  path: '/encrypt',
  key: { algorithm: 'AES-256', purpose: 'encrypt', alg },
  items: async (_, { id }) =>
    messages(messageBytes.encrypt).map((text) => ({ request: { keyId: id, plaintext: text }, message: text })),
  check: async (api, _key, { message }, { jwe }) => {
    const { plaintext } = await api.post<{ plaintext: string }>('/decrypt', { jwe });
    expectEqual(plaintext, message, 'plaintext of a JWE');
  },
});

const decrypt = (name: string, alg: string): Operation => ({
  name,
  title: `AES-256 ${alg} decrypt 1 KiB`,
  path: '/decrypt',
  key: { algorithm: 'AES-256', purpose: 'encrypt', alg },
  items: async (api, { id }) => {
    const texts = messages(messageBytes.encrypt);
    const requests = texts.map((plaintext) => ({ keyId: id, plaintext }));
    const { items } = await api.post<{ items: { jwe: string }[] }>('/encrypt', { items: requests });
    return texts.map((text, index) => ({ request: { jwe: items[index]?.jwe }, message: text }));
  },
  check: async (_api, _key, { message }, { plaintext }) => expectEqual(plaintext, message, 'plaintext of a JWE'),
});

/** All measured operations. Answers are compact JWS and JWE. */
export const operations: readonly Operation[] = [
  sign('p256-sign', 'EC-P256', 'ES256', verifyOutside),
  sign('rsa-2048-sign', 'RSA-2048', 'RS256', verifyOutside),
  sign('rsa-pss-sign', 'RSA-2048', 'PS256', verifyOutside),
  sign('hmac-sign', 'HMAC-SHA256', 'HS256', verifyInside, 'mac'),
  encrypt('aes-dir-encrypt', 'dir'),
  decrypt('aes-dir-decrypt', 'dir'),
  encrypt('aes-kw-encrypt', 'A256KW'),
  decrypt('aes-kw-decrypt', 'A256KW'),
];

export const operationNames: readonly string[] = operations.map(({ name }) => name);

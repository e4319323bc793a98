import { getWrappingKey, importKey } from '@ankasecure/contracts';
import type { Route } from '../route/route.js';
import { key } from './key.example.js';

const hsm = ['hsm-unavailable', 'hsm-timeout', 'hsm-error', 'platform-key-unrecorded'] as const;

const wrappingKey = {
  algorithm: 'RSA-4096',
  generation: 1,
  publicKey: {
    jwk: { kty: 'RSA', n: 'r5tGh…', e: 'AQAB', use: 'enc' },
    pem: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n',
  },
  methods: [
    {
      method: 'rsa-aes-kwp',
      available: true,
      oaepHash: 'SHA-256',
      detail: 'The token unwraps RSA-OAEP, then AES key wrap with padding',
    },
    {
      method: 'aes-kwp',
      available: true,
      detail: 'The token unwraps AES key wrap with padding, under a key whose purpose is wrap',
    },
  ],
};

export const importRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/wrapping-key',
    operationId: 'getWrappingKey',
    tag: 'Keys',
    summary: 'Read the public key that wraps keys for import',
    description:
      'The reply lists the import methods of this HSM and the hash to use with RSA-OAEP. The first call creates the key.',
    roles: ['tenant-admin', 'application-admin'],
    contract: getWrappingKey,
    takes: 'parameters',
    status: 200,
    withinMs: 60_000,
    errors: [...hsm, 'audit-unavailable'],
    example: { reply: wrappingKey },
  },
  {
    method: 'POST',
    path: '/keys/import',
    operationId: 'importKey',
    tag: 'Keys',
    summary: 'Import a key',
    description:
      'The HSM unwraps the key. With custody public, the key is the public key of somebody else: it is checked, and kept as a record that the HSM seals, to verify their signatures or to encrypt to them. For a key pair, the HSM derives the public key and proves it with a signature. Copies of the key may exist elsewhere, so the audit trail marks it as imported. To import many keys, first import a key whose purpose is wrap with the method rsa-aes-kwp, then name it in wrappingKeyId with the method aes-kwp.',
    roles: ['tenant-admin', 'application-admin'],
    contract: importKey,
    takes: 'body',
    status: 201,
    idempotent: true,
    dryRun: true,
    notice: true,
    etag: true,
    location: '/keys',
    withinMs: 60_000,
    errors: [
      'policy-refused',
      'tenant-mismatch',
      'purpose-mismatch',
      'algorithm-mismatch',
      'algorithm-unavailable',
      'key-not-found',
      'key-access-denied',
      'key-state',
      'former-kid-taken',
      'wrapping-key-weak',
      'decryption-failed',
      'quota-exceeded',
      ...hsm,
      'audit-unavailable',
      'decision-outdated',
    ],
    example: {
      request: {
        algorithm: 'EC-P256',
        label: 'invoice signing',
        purpose: 'sign',
        method: 'rsa-aes-kwp',
        wrappedKey: 'UlNBLU9BRVAgb2YgYW4gQUVTIGtleSwgdGhlbiBLV1Agb2YgdGhlIGtleQ',
      },
      reply: key,
    },
  },
];

import { getWrappingKey, importKey } from '@ankasecure/contracts';
import type { Route } from '../route/route.js';
import { key } from './key.example.js';

const hsm = ['hsm-unavailable', 'hsm-timeout', 'hsm-error'] as const;

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
      detail: 'RSA-OAEP, then AES key wrap with padding, both inside the token',
    },
    {
      method: 'aes-kwp',
      available: true,
      detail: 'AES key wrap with padding inside the token, under a key of purpose wrap',
    },
  ],
};

export const importRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/wrapping-key',
    operationId: 'getWrappingKey',
    tag: 'Keys',
    summary: 'Read the public key to wrap a key with that is brought in',
    description: 'How, and with which hash, this HSM takes keys in stands beside it. The first call makes it.',
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
    summary: 'Bring a key of your own into the HSM',
    description:
      'It is unwrapped inside the HSM. Of a pair the public half is computed there, and proved by a signature. Whoever had the key before may still have it: the audit trail says that it was imported. Many keys come in most simply under one of purpose wrap, itself imported once with rsa-aes-kwp: name it in wrappingKeyId, with method aes-kwp.',
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

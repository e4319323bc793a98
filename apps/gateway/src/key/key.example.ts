import { ids, instants } from '../route/example.js';

const life = {
  state: 'ACTIVE',
  activateAt: null,
  deactivateAt: null,
  revocation: null,
  destroyAt: null,
  destroyedAt: null,
  recovery: null,
} as const;

/** A key as answers show it. */
export const key = {
  id: ids.signingKey,
  tenantId: ids.tenant,
  label: 'invoice signing',
  algorithm: 'EC-P256',
  purpose: 'sign',
  algs: ['ES256'],
  custody: 'token',
  version: 1,
  ...life,
  publicKey: {
    jwk: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      kid: `${ids.signingKey}.1`,
      alg: 'ES256',
      use: 'sig',
    },
    pem: '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n',
  },
  hsm: { partition: 'default', uri: 'pkcs11:token=ankasecure;id=%01%93%9f%31;type=private' },
  description: null,
  metadata: {},
  purgeProtection: false,
  fips: { approved: true, source: 'FIPS 186-5 §6 (ECDSA)' },
  createdAt: instants.created,
  revision: 1,
};

/** A version of the key. */
export const version = {
  keyId: key.id,
  version: key.version,
  ...life,
  custody: key.custody,
  publicKey: key.publicKey,
  hsm: key.hsm,
  createdAt: key.createdAt,
};

/** The key's rotation policy. */
export const rotationPolicy = {
  keyId: key.id,
  interval: 'P90D',
  nextAt: instants.later,
  maxUses: 1_000_000,
  setBy: 'alice@acme.example',
};

import {
  type Contract,
  dataKey,
  decapsulate,
  decrypt,
  type ErrorCode,
  encapsulate,
  encrypt,
  type KeyRight,
  random,
  reencrypt,
  resign,
  sign,
  unwrap,
  verify,
  wrap,
} from '@ankasecure/contracts';
import { ids } from '../route/example.js';
import type { Route } from '../route/route.js';
import { hsmUseErrors, usedKeyErrors } from '../route/use-errors.js';

const used = { version: 1, custody: 'token' } as const;
const jwe =
  'eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiMDE5MzlmMzEtOWIxZC03ZTAyLWI2YTctNTFjMGQ4ZTRmMjk3LjEifQ.T0tfZW5jcnlwdGVkX2tleQ.AAECAwQFBgcICQoL.Y2lwaGVydGV4dA.dGFnX29mXzE2X2J5dGVz';
const jws =
  'eyJhbGciOiJFUzI1NiIsImtpZCI6IjAxOTM5ZjMxLTA3YzItN2E0NC04ZjBlLTJiOWQ2YzFhM2YxMC4xIn0.SW52b2ljZSA0Nw.c2lnbmF0dXJlX29mXzY0X2J5dGVz';
const encryptedWith = {
  ...used,
  keyId: ids.encryptionKey,
  algorithm: 'RSA-3072',
  alg: 'RSA-OAEP-256',
  enc: 'A256GCM',
} as const;
const signedWith = { ...used, keyId: ids.signingKey, algorithm: 'EC-P256', alg: 'ES256' } as const;

/** A JWE whose header has the type of its content. */
const wrappedJwk = [
  Buffer.from(
    JSON.stringify({ alg: encryptedWith.alg, enc: encryptedWith.enc, kid: `${ids.encryptionKey}.1`, cty: 'jwk+json' }),
  ).toString('base64url'),
  ...jwe.split('.').slice(1),
].join('.');

const encapsulatedWith = {
  ...used,
  keyId: ids.encapsulationKey,
  algorithm: 'ML-KEM-768',
  alg: 'ML-KEM-768',
  warnings: [
    {
      code: 'shared-secret-release',
      detail:
        'The shared secret leaves the HSM in plaintext: it is the answer. Only a policy with rawKem allows such keys.',
    },
  ],
} as const;
/** 1,088 bytes, the length of ML-KEM-768. */
const ciphertext = Buffer.alloc(1088, 'a ciphertext of ML-KEM-768 ').toString('base64url');
const sharedSecret = Buffer.from('a shared secret with 32 octets..').toString('base64url');
const leaves =
  'The shared secret leaves the HSM in plaintext, because it is the answer: the answer warns of it, the audit event records it, and a policy with fipsOnly refuses it.';

interface Operation {
  readonly name: string;
  /** Absent if no key is used. */
  readonly right?: KeyRight | readonly KeyRight[];
  readonly summary: string;
  readonly about: string;
  readonly contract: Contract;
  readonly errors: readonly ErrorCode[];
  readonly example: Route['example'];
}

const operations: readonly Operation[] = [
  {
    name: 'encrypt',
    right: 'use:encrypt',
    summary: 'Encrypt to a compact JWE',
    about:
      'Content is encrypted under a fresh content key, with A256GCM or another `enc` that the policy allows. `aad` is bound to the JWE and must be sent again to decrypt it.',
    contract: encrypt.contract,
    errors: ['key-exhausted'],
    example: {
      request: { keyId: ids.encryptionKey, plaintext: 'card 4111…', encoding: 'utf8' },
      reply: { jwe, ...encryptedWith },
    },
  },
  {
    name: 'decrypt',
    right: 'use:decrypt',
    summary: 'Decrypt a compact JWE',
    about: 'Every failed decryption gets the same answer, `decryption-failed`, whatever the reason.',
    contract: decrypt.contract,
    errors: ['jwe-invalid', 'decryption-failed'],
    example: {
      request: { jwe, encoding: 'utf8' },
      reply: { plaintext: 'card 4111…', encoding: 'utf8', ...encryptedWith },
    },
  },
  {
    name: 'sign',
    right: 'use:sign',
    summary: 'Sign a payload or a digest',
    about:
      'Send either `payload` or `digest`. A digest requires `format` `raw` or `der` and is not possible with EdDSA or HMAC. `header` adds members to the protected header, such as `typ`. With `keys` instead of `keyId`, several keys sign one payload, and the answer is a JWS in JSON serialization (RFC 7515, section 7.2.1).',
    contract: sign.contract,
    errors: ['key-exhausted'],
    example: {
      request: { keyId: ids.signingKey, payload: 'Invoice 47', encoding: 'utf8' },
      reply: { jws, ...signedWith },
    },
  },
  {
    name: 'verify',
    right: 'use:verify',
    summary: 'Verify a JWS or a raw signature',
    about:
      'Send either `jws` or `signature`. A signature requires `keyId` and either `payload` or `digest`. An invalid signature is not an error: the answer is 200 and `valid` is false. A `jws` in JSON serialization is verified by its `policy`: `ALL` (the default), `ANY`, `CLASSICAL_REQUIRED` or `PQC_REQUIRED`; its signatures name their keys by kid.',
    contract: verify.contract,
    errors: ['jws-invalid'],
    example: { request: { jws }, reply: { valid: true, ...signedWith } },
  },
  {
    name: 'encapsulate',
    right: 'use:encapsulate',
    summary: 'Encapsulate a shared secret (raw ML-KEM)',
    about: `For builders of protocols: to encrypt data, use /encrypt. Needs a key of the purpose \`encapsulate\`, and a policy that sets \`rawKem\`. ${leaves}`,
    contract: encapsulate.contract,
    errors: ['key-exhausted'],
    example: {
      request: { keyId: ids.encapsulationKey },
      reply: { ciphertext, sharedSecret, ...encapsulatedWith },
    },
  },
  {
    name: 'decapsulate',
    right: 'use:decapsulate',
    summary: 'Decapsulate a shared secret (raw ML-KEM)',
    about: `The HSM decapsulates. A ciphertext that was changed, or is for another version, gives another secret and no error; one of the wrong length is refused. ${leaves}`,
    contract: decapsulate.contract,
    errors: [],
    example: {
      request: { keyId: ids.encapsulationKey, version: 1, ciphertext },
      reply: { sharedSecret, ...encapsulatedWith },
    },
  },
  {
    name: 'reencrypt',
    right: ['use:decrypt', 'use:encrypt'],
    summary: 'Re-encrypt a compact JWE to another key',
    about:
      'Decrypts a JWE under any key of the tenant and encrypts its content to the key of `to`, or to the current version of the same key. The plaintext does not leave the service. Needs the right to decrypt with the one key and to encrypt with the other; the audit trail has an event of each, with `within` `reencrypt`. Every failed decryption gets the same answer, `decryption-failed`.',
    contract: reencrypt.contract,
    errors: ['jwe-invalid', 'decryption-failed', 'key-exhausted'],
    example: {
      request: { jwe, to: { keyId: ids.encryptionKey } },
      reply: { jwe, ...encryptedWith, version: 2, from: encryptedWith },
    },
  },
  {
    name: 'resign',
    right: ['use:verify', 'use:sign'],
    summary: 'Re-sign a compact JWS with another key',
    about:
      'Verifies a JWS under any key of the tenant and signs its payload with the key of `to`, or with the current version of the same key. Needs the right to verify with the one key and to sign with the other; the audit trail has an event of each, with `within` `resign`. An invalid signature is not an error: the answer is 200, `valid` is false, and nothing is signed.',
    contract: resign.contract,
    errors: ['jws-invalid', 'key-exhausted'],
    example: {
      request: { jws, to: { keyId: ids.signingKey } },
      reply: { valid: true, jws, ...signedWith, version: 2, from: { valid: true, ...signedWith } },
    },
  },
  {
    name: 'random',
    summary: 'Get random bytes of the HSM',
    about: 'The bytes come from the random generator of the HSM. No key is used, so no right on a key is needed.',
    contract: random.contract,
    errors: [],
    example: { request: { bytes: 32 }, reply: { random: sharedSecret } },
  },
  {
    name: 'datakey',
    right: 'use:encrypt',
    summary: 'Make a data key',
    about:
      'The HSM makes a fresh key of random bytes, which is encrypted to a key of the tenant as a compact JWE; /decrypt recovers it. With `plaintext` the answer has the data key in plaintext, too, if the policy sets `plaintextDataKeys`; a policy with fipsOnly refuses it. The audit event is one of `encrypt`, with `within` `datakey`.',
    contract: dataKey.contract,
    errors: ['key-exhausted'],
    example: { request: { keyId: ids.encryptionKey }, reply: { jwe, ...encryptedWith } },
  },
  {
    name: 'wrap',
    right: 'use:encrypt',
    summary: 'Wrap a JWK of your own',
    about:
      'Encrypts a JWK that the caller has to a key of the tenant, as a compact JWE with `cty` `jwk+json` (RFC 7517, section 7). Keys of the HSM are not wrapped: they never leave it. The JWK is stored nowhere. The audit event is one of `encrypt`, with `within` `wrap`.',
    contract: wrap.contract,
    errors: ['key-exhausted'],
    example: {
      request: { keyId: ids.encryptionKey, jwk: { kty: 'oct', k: sharedSecret } },
      reply: { ...encryptedWith, jwe: wrappedJwk },
    },
  },
  {
    name: 'unwrap',
    right: 'use:decrypt',
    summary: 'Unwrap a JWK of your own',
    about:
      'Decrypts a compact JWE with `cty` `jwk+json` and answers with the JWK. To bring a key into the HSM without showing it to anybody, use /keys/import. Every failed decryption gets the same answer, `decryption-failed`. The audit event is one of `decrypt`, with `within` `unwrap`.',
    contract: unwrap.contract,
    errors: ['jwe-invalid', 'decryption-failed'],
    example: { request: { jwe: wrappedJwk }, reply: { jwk: { kty: 'oct', k: sharedSecret }, ...encryptedWith } },
  },
];

const batch =
  'Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.';

export const cryptoRoutes: readonly Route[] = operations.map(
  ({ name, right, summary, about, contract, errors, example }) => ({
    method: 'POST',
    path: `/${name}`,
    operationId: name,
    tag: 'Cryptography',
    summary,
    description: `${about} ${batch}`,
    roles: ['user', 'application-admin', 'tenant-admin'],
    ...(right !== undefined && { right }),
    contract,
    takes: 'body',
    status: 200,
    notice: true,
    batch: true,
    dryRun: true,
    withinMs: 30_000,
    errors: [...(right === undefined ? [] : usedKeyErrors), ...hsmUseErrors, ...errors],
    example,
  }),
);

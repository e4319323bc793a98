import { requestCertificate } from '@ankasecure/contracts';
import type { Route } from '../route/route.js';
import { hsmUseErrors, usedKeyErrors } from '../route/use-errors.js';
import { key } from './key.example.js';

/** A request that the example key has signed. */
const request =
  'MIIBIDCByAIBADA5MQswCQYDVQQGEwJFUzEQMA4GA1UECgwHRXhhbXBsZTEYMBYGA1UEAwwPcGF5LmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlraAtMCsGCSqGSIb3DQEJDjEeMBwwGgYDVR0RBBMwEYIPcGF5LmV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0cAMEQCIH3DJqchTsYDJmbf4jxmSA39shB5BoB0W3FYLX5bpn3+AiBxTS5iGdqORTE0xwsOF12vyKlTMuyNVMlhHPjqD1kp0w==';
const lines = request.match(/.{1,64}/g) ?? [];

/** Routes for the certificates of keys. */
export const certificateRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/keys/{id}/csr',
    operationId: 'requestCertificate',
    tag: 'Keys',
    summary: 'Make a certification request (PKCS#10)',
    description:
      'The request (RFC 2986) has the public key of the current version, and that version signs it in the HSM with one of the key’s algs. Send the names that the certificate is to have; the certification authority decides which of them it certifies. The key’s purpose must be `sign`. The use counts as a signature: the policy, the grants, the quota and the usage limits are those of /sign, and the audit event is one of `sign`, with `within` `csr` and the SHA-256 of the request. The request is stored nowhere.',
    roles: ['user', 'application-admin', 'tenant-admin'],
    right: 'use:sign',
    contract: requestCertificate.contract,
    takes: 'body',
    body: requestCertificate.body,
    status: 200,
    notice: true,
    dryRun: true,
    unknownId: 'key-not-found',
    withinMs: 30_000,
    errors: [...usedKeyErrors, ...hsmUseErrors, 'key-exhausted'],
    example: {
      request: {
        subject: [{ C: 'ES' }, { O: 'Example' }, { CN: 'pay.example.com' }],
        subjectAltNames: { dns: ['pay.example.com'] },
      },
      reply: {
        pem: `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`,
        der: request,
        keyId: key.id,
        version: 1,
        custody: 'token',
        algorithm: 'EC-P256',
        alg: 'ES256',
      },
    },
  },
];

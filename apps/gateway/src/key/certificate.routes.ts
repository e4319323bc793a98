import { deleteCertificate, getCertificate, putCertificate, requestCertificate } from '@ankasecure/contracts';
import type { Route } from '../route/route.js';
import { hsmUseErrors, usedKeyErrors } from '../route/use-errors.js';
import { key } from './key.example.js';
import { changers, keyReading } from './lifecycle-row.js';

/** A request that the example key has signed. */
const request =
  'MIIBIDCByAIBADA5MQswCQYDVQQGEwJFUzEQMA4GA1UECgwHRXhhbXBsZTEYMBYGA1UEAwwPcGF5LmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlraAtMCsGCSqGSIb3DQEJDjEeMBwwGgYDVR0RBBMwEYIPcGF5LmV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0cAMEQCIH3DJqchTsYDJmbf4jxmSA39shB5BoB0W3FYLX5bpn3+AiBxTS5iGdqORTE0xwsOF12vyKlTMuyNVMlhHPjqD1kp0w==';

const inPem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

/** A certificate for the example key. */
const certificate =
  'MIIBuDCCAV6gAwIBAgIITT8aeyDJXmgwCgYIKoZIzj0EAwIwOTELMAkGA1UEBhMCRVMxEDAOBgNVBAoMB0V4YW1wbGUxGDAWBgNVBAMMD3BheS5leGFtcGxlLmNvbTAeFw0yNjEyMDEwMTQyMjhaFw0yNzEyMDEwMTQyMjhaMDkxCzAJBgNVBAYTAkVTMRAwDgYDVQQKDAdFeGFtcGxlMRgwFgYDVQQDDA9wYXkuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWto1AwTjAdBgNVHQ4EFgQUzo0Wsckzjrf+OXmZrkW+7j+1hoYwHwYDVR0jBBgwFoAUzo0Wsckzjrf+OXmZrkW+7j+1hoYwDAYDVR0TAQH/BAIwADAKBggqhkjOPQQDAgNIADBFAiEAut2iPdHyIye2ltk82FR9hwsZpWSTQVZRSE/pfJbeVH8CIAjR4LpeK2GeOGs4Z6jVDSGhImpieahvH+49VB9iFzUf';
const shown = {
  keyId: key.id,
  version: 1,
  x5c: [certificate],
  'x5t#S256': 'yz1vjI2kv88kOJ855gYjEwkKVBP5WHKYtdG6QL_rk6E',
  pem: inPem('CERTIFICATE', certificate),
  subject: 'C=ES, O=Example, CN=pay.example.com',
  issuer: 'C=ES, O=Example, CN=pay.example.com',
  serialNumber: '4D3F1A7B20C95E68',
  notBefore: '2026-12-01T01:42:28.000Z',
  notAfter: '2027-12-01T01:42:28.000Z',
};

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
        pem: inPem('CERTIFICATE REQUEST', request),
        der: request,
        keyId: key.id,
        version: 1,
        custody: 'token',
        algorithm: 'EC-P256',
        alg: 'ES256',
      },
    },
  },
  {
    ...keyReading,
    tag: 'Keys',
    path: '/keys/{id}/certificate',
    operationId: 'getCertificate',
    summary: 'Read the certificate of a key',
    description:
      'Returns the chain of the current version, or of `version`. A certificate that is no longer valid is returned all the same: compare `notAfter`.',
    contract: getCertificate,
    etag: true,
    example: { reply: shown },
  },
  {
    ...keyReading,
    tag: 'Keys',
    method: 'PUT',
    path: '/keys/{id}/certificate',
    operationId: 'putCertificate',
    summary: 'Set the certificate of a key',
    description:
      'Send the chain from the certificate of the key up, with or without the root. The first certificate must have the public key of the version and be valid still; each must be issued by the next, which must be of a certification authority, within its `pathLenConstraint`. A chain has at most 10 certificates and 32 KiB in DER. Whether the last one is to be trusted, relying parties decide. From then on the key set, the public key and, where /sign is asked for it, the JWS header show `x5c` and `x5t#S256`. What the key may do does not depend on the certificate.',
    roles: changers,
    right: 'manage',
    contract: putCertificate.contract,
    takes: 'body',
    body: putCertificate.body,
    etag: true,
    conditional: 'optional',
    dryRun: true,
    errors: ['key-not-found', 'key-access-denied', 'key-state', 'purpose-mismatch'],
    example: { request: { x5c: [certificate] }, reply: shown },
  },
  {
    ...keyReading,
    tag: 'Keys',
    method: 'DELETE',
    path: '/keys/{id}/certificate',
    operationId: 'deleteCertificate',
    summary: 'Remove the certificate of a key',
    description: 'The reply is the chain that was removed, of the current version or of `version`.',
    roles: changers,
    right: 'manage',
    contract: deleteCertificate,
    etag: true,
    conditional: 'optional',
    dryRun: true,
    example: { reply: shown },
  },
];

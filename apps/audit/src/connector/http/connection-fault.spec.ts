import { expect, it } from 'vitest';
import { faultOfConnection } from './connection-fault.js';

/** Codes of node:tls and OpenSSL, and of node:net and node:dns, as they were seen. */
const codes = {
  pause: [
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'CERT_REVOKED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ],
  retry: [
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
    'HPE_INVALID_CONSTANT',
    undefined,
  ],
} as const;

it.each(Object.entries(codes).flatMap(([result, list]) => list.map((code) => [code, result] as const)))(
  'the fault %s of a connection is one to %s',
  (code, result) => {
    const fault = faultOfConnection(Object.assign(new Error('words'), code === undefined ? {} : { code }));
    expect(fault).toMatchObject({ result, message: expect.stringContaining(code ?? 'words') as string });
  },
);

import { z } from 'zod';
import { contract } from './bus.js';
import { inDigits, instant, uuid } from './primitive.js';
import { exactlyOne } from './rule.js';

const gatewayToWorker = { owner: 'crypto-worker', callers: ['gateway'] } as const;

/** The most certificates of a chain, and the most bytes of all of them in DER. */
export const maxChain = { certificates: 10, bytes: 32 * 1024 } as const;

const version = z.number().int().positive().max(999_999_999);

/** base64 with padding (RFC 4648 §4), as `x5c` has it (RFC 7517 §4.7). */
const base64 = z
  .string()
  .min(1)
  .max(Math.ceil(maxChain.bytes / 3) * 4)
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be base64 with padding');

const shape = {
  x5c: z
    .array(base64)
    .min(1)
    .max(maxChain.certificates)
    .optional()
    .describe('The chain, each certificate in DER and base64 (RFC 7517, section 4.7). That of the key comes first.'),
  pem: z
    .string()
    .min(1)
    .max(2 * maxChain.bytes)
    .optional()
    .describe('The chain in PEM (RFC 7468), in the same order.'),
  version: version.optional().describe('The version of the key. Default: the current version.'),
};

const isOneForm = ({ x5c, pem }: { x5c?: unknown; pem?: unknown }): boolean =>
  (x5c === undefined) !== (pem === undefined);
const oneForm = 'send either x5c or pem';

export const keyCertificate = z
  .strictObject({
    keyId: uuid,
    version,
    x5c: z.array(z.string()).describe('The chain as it is in JWKs. The certificate of the key comes first.'),
    'x5t#S256': z.string().describe('The SHA-256 of the key’s certificate, in base64url (RFC 7517, section 4.9).'),
    pem: z.string().describe('The chain in PEM.'),
    subject: z.string().describe('The subject of the key’s certificate, for people.'),
    issuer: z.string().describe('Its issuer, for people.'),
    serialNumber: z.string().describe('Its serial number in hexadecimal digits.'),
    notBefore: instant.describe('The time from which the key’s certificate is valid.'),
    notAfter: instant.describe(
      'The time until which it is valid. Nothing happens then: the platform goes on showing it, and relying parties refuse it.',
    ),
  })
  .meta({ id: 'KeyCertificate' });
export type KeyCertificate = z.infer<typeof keyCertificate>;

/** The reply means that every worker shows the chain from now on. */
export const putCertificate = {
  body: z
    .strictObject(shape)
    .refine(isOneForm, oneForm)
    .meta({ id: 'PutCertificate', ...exactlyOne('x5c', 'pem') }),
  contract: contract({
    ...gatewayToWorker,
    subject: 'crypto.{partition}.key.certificate.put',
    request: z.strictObject({ id: uuid, ...shape }).refine(isOneForm, oneForm),
    reply: keyCertificate,
  }),
};

const ofVersion = z.strictObject({ id: uuid, version: inDigits(version).optional() });

export const getCertificate = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.certificate.get',
  request: ofVersion,
  reply: keyCertificate,
});

/** The reply is the chain that was removed. */
export const deleteCertificate = contract({
  ...gatewayToWorker,
  subject: 'crypto.{partition}.key.certificate.delete',
  request: ofVersion,
  reply: keyCertificate,
});

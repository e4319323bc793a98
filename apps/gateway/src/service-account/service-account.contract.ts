import { cursor, instant, maxGroups, page, pageLimit, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { credentialEnd, endingKey } from '../auth/client-key.js';
import { tenantRoles } from '../auth/role.js';
import { ownContract } from '../route/own-contract.js';

const about = {
  name: text(128).describe('A name for people.'),
  roles: z
    .array(z.enum(tenantRoles))
    .min(1)
    .max(tenantRoles.length)
    .refine((all) => new Set(all).size === all.length, 'must not contain a role twice')
    .meta({ uniqueItems: true }),
  groups: z
    .array(text(128))
    .max(maxGroups)
    .refine((all) => new Set(all).size === all.length, 'must not contain a group twice')
    .meta({ uniqueItems: true })
    .describe('The groups of the account. Keys can be granted to them or to the account’s own id.'),
};
/** The limit of keys, and of certificates. */
const most = 10;

const keys = z
  .array(endingKey)
  .max(most)
  .refine((all) => new Set(all.map(({ kid }) => kid)).size === all.length, 'must not contain a kid twice')
  .meta({ uniqueItems: true });

/** The limit of characters of a certificate. One with a key and a signature of ML-DSA-87 has some ten thousand. */
const longestCertificate = 16 * 1024;

const certificateText = z.string().min(1).max(longestCertificate);
const newCertificate = z.union([certificateText, z.strictObject({ certificate: certificateText, ...credentialEnd })]);
const heldCertificate = z.strictObject({ thumbprint: z.string().length(43), ...credentialEnd });

/** A certificate in a request: PEM or base64 DER, alone or with its end, or the thumbprint of one that the account has. */
export type CertificateEntry = z.infer<typeof newCertificate> | z.infer<typeof heldCertificate>;

export const registeredCertificate = z.strictObject({
  thumbprint: z
    .string()
    .describe('The SHA-256 of its DER encoding in base64url. Tokens bound to the certificate carry it as `x5t#S256`.'),
  subject: z.string().describe('The subject of the certificate, for people. It decides nothing.'),
  notAfter: instant,
  ...credentialEnd,
});
export type RegisteredCertificate = z.infer<typeof registeredCertificate>;

export const serviceAccount = z
  .strictObject({
    id: uuid.describe('The id of the account. It is the subject of its tokens and the grantee of its grants.'),
    tenantId: uuid,
    clientId: z
      .string()
      .describe('The client id for the token endpoint, used as iss and sub of assertions or as client_id.'),
    ...about,
    keys: z.array(z.record(z.string(), z.string())).describe('Public keys as JWKs, with their ends.'),
    certificates: z.array(registeredCertificate),
    createdBy: z.string(),
    createdAt: instant,
    revision: z.number().int().positive(),
  })
  .meta({ id: 'ServiceAccount' });
export type ServiceAccount = z.infer<typeof serviceAccount>;

interface Proofs {
  readonly keys: readonly unknown[];
  readonly certificates: readonly unknown[];
}
const provesItself = (body: Proofs): boolean => body.keys.length + body.certificates.length > 0;
const noProof = 'send at least one key or certificate';
const oneProof = {
  anyOf: ['keys', 'certificates'].map((name) => ({ properties: { [name]: { minItems: 1 } }, required: [name] })),
};

export const createServiceAccount = ownContract(
  'service-account.create',
  z
    .strictObject({
      ...about,
      groups: about.groups.default([]),
      keys: keys.default([]).describe('Public keys as JWKs.'),
      certificates: z
        .array(newCertificate)
        .max(most)
        .default([])
        .describe('X.509 certificates, each in PEM or base64 DER.'),
    })
    .refine(provesItself, noProof)
    .meta({ id: 'CreateServiceAccount', ...oneProof }),
  serviceAccount,
);

const settings = {
  ...about,
  keys: keys.describe('All public keys as JWKs. Several can be valid at once.'),
  certificates: z
    .array(z.union([newCertificate, heldCertificate]))
    .max(most)
    .describe('All X.509 certificates, each in PEM or base64 DER, or by the thumbprint of one that the account has.'),
};

/** Conditional. The reply means that the change is in force on every gateway. */
export const putServiceAccount = {
  body: z
    .strictObject(settings)
    .refine(provesItself, noProof)
    .meta({ id: 'PutServiceAccount', ...oneProof }),
  contract: ownContract(
    'service-account.put',
    z.strictObject({ id: uuid, ...settings }).refine(provesItself, noProof),
    serviceAccount,
  ),
};

/** Newest first. */
export const listServiceAccounts = ownContract(
  'service-account.list',
  z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  page(serviceAccount),
);

export const getServiceAccount = ownContract('service-account.get', z.strictObject({ id: uuid }), serviceAccount);

/** The reply means that every gateway refuses the account's tokens, and no request with one is still running. */
export const deleteServiceAccount = ownContract('service-account.delete', z.strictObject({ id: uuid }), serviceAccount);

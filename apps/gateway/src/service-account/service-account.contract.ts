import { instant, maxGroups, page, pageLimit, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { clientKey } from '../auth/client-key.js';
import { tenantRoles } from '../auth/role.js';
import { ownContract } from '../route/own-contract.js';

const about = {
  name: text(128).describe('A name for people.'),
  roles: z
    .array(z.enum(tenantRoles))
    .min(1)
    .max(tenantRoles.length)
    .refine((all) => new Set(all).size === all.length, 'must not contain a role twice'),
  groups: z
    .array(text(128))
    .max(maxGroups)
    .refine((all) => new Set(all).size === all.length, 'must not contain a group twice')
    .describe('The groups of the account. Keys can be granted to them or to the account’s own id.'),
};
const keys = z
  .array(clientKey)
  .max(10)
  .refine((all) => new Set(all.map(({ kid }) => kid)).size === all.length, 'must not contain a kid twice');

/** The limit of characters of a certificate. One with a key and a signature of ML-DSA-87 has some ten thousand. */
const longestCertificate = 16 * 1024;

const certificates = z.array(z.string().min(1).max(longestCertificate)).max(10);

export const registeredCertificate = z.strictObject({
  thumbprint: z
    .string()
    .describe('The SHA-256 of its DER encoding in base64url. Tokens bound to the certificate carry it as `x5t#S256`.'),
  subject: z.string().describe('The subject of the certificate, for people. It decides nothing.'),
  notAfter: instant,
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
    keys: z.array(z.record(z.string(), z.string())).describe('Public keys as JWKs.'),
    certificates: z.array(registeredCertificate),
    createdBy: z.string(),
    createdAt: instant,
    revision: z.number().int().positive(),
  })
  .meta({ id: 'ServiceAccount' });
export type ServiceAccount = z.infer<typeof serviceAccount>;

export const createServiceAccount = ownContract(
  'service-account.create',
  z
    .strictObject({
      ...about,
      groups: about.groups.default([]),
      keys: keys.default([]).describe('Public keys as JWKs, each with kid and alg.'),
      certificates: certificates.default([]).describe('X.509 certificates, each in PEM or base64 DER.'),
    })
    .refine((body) => body.keys.length + body.certificates.length > 0, 'send at least one key or certificate')
    .meta({ id: 'CreateServiceAccount' }),
  serviceAccount,
);

/** Newest first. A cursor is the id of the last item of a page, as in other listings of the gateway. */
export const listServiceAccounts = ownContract(
  'service-account.list',
  z.strictObject({ limit: pageLimit, cursor: uuid.optional() }),
  page(serviceAccount),
);

export const getServiceAccount = ownContract('service-account.get', z.strictObject({ id: uuid }), serviceAccount);

/** The reply means that every gateway refuses the account's tokens, and no request with one is still running. */
export const deleteServiceAccount = ownContract('service-account.delete', z.strictObject({ id: uuid }), serviceAccount);

import { instant, maxGroups, page, pageLimit, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { tenantRoles } from '../auth/role.js';
import { ownContract } from '../route/own-service.js';
import { clientKey } from './client-key.js';

const about = {
  name: text(128).describe('For people.'),
  roles: z.array(z.enum(tenantRoles)).min(1),
  groups: z.array(text(128)).max(maxGroups).describe('What keys may be granted to, besides the account’s own id.'),
};
const keys = z
  .array(clientKey)
  .max(10)
  .refine((all) => new Set(all.map(({ kid }) => kid)).size === all.length, 'each kid once');

/** Characters of one: with a key and a signature of ML-DSA-87 it has some ten thousand. */
const longestCertificate = 16 * 1024;

const certificates = z.array(z.string().min(1).max(longestCertificate)).max(10);

export const registeredCertificate = z.strictObject({
  thumbprint: z
    .string()
    .describe('base64url of the SHA-256 of its DER: `x5t#S256` in the tokens that are bound to it.'),
  subject: z.string().describe('For people: nothing is decided by it.'),
  notAfter: instant,
});
export type RegisteredCertificate = z.infer<typeof registeredCertificate>;

export const serviceAccount = z
  .strictObject({
    id: uuid.describe('Also the subject of its tokens: what keys are granted to.'),
    tenantId: uuid,
    clientId: z
      .string()
      .describe('What it calls itself at the token endpoint: iss and sub of its assertions, or client_id.'),
    ...about,
    keys: z.array(z.record(z.string(), z.string())).describe('Public JWKs.'),
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
      keys: keys.default([]).describe('Public JWKs, each with kid and alg.'),
      certificates: certificates.default([]).describe('X.509, each in PEM or base64 DER.'),
    })
    .refine((body) => body.keys.length + body.certificates.length > 0, 'at least one key or certificate is expected')
    .meta({ id: 'CreateServiceAccount' }),
  serviceAccount,
);

/** Newest first. A cursor is the id of the last one of a page, as in other listings of the gateway. */
export const listServiceAccounts = ownContract(
  'service-account.list',
  z.strictObject({ limit: pageLimit, cursor: uuid.optional() }),
  page(serviceAccount),
);

export const getServiceAccount = ownContract('service-account.get', z.strictObject({ id: uuid }), serviceAccount);

/** The reply means: no token of the account opens any gateway any more, and nothing is under way for whoever came in with one. */
export const deleteServiceAccount = ownContract('service-account.delete', z.strictObject({ id: uuid }), serviceAccount);

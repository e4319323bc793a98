import { base64url, cursor, instant, issuerName, page, pageLimit, text, uuid } from '@ankasecure/contracts';
import { z } from 'zod';
import { ownContract } from '../route/own-contract.js';

const about = {
  issuer: issuerName.describe('The `iss` of its tokens. It need not be one of the tenant’s issuers.'),
  subject: text(256).describe(
    'The subject as events name it: the `sub` of its tokens after the issuer’s subjectPrefix, or the id of a service account. A name that the issuer cannot give is refused.',
  ),
};

export const exclusion = z
  .strictObject({
    id: uuid,
    tenantId: uuid,
    issuer: about.issuer.nullable(),
    subject: about.subject.nullable(),
    reason: z.string().nullable(),
    createdBy: z.string().nullable(),
    createdAt: instant.nullable(),
    kept: z
      .enum(['database', 'trail'])
      .describe(
        '`database`: all members are known. `trail`: the database has lost the exclusion, and the audit trail alone keeps it in force. It has the digest and nothing else of it.',
      ),
    digest: base64url(32)
      .length(43)
      .describe(
        'SHA-256 of the JSON array of issuer and subject, without spaces. It tells whom the exclusion shuts out if the trail alone keeps it.',
      ),
  })
  .meta({ id: 'Exclusion' });
export type Exclusion = z.infer<typeof exclusion>;

/** The reply means that every gateway refuses the subject's tokens, and no request with one is still running. */
export const createExclusion = ownContract(
  'exclusion.create',
  z
    .strictObject({ ...about, reason: text(256).optional().describe('The reason. It is stored in the audit trail.') })
    .meta({ id: 'CreateExclusion' }),
  exclusion,
);

/** Newest first. */
export const listExclusions = ownContract(
  'exclusion.list',
  z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  page(exclusion),
);

export const getExclusion = ownContract('exclusion.get', z.strictObject({ id: uuid }), exclusion);

export const deleteExclusion = ownContract('exclusion.delete', z.strictObject({ id: uuid }), exclusion);

import { type AlgorithmName, algorithms, joseAlgs, type Purpose, purposes } from '@ankasecure/algorithm';
import { z } from 'zod';

const day = z.iso.date('must be a day, such as 2031-07-28');

/**
 * The certificate of an HSM's module, as NIST CMVP lists it on one day. What is left out is not known, and counts as not
 * fulfilled where a policy asks for it. Nothing in it is checked against the list: who edits it answers for it.
 */
export const moduleCertificate = z.strictObject({
  certificate: z.string().min(1).describe('The number of the certificate.'),
  standard: z.string().min(1).describe('The standard that it was issued for, such as FIPS 140-3.'),
  status: z.string().min(1).describe('Its status in the list: Active, Historical or Revoked.'),
  level: z.number().int().min(1).max(4).optional().describe('The overall level.'),
  sunset: day.optional().describe('The day on which it becomes historical. It is active until that day begins in UTC.'),
  firmware: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('The firmware versions that it names, as the token reports them.'),
  approved: z
    .array(z.string())
    .optional()
    .describe(
      'All that it lists as approved: algorithms of keys, such as AES-256, or one purpose of them, such as EC-P256/sign.',
    ),
  asOf: day.optional().describe('The day on which the list was read.'),
  source: z.string().min(1).optional().describe('Where it was read.'),
});
export type ModuleCertificate = z.infer<typeof moduleCertificate>;

/** What an HSM's certificate lists is dated, so that everybody who decides by it can tell its age. */
const dated = ['level', 'sunset', 'firmware', 'approved'] as const;

/** How `approved` names keys of an algorithm that have one purpose. */
export const listedPurpose = (algorithm: AlgorithmName, purpose: Purpose): string => `${algorithm}/${purpose}`;

const canBeListed = (name: string): boolean => {
  const [algorithm = '', purpose] = name.split('/');
  if (!Object.hasOwn(algorithms, algorithm)) return false;
  return (
    purpose === undefined ||
    (purposes.includes(purpose as Purpose) && joseAlgs(algorithm as AlgorithmName, purpose as Purpose).length > 0)
  );
};

/** A certificate in a configuration: every name is one that keys can have, and what is known has a date. */
export const configuredCertificate = moduleCertificate.superRefine((certificate, context) => {
  if (certificate.asOf === undefined && dated.some((member) => certificate[member] !== undefined))
    context.addIssue({ code: 'custom', path: ['asOf'], message: 'must say on which day the list was read' });
  for (const [index, name] of (certificate.approved ?? []).entries())
    if (!canBeListed(name))
      context.addIssue({
        code: 'custom',
        path: ['approved', index],
        message: 'must be an algorithm of keys, or an algorithm, a slash and a purpose of it',
      });
});

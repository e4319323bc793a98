import { z } from 'zod';

/** The versions of a key that decrypt and verify try at most, if the request names none. */
export const mostVersionsTried = 16;

/** Versions from one number to another, and why an item that leaves the version open was not tried with them. */
const versionsNotTried = z
  .strictObject({
    from: z.number().int().positive(),
    to: z.number().int().positive(),
    reason: z
      .enum(['state', 'policy', 'algorithm', 'limit'])
      .describe(
        `The state of the versions, the policy or the token’s algorithms do not allow it, or they are older than the newest ${mostVersionsTried}.`,
      ),
  })
  .meta({ id: 'VersionsNotTried' });
export type VersionsNotTried = z.infer<typeof versionsNotTried>;

/** The members of an answer that no version fits. */
export const triedInVain = {
  versionsTried: z
    .array(z.number().int().positive())
    .optional()
    .describe('The versions that do not verify the signature, if several were tried.'),
  versionsNotTried: z
    .array(versionsNotTried)
    .optional()
    .describe(
      'The other versions of the key, newest first, if no version verifies the signature and the request names none. One of them may have made it: send `version`, and `acceptRisk` for one that is suspended or compromised.',
    ),
};

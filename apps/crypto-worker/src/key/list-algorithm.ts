import { algorithmOf } from '@ankasecure/algorithm';
import type { Context, listAlgorithms } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { Pkcs11Config } from '../config.js';
import type { Custody } from '../custody/custody.js';
import { outsideWarnings } from '../operation/warning.js';
import type { EnforcedPolicies } from '../policy/enforced-policy.js';

type Reply = z.infer<typeof listAlgorithms.reply>;

/** FIPS-only decides about primitives. Whether the module is validated is for its certificate to say, and there is none. */
const notValidated = {
  code: 'module-not-validated',
  detail:
    'FIPS-only admits approved primitives; no CMVP certificate is configured for this token, so no validated module stands behind them',
};

/** What this tenant can use on this token now: the table, crossed with the tenant's policy and the token's self-tests. */
export class ListAlgorithm {
  constructor(
    private readonly custody: Custody,
    private readonly policies: EnforcedPolicies,
    private readonly partition: string,
    private readonly cmvp: Pkcs11Config['cmvp'],
  ) {}

  async list({ tenantId }: Context): Promise<Reply> {
    const policy = await this.policies.of(tenantId);
    const { label, serial, ...token } = this.custody.token;
    const module = policy.document.fipsOnly && this.cmvp === undefined ? [notValidated] : [];
    return {
      items: this.custody.capabilities().map((row) => {
        const { strength, quantumSafe, fips } = algorithmOf(row.algorithm);
        const { reasons } = policy.decide(row.algorithm, row.purpose, row.outsideSteps);
        return {
          algorithm: row.algorithm,
          purpose: row.purpose,
          algs: [...row.algs],
          available: reasons.length === 0 && row.algs.length > 0,
          reasons: [
            ...reasons,
            ...row.excluded.map(({ alg, code, detail }) => ({ code, detail: `${alg}: ${detail}` })),
          ],
          warnings: [...outsideWarnings(this.custody, row), ...module],
          strength,
          quantumSafe,
          fips,
        };
      }),
      hsm: { partition: this.partition, token: label, serial, ...token, cmvp: this.cmvp ?? null },
      policyVersion: policy.revision,
      fipsOnly: policy.document.fipsOnly,
    };
  }
}

import { algorithmOf, fipsStatus } from '@ankasecure/algorithm';
import type { Context, listAlgorithms } from '@ankasecure/contracts';
import type { Use } from '@ankasecure/policy-rules';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Custody, isLacking } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';
import { usesOf } from '../key/key-state.js';
import { EnforcedPolicies } from './enforced-policy.js';

type Reply = z.infer<typeof listAlgorithms.reply>;

/** FIPS-only decides about algorithms. Only a certificate proves that the module is validated, and none is configured. */
const notValidated = {
  code: 'module-not-validated',
  detail:
    'FIPS-only allows approved primitives, but no CMVP certificate is configured for this token, so they do not run in a known validated module',
};

/**
 * Lists what this tenant can use on this token now, from the table of algorithms, the tenant's policy and the token's
 * self-tests.
 */
@Injectable()
export class ListAlgorithm {
  constructor(
    private readonly custody: Custody,
    private readonly policies: EnforcedPolicies,
    private readonly partition: Partition,
  ) {}

  async list({ tenantId }: Context): Promise<Reply> {
    const {
      name,
      hsm: { cmvp },
    } = this.partition;
    const policy = await this.policies.latest(tenantId);
    const { label, serial, ...token } = this.custody.token;
    // Labels come with the request to make a key. Here every required label counts as present.
    const labels = policy.document.requiredLabels ?? [];
    const module = policy.document.fipsOnly && cmvp === undefined ? [notValidated] : [];
    return {
      items: this.custody.capabilities().map((row) => {
        const { strength, quantumSafe } = algorithmOf(row.algorithm);
        const { algorithm, purpose, outsideSteps } = row;
        const decide = (use: Use, custody = this.custody.kind) =>
          policy.decide({ algorithm, purpose, use, custody, outsideSteps, labels });
        const { decision, warnings } = decide('create');
        const inSoftware = this.custody.known(algorithm, purpose, 'software').algs.length > 0;
        return {
          algorithm: row.algorithm,
          purpose: row.purpose,
          algs: [...row.algs],
          available: decision.allow && row.algs.length > 0,
          software: inSoftware && isLacking(row) && decide('create', 'software').decision.allow,
          uses: usesOf[purpose].filter((use) => decide(use).decision.allow),
          reasons: [
            ...decision.reasons,
            ...row.excluded.map(({ alg, code, detail }) => ({ code, detail: `${alg}: ${detail}` })),
          ],
          warnings: [...warnings, ...module],
          strength,
          quantumSafe,
          fips: fipsStatus(algorithm, purpose, policy.now()),
        };
      }),
      hsm: { partition: name, token: label, serial, ...token, cmvp: cmvp ?? null },
      policyVersion: policy.revision,
      fipsOnly: policy.document.fipsOnly,
    };
  }
}

import { defaultPurpose } from '@ankasecure/algorithm';
import type { Context, evaluatePolicy } from '@ankasecure/contracts';
import { evaluate, type PolicyRequest } from '@ankasecure/policy-rules';
import type { z } from 'zod';
import type { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import type { KeyStore } from '../key/key-store.js';
import type { EnforcedPolicies } from './enforced-policy.js';
import { type Obstacle, obstacleTo } from './obstacle.js';
import { rulingOf, toldOf } from './ruling.js';

type Asked = z.infer<typeof evaluatePolicy.request>;

/** What is known of a key before the token is asked for its steps. */
type Subject = Pick<PolicyRequest, 'algorithm' | 'purpose' | 'custody' | 'keyMadeAt' | 'versionMadeAt'>;

/** The same decision, when something else than the policy would stop the call. */
const stopped = ({ allow, rule, source, reasons }: ReturnType<typeof toldOf>, obstacle: Obstacle) => ({
  allow: false,
  ...(allow ? { rule: obstacle.rule, source: obstacle.source, until: null } : { rule, source }),
  reasons: [...reasons, obstacle],
});

/** Says how the enforced policy decides, and what else would stop the call, and does nothing. */
export class EvaluatePolicy {
  constructor(
    private readonly custody: Custody,
    private readonly keys: KeyStore,
    private readonly policies: EnforcedPolicies,
  ) {}

  /** @throws AnkaError `key-not-found`, also for another tenant's key */
  async evaluate({ tenantId }: Context, asked: Asked): Promise<z.infer<typeof evaluatePolicy.reply>> {
    const subject = await this.subjectOf(tenantId, asked);
    const { algorithm, purpose, custody } = subject;
    const { revision, document } = await this.policies.latest(tenantId);
    const steps = outsideSteps(this.custody, algorithm, purpose);
    const { use, lifeDays, rotationDays, labels } = asked;
    const planned = {
      ...(lifeDays !== undefined && { lifeDays }),
      ...(rotationDays !== undefined && { rotationDays }),
      ...(labels !== undefined && { labels }),
    };
    const at = asked.at === undefined ? Date.now() : Date.parse(asked.at);
    const ruling = rulingOf(evaluate(document, { ...subject, use, outsideSteps: steps, ...planned }, at), steps);
    const obstacle = obstacleTo(this.custody, { algorithm, purpose, custody, use });
    const told = toldOf(ruling.decision);
    return {
      ...told,
      ...(obstacle !== undefined && stopped(told, obstacle)),
      warnings: [...ruling.warnings],
      policyVersion: revision,
      ...{ algorithm, purpose, custody, outsideSteps: [...steps] },
    };
  }

  private async subjectOf(tenantId: string, { keyId, algorithm = 'AES-256', ...asked }: Asked): Promise<Subject> {
    if (keyId === undefined)
      return { algorithm, purpose: asked.purpose ?? defaultPurpose(algorithm), custody: asked.custody ?? 'token' };
    // Another worker may have made a later version since this one looked.
    this.keys.forget(tenantId, keyId);
    const key = await this.keys.find(tenantId, keyId, null);
    const { purpose, custody, keyMadeAt, madeAt: versionMadeAt } = key;
    return { algorithm: key.algorithm, purpose, custody, keyMadeAt, versionMadeAt };
  }
}

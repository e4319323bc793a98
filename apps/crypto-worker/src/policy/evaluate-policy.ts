import { defaultPurpose, joseAlgs } from '@ankasecure/algorithm';
import type { Context, evaluatePolicy } from '@ankasecure/contracts';
import { evaluate, type PolicyRequest } from '@ankasecure/policy-rules';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import { KeyStore } from '../key/key-store.js';
import type { KeyVersion } from '../key/key-version.js';
import { EnforcedPolicies, onModule } from './enforced-policy.js';
import { type Obstacle, obstacleTo } from './obstacle.js';
import { rulingOf, toldOf } from './ruling.js';

type Request = z.infer<typeof evaluatePolicy.request>;

/** The key that a policy is evaluated for. */
type EvaluatedKey = Pick<PolicyRequest, 'algorithm' | 'purpose' | 'custody' | 'keyMadeAt' | 'versionMadeAt'> &
  Pick<KeyVersion, 'algs'>;

/** The same decision if an obstacle other than the policy stops the call. */
const stopped = ({ allow, rule, source, reasons }: ReturnType<typeof toldOf>, obstacle: Obstacle) => ({
  allow: false,
  ...(allow ? { rule: obstacle.rule, source: obstacle.source, until: null } : { rule, source }),
  reasons: [...reasons, obstacle],
});

/** Tells how the enforced policy decides, and which other obstacle would stop the call. It changes nothing. */
@Injectable()
export class EvaluatePolicy {
  constructor(
    private readonly custody: Custody,
    private readonly keys: KeyStore,
    private readonly policies: EnforcedPolicies,
  ) {}

  /** @throws AnkaError `key-not-found`, also for another tenant's key */
  async evaluate({ tenantId }: Context, request: Request): Promise<z.infer<typeof evaluatePolicy.reply>> {
    const key = await this.keyOf(tenantId, request);
    const { algorithm, purpose, custody } = key;
    const { revision, document, now, module } = await this.policies.latest(tenantId);
    const steps = outsideSteps(this.custody, key);
    const { use, lifeDays, rotationDays, labels, enc } = request;
    const planned = {
      ...(lifeDays !== undefined && { lifeDays }),
      ...(rotationDays !== undefined && { rotationDays }),
      ...(labels !== undefined && { labels }),
      ...(enc !== undefined && { enc }),
    };
    const at = request.at === undefined ? now() : Date.parse(request.at);
    const asked = onModule({ ...key, use, outsideSteps: steps, ...planned }, module());
    const ruling = rulingOf(document, evaluate(document, asked, at), steps);
    const obstacle = obstacleTo(this.custody, { algorithm, purpose, custody, use });
    const told = toldOf(ruling.decision);
    return {
      ...told,
      ...(obstacle !== undefined && stopped(told, obstacle)),
      warnings: [...ruling.warnings],
      policyVersion: revision,
      algorithm,
      purpose,
      custody,
      outsideSteps: [...steps],
    };
  }

  private async keyOf(tenantId: string, request: Request): Promise<EvaluatedKey> {
    const {
      keyId,
      algorithm = 'AES-256',
      purpose: asked = defaultPurpose(algorithm),
      custody: place = 'token',
    } = request;
    if (keyId === undefined) return { algorithm, purpose: asked, custody: place, algs: joseAlgs(algorithm, asked) };
    // Another worker may have made a later version since this worker read the key.
    this.keys.forget(tenantId, keyId);
    const key = await this.keys.find(tenantId, keyId, null);
    const { purpose, custody, keyMadeAt, madeAt: versionMadeAt, algs } = key;
    return { algorithm: key.algorithm, purpose, custody, keyMadeAt, versionMadeAt, algs };
  }
}

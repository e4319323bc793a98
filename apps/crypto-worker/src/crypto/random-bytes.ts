import { AnkaError, auditEvent, type Context, randomItem } from '@ankasecure/contracts';
import { asAnkaError, describeIssues } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import { metered } from '../deadline/metered.js';
import { encodeSegment } from '../jose/base64url.js';
import type { Attempt } from '../operation/attempt.js';
import { eventName } from '../operation/item-record.js';
import type { Verb } from '../operation/verb.js';
import { dryRunOf } from '../outcome/dry-run-answer.js';
import { failureCodeOf } from '../outcome/event.js';
import { undecided } from '../outcome/fence.js';
import { EnforcedPolicies, type EnforcedPolicy } from '../policy/enforced-policy.js';

const name = 'random';

/** Random bytes of the HSM. No key is used, so the policy decides nothing: the tenant must only be enabled. */
@Injectable()
export class RandomBytes implements Verb {
  readonly name = name;

  constructor(
    private readonly custody: Custody,
    private readonly policies: EnforcedPolicies,
  ) {}

  uses(): number {
    return 1;
  }

  async attempt(context: Context, raw: unknown): Promise<Attempt> {
    const outcome = new RandomOutcome(context);
    try {
      const checked = randomItem.safeParse(raw);
      if (!checked.success) throw new AnkaError('request-invalid', describeIssues(checked.error));
      const { bytes: length } = checked.data;
      outcome.length = length;
      outcome.policy = await this.policies.of(context.tenantId);
      if (context.dryRun === true) return outcome.dryRun();
      const budget = metered(context);
      const random = await this.custody.random(budget, length);
      const body = { random: encodeSegment(random) };
      random.fill(0);
      return { ...outcome.recorded(null), hsmMicros: budget.hsm.micros, body };
    } catch (thrown) {
      const error = asAnkaError(thrown);
      if (context.dryRun === true) return outcome.dryRun(error);
      return { ...outcome.recorded(failureCodeOf(error)), hsmMicros: 0, error };
    }
  }
}

/** What is known of one item, for its outcome. */
class RandomOutcome {
  length: number | null = null;
  policy: EnforcedPolicy | null = null;

  constructor(private readonly context: Context) {}

  dryRun(error?: AnkaError): Attempt {
    const body = { ...dryRunOf({ operation: name, error, key: {} }) };
    return { ...this.recorded(error === undefined ? null : failureCodeOf(error)), hsmMicros: 0, body };
  }

  recorded(failureCode: string | null): Pick<Attempt, 'fence' | 'event'> {
    const { context, policy, length } = this;
    return {
      fence: { ...undecided(context.tenantId), policy, tried: context.dryRun === true },
      event: auditEvent(context, {
        operation: eventName(name, context),
        failureCode,
        ...(length !== null && { details: { bytes: String(length) } }),
      }),
    };
  }
}

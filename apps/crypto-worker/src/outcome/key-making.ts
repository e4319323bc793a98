import { AnkaError, type AuditEvent, type Context, type DryRun, onRecord, tried } from '@ankasecure/contracts';
import { Clock } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { EnforcedPolicies, type EnforcedPolicy } from '../policy/enforced-policy.js';
import { dryRunEvent, dryRunOf, type Forecast, type ForecastKey } from './dry-run-answer.js';
import { eventOf, type NamedAction, nothingChanged } from './event.js';
import { undecided } from './fence.js';
import { GroupCommit } from './group-commit.js';

/** An action that makes key material in the HSM. The policy that decided it must still hold when it is recorded. */
export interface KeyMaking<Found, Plan, Result> extends NamedAction {
  /** Whether a caller waits for the answer. Work in the background that finds nothing to do leaves no event. */
  readonly isRequested: boolean;
  /** The key, as far as a refused dry run may name it. */
  readonly named: ForecastKey;
  /** The number of attempts if the policy or the key changes meanwhile. */
  readonly attempts: number;
  /** The detail of `decision-outdated` after the last attempt. */
  readonly outdated: string;
  /** Reads what is on record. Runs before each attempt. */
  find(): Promise<Found>;
  /** Returns the result if it exists already, so that nothing is made. */
  standing(found: Found): Promise<Result | undefined>;
  /** Throws every refusal, makes nothing, and returns what the other steps need. */
  plan(found: Found, policy: EnforcedPolicy): Promise<Plan>;
  /** Tells what a planned action would do. */
  foresee(plan: Plan): Forecast;
  /** Builds the event of a failure. `found` is undefined after the last attempt. */
  failure(found: Found | undefined, failureCode: string): AuditEvent;
  /**
   * Takes the uses of other keys that the action needs.
   * @returns a function that gives them back
   * @throws AnkaError `quota-exceeded`
   */
  reserve?(plan: Plan): (() => void) | undefined;
  /** Makes the key and records it. @returns undefined when the plan was outdated */
  make(found: Found, plan: Plan, policy: EnforcedPolicy): Promise<Result | undefined>;
}

/** Runs key makings. A dry run ends after `plan`, as the context says. An outdated decision is made again. */
@Injectable()
export class KeyMakingRunner {
  constructor(
    private readonly policies: EnforcedPolicies,
    private readonly outcomes: GroupCommit,
    /** The time by which keys are made. */
    readonly clock: Clock,
  ) {}

  /** @throws AnkaError `decision-outdated`, `clock-skew`, `audit-unavailable`, and the refusals and failures of an action that is carried out */
  async run<Found, Plan, Result>(context: Context, making: KeyMaking<Found, Plan, Result>): Promise<Result | DryRun> {
    this.clock.assertAgrees();
    return context.dryRun === true ? this.dryRun(context, making) : this.make(context, making);
  }

  private async make<Found, Plan, Result>(context: Context, making: KeyMaking<Found, Plan, Result>): Promise<Result> {
    const { tenantId } = context;
    for (let attempt = 0; attempt < making.attempts; attempt++) {
      const found = await making.find();
      const standing = await this.standing(context, making, found);
      if (standing !== undefined) return standing;
      const policy = await this.policies.of(tenantId);
      const made = await this.attempt(tenantId, making, found, policy);
      if (made !== undefined) return made;
      this.policies.forget(tenantId);
    }
    const error = new AnkaError('decision-outdated', making.outdated);
    await this.outcomes.commit(undecided(tenantId), making.failure(undefined, error.code));
    throw onRecord(error);
  }

  /** The result, if it exists already. A caller's call that found it is on record, and so is a refusal. */
  private async standing<Found, Plan, Result>(
    context: Context,
    making: KeyMaking<Found, Plan, Result>,
    found: Found,
  ): Promise<Result | undefined> {
    const fence = undecided(context.tenantId);
    const done = await tried(() => making.standing(found));
    if (done.error !== undefined) {
      await this.outcomes.commit(fence, making.failure(found, done.error.code));
      throw onRecord(done.error);
    }
    if (done.result !== undefined && making.isRequested)
      await this.outcomes.commit(fence, eventOf(context, making, nothingChanged(making)));
    return done.result;
  }

  /** @returns undefined when the decision was outdated */
  private async attempt<Found, Plan, Result>(
    tenantId: string,
    making: KeyMaking<Found, Plan, Result>,
    found: Found,
    policy: EnforcedPolicy,
  ): Promise<Result | undefined> {
    const planned = await tried(async () => {
      const plan = await making.plan(found, policy);
      return { plan, release: making.reserve?.(plan) };
    });
    if (planned.error !== undefined) {
      const event = making.failure(found, planned.error.code);
      if (await this.outcomes.commit({ ...undecided(tenantId), policy }, event)) throw onRecord(planned.error);
      return undefined;
    }
    const { plan, release } = planned.result;
    try {
      return await making.make(found, plan, policy);
    } finally {
      release?.();
    }
  }

  private async dryRun<Found, Plan>(context: Context, making: KeyMaking<Found, Plan, unknown>): Promise<DryRun> {
    const { tenantId } = context;
    const { operation, named } = making;
    for (let attempt = 0; attempt < 2; attempt++) {
      const policy = await this.policies.of(tenantId);
      const ended = await tried(async () => making.foresee(await making.plan(await making.find(), policy)));
      if (await this.outcomes.commit({ ...undecided(tenantId), policy }, dryRunEvent(context, making, ended.error)))
        return dryRunOf({
          operation,
          key: named,
          ...(ended.error === undefined ? ended.result : { error: ended.error }),
        });
      this.policies.forget(tenantId);
    }
    const error = new AnkaError('decision-outdated', 'The tenant’s policy changed while the request ran. Try again.');
    await this.outcomes.commit(undecided(tenantId), dryRunEvent(context, making, error));
    throw error;
  }
}

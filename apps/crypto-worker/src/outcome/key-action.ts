import { type AuditedAction, type Context, type DryRun, isRecordable, onRecord, tried } from '@ankasecure/contracts';
import { Clock, Outbox, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KeyStore } from '../key/key-store.js';
import { dryRunEvent, dryRunOf, type Forecast } from './dry-run-answer.js';
import { eventOf, type NamedAction, nothingChanged } from './event.js';
import { undecided } from './fence.js';
import { GroupCommit } from './group-commit.js';

/** The result of an action and its audit events. Without events, it is recorded that nothing changed. */
export interface Written<Result> {
  readonly result: Result;
  /** One entry per event, with its members besides the action's name. */
  readonly events: readonly Partial<AuditedAction>[];
}

/**
 * Reads the database's clock in the action's transaction. Call it once the locks are held. @returns milliseconds since the epoch
 * @throws AnkaError `clock-skew`
 */
export type Time = () => Promise<number>;

interface CheckedAction<Plan> extends NamedAction {
  /** Throws every refusal, changes and seals nothing, and returns what the other steps need. */
  check(manager: EntityManager, time: Time): Promise<Plan>;
  /** Tells what a planned action would do. */
  foresee(plan: Plan, manager: EntityManager): Forecast | Promise<Forecast>;
}

/** An action that needs only the database. Both steps run in one transaction of the tenant. */
export interface KeyAction<Plan, Result> extends CheckedAction<Plan> {
  /** Makes the change that `check` planned. It refuses nothing: what it seals counts if the owner of the database writes it later. */
  write(manager: EntityManager, plan: Plan): Promise<Written<Result>>;
}

/** An action that calls the HSM, which never happens inside a transaction. It records its own outcome. */
export interface HsmAction<Plan, Result> extends CheckedAction<Plan> {
  perform(plan: Plan): Promise<Result>;
}

/**
 * Runs key actions. A dry run ends after `check`, as the context says. Decision, change and events are one commit. A refusal
 * is recorded too.
 */
@Injectable()
export class KeyActionRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: KeyStore,
    private readonly outcomes: GroupCommit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws AnkaError the refusal of an action that is carried out, once it is recorded, `clock-skew`, `audit-unavailable` */
  async run<Plan, Result>(context: Context, action: KeyAction<Plan, Result>): Promise<Result | DryRun> {
    this.clock.assertAgrees();
    return context.dryRun === true ? this.dryRun(context, action) : this.commit(context, action);
  }

  /** @throws AnkaError what `check` throws, once it is recorded, and what `perform` throws */
  async runInHsm<Plan, Result>(context: Context, action: HsmAction<Plan, Result>): Promise<Result | DryRun> {
    this.clock.assertAgrees();
    if (context.dryRun === true) return this.dryRun(context, action);
    return action.perform(await this.checked(context, action));
  }

  /** Records that a call of the action changed nothing, because another one does its work. */
  async recordUnchanged(context: Context, action: NamedAction): Promise<void> {
    await this.outcomes.commit(undecided(context.tenantId), eventOf(context, action, nothingChanged(action)));
  }

  private timeOf(manager: EntityManager): Time {
    return () => this.clock.within(manager);
  }

  private async checked<Plan, Result>(context: Context, action: HsmAction<Plan, Result>): Promise<Plan> {
    try {
      return await withTenant(this.dataSource, context.tenantId, (manager) =>
        action.check(manager, this.timeOf(manager)),
      );
    } catch (error) {
      await this.refused(context, action, error);
      throw error;
    }
  }

  private async commit<Plan, Result>(context: Context, action: KeyAction<Plan, Result>): Promise<Result> {
    const { tenantId } = context;
    const { keyId } = action;
    try {
      const { result, events } = await withTenant(this.dataSource, tenantId, async (manager) => {
        const time = this.timeOf(manager);
        const { result, events } = await action.write(manager, await action.check(manager, time));
        const told = events.length > 0 ? events : [nothingChanged(action)];
        await this.outbox.write(
          manager,
          told.map((event) => eventOf(context, action, event)),
        );
        return { result, events: told };
      });
      this.outbox.committed(events.length);
      if (typeof keyId === 'string') this.keys.forget(tenantId, keyId);
      return result;
    } catch (error) {
      await this.refused(context, action, error);
      throw error;
    }
  }

  private async refused(context: Context, action: NamedAction, error: unknown): Promise<void> {
    if (!isRecordable(error)) return;
    await this.outcomes.commit(undecided(context.tenantId), eventOf(context, action, { failureCode: error.code }));
    onRecord(error);
  }

  private async dryRun<Plan>(context: Context, action: CheckedAction<Plan>): Promise<DryRun> {
    const { tenantId } = context;
    const { operation, keyId } = action;
    const ended = await tried(() =>
      withTenant(this.dataSource, tenantId, async (manager) =>
        action.foresee(await action.check(manager, this.timeOf(manager)), manager),
      ),
    );
    await this.outcomes.commit(undecided(tenantId), dryRunEvent(context, action, ended.error));
    return dryRunOf({
      operation,
      key: { keyId },
      ...(ended.error === undefined ? ended.result : { error: ended.error }),
    });
  }
}

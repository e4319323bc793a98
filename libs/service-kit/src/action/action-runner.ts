import {
  type AnkaError,
  type AuditEvent,
  auditEvent,
  type Context,
  type DryRun,
  dryRunNameOf,
  isRecordable,
  onRecord,
  tried,
  unchanged,
  verdictOf,
} from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../clock/clock.js';
import { forgetNoted } from '../database/noted-changes.js';
import { withTenant } from '../database/tenant.js';
import { Outbox } from '../outbox/outbox.js';

/** Records audit events in the transaction of the action that they report. */
export type RecordEvents = (...events: readonly AuditEvent[]) => Promise<void>;

/** A change of one tenant's data in two steps, both inside the tenant's transaction. */
export interface Action<Plan, Result> {
  /** The operation's name in audit events. */
  readonly operation: string;
  /** The tenant whose data it changes; the context's by default. */
  readonly tenantId?: string;
  /** Details of a dry run's event. */
  readonly details?: Readonly<Record<string, string>>;
  /** Throws every refusal, changes and seals nothing, and returns what `write` needs. */
  check(manager: EntityManager): Promise<Plan>;
  /**
   * Carries out the plan of `check`. It refuses nothing: what it seals counts if the owner of the database writes it later. If it
   * records no event, a call without effect is recorded.
   */
  write(manager: EntityManager, plan: Plan, record: RecordEvents): Promise<Result>;
  /** Tells whether the result takes effect later and is recorded then. That event names the records: see `nameRecord`. */
  readonly isRecordedLater?: (result: Result) => boolean;
}

/** Tells a dry run from the result of an action that was carried out. */
export const isDryRun = (result: unknown): result is DryRun =>
  typeof result === 'object' && result !== null && 'dryRun' in result && result.dryRun === true;

/**
 * Runs actions as far as the context says: a dry run ends after `check`. Every run leaves an event: the action's own, or that
 * nothing changed, or the refusal.
 */
@Injectable()
export class ActionRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Carries out the action. If `context.dryRun` is set, checks it and records the dry run instead.
   * @throws AnkaError `audit-unavailable`, `clock-skew`, the refusals of an action that is carried out, and failures that are not refusals
   */
  async run<Plan, Result>(context: Context, action: Action<Plan, Result>): Promise<Result | DryRun> {
    this.clock.assertAgrees();
    this.outbox.assertRoom(context.tenantId);
    const { tenantId = context.tenantId } = action;
    const check = (manager: EntityManager): Promise<Plan> => action.check(manager);
    if (context.dryRun === true)
      return this.dryRun(context, action, () => withTenant(this.dataSource, tenantId, check));
    try {
      return await this.recording(tenantId, (manager, record) => this.carryOut(context, action, manager, record));
    } catch (error) {
      if (!isRecordable(error)) throw error;
      await this.refused(context, action, error);
      throw onRecord(error);
    }
  }

  private async carryOut<Plan, Result>(
    context: Context,
    action: Action<Plan, Result>,
    manager: EntityManager,
    record: RecordEvents,
  ): Promise<Result> {
    const { operation, details } = action;
    let recorded = 0;
    const result = await action.write(manager, await action.check(manager), async (...events) => {
      recorded += events.length;
      await record(...events);
    });
    if (recorded > 0) return result;
    if (action.isRecordedLater?.(result) === true) forgetNoted(manager);
    else await record(auditEvent(context, { operation, details: { ...details, ...unchanged } }));
    return result;
  }

  private async refused(
    context: Context,
    { operation, details }: Pick<Action<unknown, unknown>, 'operation' | 'details'>,
    { code }: AnkaError,
  ): Promise<void> {
    await this.recording(context.tenantId, (_, record) =>
      record(auditEvent(context, { operation, details, failureCode: code })),
    );
  }

  private async dryRun(
    context: Context,
    { operation, details }: Pick<Action<unknown, unknown>, 'operation' | 'details'>,
    check: () => Promise<unknown>,
  ): Promise<DryRun> {
    const { error } = await tried(check);
    const action = { operation: dryRunNameOf(operation), details, failureCode: error?.code ?? null };
    await this.recording(context.tenantId, (_, record) => record(auditEvent(context, action)));
    return verdictOf(operation, error);
  }

  /** Runs `work` in the tenant's transaction. Wakes the outbox for the recorded events after the commit. */
  private async recording<Result>(
    tenantId: string,
    work: (manager: EntityManager, record: RecordEvents) => Promise<Result>,
  ): Promise<Result> {
    let recorded = 0;
    const result = await withTenant(this.dataSource, tenantId, (manager) =>
      work(manager, async (...events) => {
        if (events.length === 0) return;
        await this.outbox.write(manager, events);
        recorded += events.length;
      }),
    );
    if (recorded > 0) this.outbox.committed(recorded);
    return result;
  }
}

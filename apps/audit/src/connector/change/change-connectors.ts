import { setTimeout as delay } from 'node:timers/promises';
import {
  AnkaError,
  assertPreconditions,
  auditEvent,
  type ConnectorReplay,
  type ConnectorResource,
  type Context,
  type createConnector,
  type DryRun,
  type deleteConnector,
  dryRunNameOf,
  type editConnector,
  maxConnectors,
  monotonicNow,
  newId,
  type RecordChange,
  recordDetails,
  tried,
  verdictOf,
} from '@ankasecure/contracts';
import { Turns, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import type { z } from 'zod';
import { AppendEvents } from '../../event/append-events.js';
import { ConnectorSurroundings } from '../delivery/connector-surroundings.js';
import { DeliveryDatabase } from '../delivery/delivery-database.js';
import { type AskedReplay, PlanReplay } from '../replay/plan-replay.js';
import { ConnectorRecord, connectorDigest } from '../store/connector.entity.js';
import { forgetConnector, takeTurn, wakeConnector } from '../store/connector-status.sql.js';
import { connectorDetails, type ToldConnector } from './connector-details.js';
import { assertMayChange } from './may-change.js';
import { SealedConnectors } from './sealed-connectors.js';

type Deleted = z.infer<typeof deleteConnector.reply>;

/** Changes in a process. Each holds a connection of the deliveries and needs another one. */
const limits = { all: { running: 2, waiting: 100 }, each: { running: 1, waiting: 20 }, waitMs: 5_000 };
/** The pause before the turn is asked for again that another process has, in milliseconds. */
const pauseMs = 100;

const busy = (): AnkaError =>
  new AnkaError('service-unavailable', 'Other connectors are being changed now. Try again in a moment.');

type Operation = 'connector.create' | 'connector.edit' | 'connector.delete' | 'connector.resume' | 'connector.replay';

/** A change that was checked. */
interface Change<Result> {
  readonly details: Readonly<Record<string, string>>;
  readonly write: () => Promise<Result>;
}

/**
 * Changes connectors. The new row is stored first, and counts once the trail names it: a crash between the two changes nothing.
 * A connector of the platform's tenant delivers the events of every tenant, so only an administrator of the platform changes it.
 */
@Injectable()
export class ChangeConnectors {
  private readonly turns = new Turns(limits, busy);

  constructor(
    private readonly connectors: SealedConnectors,
    private readonly database: DeliveryDatabase,
    private readonly appender: AppendEvents,
    private readonly about: ConnectorSurroundings,
    private readonly replays: PlanReplay,
  ) {}

  /** @throws AnkaError `access-denied`; `request-invalid` if the tenant has too many */
  create(asked: Context, request: z.infer<typeof createConnector.request>): Promise<ConnectorResource | DryRun> {
    const id = asked.resourceId ?? newId();
    return this.run(asked, 'connector.create', { connectorId: id }, async (context) => {
      const { all, highest } = await this.connectors.heads(context);
      const made = all.find((head) => head.id === id);
      if (made !== undefined) {
        const result = async () => this.connectors.shown(await this.connectors.found(context, id));
        return { details: { connectorId: id, unchanged: 'true' }, write: result };
      }
      if (all.length >= maxConnectors)
        throw new AnkaError('request-invalid', `A tenant can have at most ${maxConnectors} connectors`);
      return this.putting(context, 'connector.create', { id, ...request }, { highest });
    });
  }

  /** @throws AnkaError `connector-not-found`, `precondition-failed`, `access-denied`; `record-forged` */
  edit(
    asked: Context,
    { id, ...edits }: z.infer<typeof editConnector.contract.request>,
  ): Promise<ConnectorResource | DryRun> {
    return this.run(asked, 'connector.edit', { connectorId: id }, async (context) => {
      const before = await this.connectors.found(context, id);
      assertPreconditions(context, before.revision, 'The connector');
      const { highest } = await this.connectors.heads(context);
      const { name = before.name, enabled = before.enabled, settings = before.settings } = edits;
      return this.putting(context, 'connector.edit', { id, name, enabled, settings }, { highest, before });
    });
  }

  /** It works without the connector's row. @throws AnkaError `connector-not-found`, `precondition-failed`, `access-denied` */
  delete(asked: Context, id: string): Promise<Deleted | DryRun> {
    const { tenantId } = asked;
    const operation = 'connector.delete';
    return this.run(asked, operation, { connectorId: id }, async (context) => {
      const { head, record } = await this.connectors.named(context, id);
      assertPreconditions(context, head.revision, 'The connector');
      const { highest } = await this.connectors.heads(context);
      const revision = this.revisionAfter(highest);
      const details = connectorDetails(id, record, undefined);
      const write = async (): Promise<Deleted> => {
        await this.seal(context, operation, details, { kind: 'connector', id, revision, digest: null });
        await withTenant(this.database.dataSource, tenantId, async (manager) => {
          await manager.delete(ConnectorRecord, { tenantId, id });
          await forgetConnector(manager, tenantId, id);
        });
        return { id, revision: head.revision };
      };
      return { details, write };
    });
  }

  /** @throws AnkaError `connector-not-found`, `access-denied`; `record-forged` */
  resume(asked: Context, id: string): Promise<ConnectorResource | DryRun> {
    const operation = 'connector.resume';
    const details = { connectorId: id };
    return this.run(asked, operation, details, async (context) => {
      const record = await this.connectors.found(context, id);
      const write = async (): Promise<ConnectorResource> => {
        await this.appender.sealOwn(context, auditEvent(context, { operation, details }));
        await wakeConnector(this.database.dataSource, context.tenantId, id);
        return this.connectors.shown(record);
      };
      return { details, write };
    });
  }

  /** @throws AnkaError `connector-not-found`, `access-denied`; `record-forged`; as `PlanReplay.plan` */
  replay(asked: Context, id: string, request: AskedReplay): Promise<ConnectorReplay | DryRun> {
    const operation = 'connector.replay';
    return this.run(asked, operation, { connectorId: id }, async (context) => {
      await this.connectors.found(context, id);
      const replay = await this.replays.plan(context, id, request);
      const { tenantId, fromSeq, untilSeq } = replay;
      const details = { connectorId: id, ofTenant: tenantId, fromSeq: String(fromSeq), untilSeq: String(untilSeq) };
      const write = async (): Promise<ConnectorReplay> => {
        await this.appender.sealOwn(context, auditEvent(context, { operation, details }));
        return { id, ...(await this.replays.apply(id, replay)) };
      };
      return { details, write };
    });
  }

  /** @throws AnkaError `service-unavailable` (retryable) if the tenant's turn does not come in time */
  private async run<Result>(...change: Parameters<typeof this.runOne<Result>>): Promise<Result | DryRun> {
    const [{ tenantId }] = change;
    const until = monotonicNow() + limits.waitMs;
    for (;;) {
      const done = await this.turns.run(tenantId, () => this.runOne(...change));
      if (done !== 'taken') return done;
      // No connection waits for another process.
      if (monotonicNow() >= until) throw busy();
      await delay(pauseMs);
    }
  }

  /**
   * One change of a tenant’s connectors at a time. `taken`: another process makes one. A dry run is sealed and changes nothing; no other service
   * is told of it.
   */
  private async runOne<Result>(
    { dryRun, ...context }: Context,
    operation: Operation,
    asked: Readonly<Record<string, string>>,
    check: (context: Context) => Promise<Change<Result>>,
  ): Promise<Result | DryRun | 'taken'> {
    return withTenant(this.database.dataSource, context.tenantId, async (manager) => {
      if (!(await takeTurn(manager, context.tenantId))) return 'taken';
      const checked = await tried(async () => {
        assertMayChange(context);
        return check(context);
      });
      const { error } = checked;
      if (dryRun !== true) {
        if (checked.error !== undefined) throw checked.error;
        return checked.result.write();
      }
      const failureCode = error?.code ?? null;
      const details = error === undefined ? checked.result.details : asked;
      const event = auditEvent(context, { operation: dryRunNameOf(operation), details, failureCode });
      await this.appender.sealOwn(context, event);
      return verdictOf(operation, error);
    });
  }

  private putting(
    context: Context,
    operation: Operation,
    { id, ...put }: ToldConnector & { readonly id: string },
    { highest, before }: { readonly highest: number; readonly before?: ConnectorRecord },
  ): Change<ConnectorResource> {
    const { tenantId, principal } = context;
    const details = connectorDetails(id, before, put);
    const write = async (): Promise<ConnectorResource> => {
      const revision = this.revisionAfter(highest);
      const createdAt = new Date(this.about.clock.now());
      const record = Object.assign(new ConnectorRecord(), {
        ...put,
        tenantId,
        id,
        revision,
        createdBy: principal,
        createdAt,
      });
      const { dataSource } = this.database;
      await withTenant(dataSource, tenantId, (manager) => manager.insert(ConnectorRecord, record));
      await this.seal(context, operation, details, {
        kind: 'connector',
        id,
        revision,
        digest: connectorDigest(record),
      });
      await withTenant(dataSource, tenantId, (manager) =>
        manager.delete(ConnectorRecord, { tenantId, id, revision: LessThan(revision) }),
      );
      await wakeConnector(dataSource, tenantId, id);
      return this.connectors.shown(record);
    };
    return { details, write };
  }

  /** Microseconds since the epoch, as the revisions of other records. */
  private revisionAfter(highest: number): number {
    return Math.max(Math.floor(this.about.clock.now()) * 1_000, highest + 1);
  }

  private async seal(
    context: Context,
    operation: Operation,
    details: Readonly<Record<string, string>>,
    change: RecordChange,
  ): Promise<void> {
    const named = { ...details, ...recordDetails([change]) };
    await this.appender.sealOwn(context, auditEvent(context, { operation, details: named }));
  }
}

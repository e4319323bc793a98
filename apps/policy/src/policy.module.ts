import {
  AnkaError,
  createTenant,
  diffPolicyVersions,
  findTenant,
  getPolicy,
  getPolicyTemplate,
  getPolicyVersion,
  getTenant,
  listPolicyTemplates,
  listPolicyVersions,
  listTenants,
  putPolicy,
  rollbackPolicy,
} from '@ankasecure/contracts';
import { CursorSeal, Outbox, PARTS, type Parts, Rehearsal } from '@ankasecure/service-kit';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { PolicyConfig } from './config.js';
import { GetPolicy } from './policy/get-policy.js';
import { PutPolicy } from './policy/put-policy.js';
import { ReadVersion } from './policy/read-version.js';
import { ReconcileChange } from './policy/reconcile-change.js';
import { SettleChange } from './policy/settle-change.js';
import { getTemplate, listTemplates } from './policy/template.js';
import { CreateTenant } from './tenant/create-tenant.js';
import { PlatformTenant } from './tenant/platform-tenant.js';
import { ReadTenant } from './tenant/read-tenant.js';

/** Tenants and their policies: what the policy service answers on the bus. */
@Module({})
export class PolicyModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly outbox: Outbox;
  private readonly changes: SettleChange;
  private readonly reconciler: ReconcileChange;

  constructor(@Inject(PARTS) private readonly parts: Parts<PolicyConfig>) {
    const { bus, config, dataSource, log } = parts;
    this.outbox = new Outbox('policy', dataSource, bus, log, { capacity: config.outbox.capacity, batch: 256 });
    this.changes = new SettleChange(dataSource, bus, this.outbox, log);
    this.reconciler = new ReconcileChange(dataSource, this.changes, log);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.outbox.start();
    await this.makePlatformTenant();
    this.reconciler.start();
    this.measure();
    this.serve();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reconciler.stop();
    await this.outbox.stop();
  }

  private async makePlatformTenant(): Promise<void> {
    const platform = new PlatformTenant(this.parts.dataSource, this.tenants());
    await platform.register();
    this.parts.health.register('platform-tenant', () => platform.check());
  }

  private tenants(): CreateTenant {
    const { partition, partitions } = this.parts.config;
    return new CreateTenant(this.parts.dataSource, this.changes, this.outbox, [partition, ...partitions]);
  }

  private serve(): void {
    const { bus, config, dataSource } = this.parts;
    const tenants = this.tenants();
    const cursors = new CursorSeal(config.cursorSecret);
    const read = new ReadTenant(dataSource, this.changes, cursors);
    const versions = new ReadVersion(dataSource, cursors);
    const policy = new GetPolicy(dataSource, this.changes);
    const rehearsal = new Rehearsal(dataSource, this.outbox);
    const change = new PutPolicy(dataSource, this.changes, this.outbox, rehearsal);
    bus.serve(
      createTenant,
      '',
      (context, body) => this.watched(tenants.create(context, body)),
      (context, body) =>
        rehearsal.of(context, { operation: 'tenant.create' }, () => tenants.assertCreatable(context, body)),
    );
    bus.serve(listTenants, '', async (context, body) => ({ body: await read.list(context, body) }));
    bus.serve(getTenant, '', async (context) => ({ body: await read.get(context) }));
    bus.serve(findTenant, '', async (_, request) => ({ body: await read.find(request) }));
    bus.serve(getPolicy, '', (context) => policy.get(context));
    bus.serve(
      putPolicy,
      '',
      (context, body) => this.watched(change.put(context, body)),
      (context, body) => change.rehearse(context, body),
    );
    bus.serve(
      rollbackPolicy,
      '',
      (context, body) => this.watched(change.rollback(context, body)),
      (context, body) => change.rehearseRollback(context, body),
    );
    bus.serve(listPolicyVersions, '', async (context, body) => ({ body: await versions.list(context, body) }));
    bus.serve(getPolicyVersion, '', async (context, body) => ({ body: await versions.get(context, body) }));
    bus.serve(diffPolicyVersions, '', async (context, body) => ({ body: await versions.diff(context, body) }));
    bus.serve(listPolicyTemplates, '', async () => ({ body: listTemplates() }));
    bus.serve(getPolicyTemplate, '', async (_, body) => ({ body: getTemplate(body) }));
  }

  /** Lets the reconciler look soon when a change was left unfinished. */
  private async watched<Value>(change: Promise<Value>): Promise<Value> {
    try {
      return await change;
    } catch (error) {
      if (error instanceof AnkaError && error.code === 'policy-not-applied') this.reconciler.kick();
      throw error;
    }
  }

  private measure(): void {
    const { outbox } = this;
    new Gauge({
      name: 'ankasecure_outbox_events',
      help: 'Committed outcomes that wait to be sealed',
      registers: [this.parts.health.registry],
      collect() {
        this.set(outbox.depth);
      },
    });
  }
}

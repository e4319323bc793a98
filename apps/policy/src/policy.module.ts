import { AnkaError, createTenant, getPolicy, getTenant, listTenants, putPolicy } from '@ankasecure/contracts';
import { CursorSeal, Outbox, PARTS, type Parts } from '@ankasecure/service-kit';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { PolicyConfig } from './config.js';
import { GetPolicy } from './policy/get-policy.js';
import { PutPolicy } from './policy/put-policy.js';
import { ReconcileChange } from './policy/reconcile-change.js';
import { SettleChange } from './policy/settle-change.js';
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
    const read = new ReadTenant(dataSource, this.changes, new CursorSeal(config.cursorSecret));
    const policy = new GetPolicy(dataSource, this.changes);
    const change = new PutPolicy(dataSource, this.changes, this.outbox);
    bus.serve(createTenant, '', (context, body) => this.watched(tenants.create(context, body)));
    bus.serve(listTenants, '', async (context, body) => ({ body: await read.list(context, body) }));
    bus.serve(getTenant, '', async (context) => ({ body: await read.get(context) }));
    bus.serve(getPolicy, '', (context) => policy.get(context));
    bus.serve(putPolicy, '', (context, body) => this.watched(change.put(context, body)));
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

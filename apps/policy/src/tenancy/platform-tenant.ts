import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, type Context, newId, platformTenantId } from '@ankasecure/contracts';
import { ActionRunner, Health, Logger, RetriedFailure } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Tenant } from '../tenant/tenant.entity.js';
import { CreateTenant } from './create-tenant.js';

const slug = 'platform';
const name = 'Platform';

/** The pause between two attempts, in milliseconds. */
const pauseMs = 500;

/** The tenant whose administrators create the others. The service creates it at its start. */
@Injectable()
export class PlatformTenant implements OnModuleInit, OnApplicationShutdown {
  private ready = false;
  private stopped = false;
  private storing: Promise<void> | undefined;
  private readonly failure: RetriedFailure;

  constructor(
    private readonly dataSource: DataSource,
    private readonly actions: ActionRunner,
    private readonly tenants: CreateTenant,
    private readonly health: Health,
    log: Logger,
  ) {
    this.failure = new RetriedFailure(log, {
      failed: 'cannot store the platform’s tenant yet; trying again',
      over: 'the platform’s tenant is stored',
    });
  }

  /** Stores the tenant if it is missing. If no worker is there to seal it, the service starts, and stores it later. */
  async onModuleInit(): Promise<void> {
    this.health.register('platform-tenant', () => this.check());
    if (!(await this.store())) this.storing = this.storeLater();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.storing;
  }

  private async storeLater(): Promise<void> {
    do await delay(pauseMs, undefined, { ref: false });
    while (!this.stopped && !(await this.store()));
  }

  /** It becomes active as soon as a worker applies its policy. @returns false if no worker answers now */
  private async store(): Promise<boolean> {
    const context: Context = {
      tenantId: platformTenantId,
      principal: 'policy',
      correlationId: newId(),
      deadline: Infinity,
    };
    try {
      if (!(await this.dataSource.manager.existsBy(Tenant, { id: platformTenantId })))
        await this.actions.run(context, this.tenants.registration(context, platformTenantId, { slug, name }));
      this.failure.succeeded();
      return true;
    } catch (error) {
      if (!(error instanceof AnkaError && error.retryable)) throw error;
      this.failure.failed(error);
      return false;
    }
  }

  /** @throws Error until the tenant is active */
  private async check(): Promise<void> {
    this.ready ||= await this.dataSource.manager.existsBy(Tenant, { id: platformTenantId, state: 'active' });
    if (!this.ready) throw new Error('the platform’s tenant is waiting for a worker');
  }
}

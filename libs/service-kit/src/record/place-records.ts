import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Logger } from '../logging/logger.js';
import { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import { Outbox } from '../outbox/outbox.js';
import { allHeads } from './all-heads.js';
import { placeTenant } from './place-tenant.js';
import { RecordSeals } from './record-seals.js';
import { isTracked } from './tracked-record.js';
import { unplacedTenants } from './unsealed-tenant.sql.js';

/** The pause between two attempts, and the longest wait for the audit service, in milliseconds. */
const pauseMs = 1_000;
const patienceMs = 10_000;

/**
 * Gives the records of a release without a history their places, once per tenant: while its trail names no record of the
 * service. The audit service says so, because nobody can put a trail back unseen. Until then the tenant's records are read
 * and do not change. Afterwards a record without a place is refused.
 */
@Injectable()
export class PlaceRecords implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private waiting: readonly string[] = [];
  private stopped = false;

  constructor(
    private readonly seals: RecordSeals,
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.dataSource.entityMetadatas.some(isTracked)) return;
    this.waiting = await unplacedTenants(this.dataSource);
    this.seals.history.requirePlaces(this.waiting);
  }

  /** Begins at once and does not delay the start. */
  onApplicationBootstrap(): void {
    void this.run();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0 && !this.stopped) {
      const left: string[] = [];
      for (const tenantId of this.waiting) if (!(await this.isPlaced(tenantId))) left.push(tenantId);
      this.waiting = left;
      if (left.length > 0) await delay(pauseMs, undefined, { ref: false });
    }
  }

  /** @returns false if it could not be done now */
  private async isPlaced(tenantId: string): Promise<boolean> {
    try {
      await this.place(tenantId);
      return true;
    } catch (error) {
      this.log.warn({ tenantId, reason: (error as Error).message }, 'cannot place the records of an older release');
      return false;
    }
  }

  private async place(tenantId: string): Promise<void> {
    const { owner, history } = this.seals;
    const { service } = owner;
    const heads = await allHeads(this.bus, ownContext(service, patienceMs, tenantId), service);
    if (heads.length === 0) {
      const records = await history.without(() => placeTenant(this.dataSource, this.outbox, tenantId));
      this.log.warn({ tenantId, records }, 'the records of an older release entered the history');
    }
    history.placed(tenantId);
  }
}

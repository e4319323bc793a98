import { createHmac, randomUUID } from 'node:crypto';
import { macInput } from '@ankasecure/audit-event';
import {
  AnkaError,
  type AuditEvent,
  appendEvents,
  type Context,
  computeMacs,
  countUses,
  platformTenantId,
  queryEvents,
  verifyTrail,
} from '@ankasecure/contracts';
import { type Bus, createService, serviceRoot } from '@ankasecure/service-kit';
import {
  connectTestBus,
  migrateTest,
  startTestNats,
  startTestParts,
  startTestPostgres,
  type TestParts,
  type TestPartsOptions,
} from '@ankasecure/testing';
import type { INestMicroservice } from '@nestjs/common';
import type { z } from 'zod';
import { AppModule } from '../app.module.js';
import type { AuditConfig } from '../config.js';
import { schema } from '../schema.js';

export const database = 'ankadb_audit';

/** Of a day key, as the workers name it. @param generation of the tenant's key */
export const macKeyIdOf = (generation: number, daysAgo = 0): string =>
  `${generation}.${new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)}`;

/** A stand-in for a worker's MACs: node's HMAC under a key per tenant and key id. */
export class MacStandIn {
  macKeyId = macKeyIdOf(1);
  /** Answered instead of MACs, by tenant. */
  readonly failures = new Map<string, AnkaError>();
  /** Never answers. */
  hangs = false;
  /** Requests until the one that gets no answer. */
  private untilSwallowed = 0;
  /** Tenants whose MACs take until their deadline. */
  readonly slow = new Set<string>();
  private readonly known = new Set<string>();

  /** Leaves the request of that number, from now on, without an answer, as when a worker dies with it in hand. */
  swallow(number: number): void {
    this.untilSwallowed = number;
  }

  constructor(bus: Bus) {
    bus.serve(computeMacs, 'default', async ({ tenantId }, { macKeyId, messages }) => {
      const failure = this.failures.get(tenantId);
      if (failure !== undefined) throw failure;
      if (this.hangs || this.slow.has(tenantId) || this.untilSwallowed-- === 1) await new Promise(() => undefined);
      const id = macKeyId ?? this.macKeyId;
      if (macKeyId === null) this.known.add(`${tenantId}/${id}`);
      else if (!this.known.has(`${tenantId}/${id}`)) throw new AnkaError('request-invalid', 'no such key');
      const macs = messages.map((message) => hmac(tenantId, id, Buffer.from(message, 'base64')).toString('base64'));
      return { body: { macKeyId: id, macs } };
    });
  }
}

export const hmac = (tenantId: string, macKeyId: string, canonical: Uint8Array): Buffer =>
  createHmac('sha256', `${tenantId}/${macKeyId}`).update(macInput(macKeyId, canonical)).digest();

let occurredAt = Date.now() * 1000;

export const eventOf = (tenantId: string, over: Partial<AuditEvent> = {}): AuditEvent => ({
  eventId: randomUUID(),
  tenantId,
  userId: 'alice',
  keyId: randomUUID(),
  algorithm: 'EC-P256',
  operation: 'sign',
  outcome: 'success',
  failureCode: null,
  occurredAt: occurredAt++,
  correlationId: 'req-1',
  details: { custody: 'token', version: '1' },
  ...over,
});

export const eventsOf = (tenantId: string, count: number): AuditEvent[] =>
  Array.from({ length: count }, () => eventOf(tenantId));

export const contextOf = (tenantId: string, timeoutMs = 10_000): Context => ({
  tenantId,
  principal: 'spec',
  correlationId: 'spec',
  deadline: Date.now() + timeoutMs,
});

type Range = z.input<typeof verifyTrail.request>;
type Query = z.input<typeof queryEvents.request>;

/** A running audit trail: real PostgreSQL and NATS, two audit instances, a worker that stands in for MACs. */
export const startAudit = async () => {
  const [postgres, nats] = await Promise.all([startTestPostgres(database), startTestNats()]);
  const options: TestPartsOptions = {
    service: 'audit',
    postgres,
    nats,
    database,
    schema,
  };
  await migrateTest(options);
  const instance = async (): Promise<TestParts & { app: INestMicroservice }> => {
    const parts = await startTestParts(options);
    const config: AuditConfig = { ...parts.config, cursorSecret: 'c'.repeat(32), partition: 'default' };
    const root = serviceRoot(AppModule.of(config), { ...parts, config }, { outbox: 'none' });
    return { ...parts, app: await createService(root, parts.log) };
  };
  const worker = await connectTestBus('crypto-worker', nats);
  const gateway = await connectTestBus('gateway', nats);
  const macs = new MacStandIn(worker);
  await worker.flushed();
  const instances = [await instance(), await instance()];
  return {
    postgres,
    instances,
    macs,
    append: (events: readonly AuditEvent[], timeoutMs?: number) =>
      gateway.request(appendEvents, '', contextOf(platformTenantId, timeoutMs), { events: [...events] }),
    verify: (tenantId: string, range: Range = {}, timeoutMs = 20_000) =>
      gateway.request(verifyTrail, '', contextOf(tenantId, timeoutMs), range),
    count: (tenantId: string, request: z.input<typeof countUses.request>) =>
      worker.request(countUses, '', contextOf(tenantId), request),
    query: (tenantId: string, query: Query = {}) => gateway.request(queryEvents, '', contextOf(tenantId), query),
    /** As the superuser with triggers off, whom no right and no trigger stops. */
    tamper: (sql: string) => postgres.query(database, `SET session_replication_role = replica; ${sql}`),
    stop: async (): Promise<void> => {
      for (const { app } of instances) await app.close();
      await gateway.close();
      await worker.close();
      await Promise.all(instances.map((parts) => parts.stop()));
      await nats.stop();
      await postgres.stop();
    },
  };
};
export type RunningAudit = Awaited<ReturnType<typeof startAudit>>;

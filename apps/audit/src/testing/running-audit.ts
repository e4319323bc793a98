import { randomUUID } from 'node:crypto';
import {
  AnkaError,
  type AuditEvent,
  anyPartition,
  appendFromWorker,
  type Context,
  countUses,
  getTenant,
  monotonicNow,
  type OfferedEvent,
  platformTenantId,
  queryEvents,
  verifyTrail,
} from '@ankasecure/contracts';
import { type BusClient, createService, type OutboxProof, serviceRoot } from '@ankasecure/service-kit';
import {
  connectTestBus,
  startMigratedPostgres,
  startTestNats,
  startTestParts,
  type TestBus,
  type TestParts,
  type TestPartsOptions,
  testProof,
} from '@ankasecure/testing';
import type { INestMicroservice } from '@nestjs/common';
import type { z } from 'zod';
import { AppModule } from '../app.module.js';
import type { AuditConfig } from '../config.js';
import { schema } from '../schema.js';
import { CheckpointStandIn } from './checkpoint-stand-in.js';
import { MacStandIn } from './mac-stand-in.js';

export const database = 'ankadb_audit';

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

export const contextOf = (tenantId: string, timeoutMs = 60_000): Context => ({
  tenantId,
  principal: 'spec',
  correlationId: 'spec',
  deadline: monotonicNow() + timeoutMs,
});

const workersProof = testProof('crypto-worker', 'default');

/** The events as a process offers them: a worker of the partition `default`, unless another is given. */
export const proven = (events: readonly AuditEvent[], proof: OutboxProof = workersProof): OfferedEvent[] =>
  events.map((event) => JSON.parse(proof.textOf(event)) as OfferedEvent);

type Range = z.input<typeof verifyTrail.request>;
type Query = z.input<typeof queryEvents.request>;

/** The requests of a gateway and a worker to the audit service. */
const requestsOf = (gateway: BusClient, worker: BusClient) => {
  const offer = async (events: readonly OfferedEvent[], timeoutMs?: number) => {
    const context = contextOf(platformTenantId, timeoutMs);
    const { sealed } = await worker.request(appendFromWorker, 'default', context, { events: [...events] });
    return { sealed };
  };
  const append = (events: readonly AuditEvent[], timeoutMs?: number) => offer(proven(events), timeoutMs);
  return {
    append,
    /** Appends events with the proofs that they carry, or without. */
    offer,
    /** Appends twenty failures in batches of five, so that the chain is sealed at 5, 10, 15 and 20. */
    appendTwenty: async (tenantId: string): Promise<void> => {
      for (let batch = 0; batch < 4; batch++)
        await append(
          eventsOf(tenantId, 5).map((event) => ({ ...event, outcome: 'failure', failureCode: 'key-state' })),
        );
    },
    verify: (tenantId: string, range: Range = {}, timeoutMs = 60_000) =>
      gateway.request(verifyTrail, '', contextOf(tenantId, timeoutMs), range),
    count: (tenantId: string, request: z.input<typeof countUses.request>) =>
      worker.request(countUses, '', contextOf(tenantId), request),
    query: (tenantId: string, query: Query = {}) => gateway.request(queryEvents, '', contextOf(tenantId), query),
  };
};

const startInstance = async (
  options: TestPartsOptions,
  connectors: AuditConfig['connectors'],
): Promise<TestParts & { app: INestMicroservice }> => {
  const parts = await startTestParts(options);
  const config: AuditConfig = {
    ...parts.config,
    cursorSecret: 'c'.repeat(32),
    partition: 'default',
    // A checkpoint proves the end of a trail. Specs say when a process learns one.
    checkpoints: { enabled: false },
    connectors,
  };
  const root = serviceRoot(AppModule.of(config), { ...parts, config }, { outbox: 'none', partition: anyPartition });
  const app = await createService(root, parts.log);
  return { ...parts, app };
};

/**
 * Answers where tenants live in place of the policy service: on `default`, except those that a test puts elsewhere, or nowhere:
 * these are unknown.
 */
const servePartitions = (policy: TestBus): Map<string, string | null> => {
  const elsewhere = new Map<string, string | null>();
  policy.serve(getTenant, '', async ({ tenantId }) => {
    if (elsewhere.get(tenantId) === null) throw new AnkaError('tenant-unknown');
    const [partition, state] = [elsewhere.get(tenantId) ?? 'default', 'active' as const];
    return {
      body: { id: tenantId, slug: 'a', name: 'A', partition, state, createdAt: '2026-11-29T08:00:00.000Z' },
    };
  });
  return elsewhere;
};

const noSecrets = { secretsDirectory: '/nowhere', allowedNetworks: [] };

/** Starts PostgreSQL, NATS, two audit instances and stand-ins for a worker and the policy service. */
export const startAudit = async (connectors: AuditConfig['connectors'] = noSecrets) => {
  const [postgres, nats] = await Promise.all([
    startMigratedPostgres({ service: 'audit', database, schema }),
    startTestNats(),
  ]);
  const options: TestPartsOptions = { service: 'audit', postgres, nats, database, schema };
  const worker = await connectTestBus('crypto-worker', nats);
  const gateway = await connectTestBus('gateway', nats);
  const policy = await connectTestBus('policy', nats);
  const macs = new MacStandIn(worker);
  const signer = new CheckpointStandIn(worker);
  const partitions = servePartitions(policy);
  await Promise.all([worker.flushed(), policy.flushed()]);
  const instances = [await startInstance(options, connectors), await startInstance(options, connectors)];
  return {
    ...requestsOf(gateway, worker),
    gateway,
    postgres,
    instances,
    macs,
    /** Signs the checkpoints that a spec makes. */
    signer,
    partitions,
    /** The buses of the reporters, with their own rights. */
    buses: { gateway, policy, worker },
    /** Runs SQL as the superuser with triggers off, so that no right and no trigger refuses it. */
    tamper: (sql: string) => postgres.query(database, `SET session_replication_role = replica; ${sql}`),
    stop: async (): Promise<void> => {
      for (const { app } of instances) await app.close();
      await gateway.close();
      await worker.close();
      await policy.close();
      await Promise.all(instances.map((parts) => parts.stop()));
      await nats.stop();
      await postgres.stop();
    },
  };
};
export type RunningAudit = Awaited<ReturnType<typeof startAudit>>;

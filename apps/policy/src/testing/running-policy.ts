import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import {
  AnkaError,
  adoptPolicyRecords,
  applyPolicy,
  type Context,
  checkPolicyRecords,
  compareEnforced,
  createTenant,
  type DryRun,
  diffPolicyVersions,
  disableTenant,
  enableTenant,
  getPolicy,
  getPolicyVersion,
  getTenant,
  listPartitions,
  listPolicyVersions,
  listTenants,
  monotonicNow,
  openPolicyOutbox,
  platformTenantId,
  putPolicy,
  readTenant,
  recordMacInput,
  restoreRecords,
  restoreTenant,
  rollbackPolicy,
  sealOlderPolicyRecords,
  sealPolicyRecords,
} from '@ankasecure/contracts';
import { initialPolicy, type PolicyDocument } from '@ankasecure/policy-rules';
import { createService, serviceRoot } from '@ankasecure/service-kit';
import {
  connectTestBus,
  startMigratedPostgres,
  startTestNats,
  startTestParts,
  type TestBus,
  type TestParts,
  type TestPartsOptions,
  testOutboxKey,
} from '@ankasecure/testing';
import type { INestMicroservice } from '@nestjs/common';
import type { z } from 'zod';
import { AppModule } from '../app.module.js';
import type { PolicyConfig } from '../config.js';
import { schema } from '../schema.js';
import { AuditStandIn } from './audit-stand-in.js';

export const database = 'ankadb_policy';

type EnforcedPolicy = z.infer<typeof applyPolicy.reply>;

/** A worker's reaction to a policy. */
export type Behaviour = 'apply' | 'fail' | 'refuse' | 'hang' | 'lose-reply';

/** A worker that enforces policies as the contract says, and can be made to misbehave. */
export class WorkerStandIn {
  behaviour: Behaviour = 'apply';
  /** Whether it compares what it enforces. */
  compares = true;
  /** Whether records without a seal are still sealed. */
  adopting = true;
  private readonly key = randomBytes(32);
  readonly enforced = new Map<string, EnforcedPolicy>();
  /** The table of every record for which a seal was asked. */
  readonly sealAsked: string[] = [];
  /** The number of times that each tenant's policy was sent. */
  readonly asked = new Map<string, number>();
  private readonly answers: Record<Behaviour, (tenantId: string, change: EnforcedPolicy) => Promise<EnforcedPolicy>> = {
    apply: async (...change) => this.enforce(...change),
    fail: async () => {
      throw new AnkaError('hsm-unavailable');
    },
    refuse: async () => {
      throw new AnkaError('request-invalid', 'the document is not understood');
    },
    hang: () => new Promise(() => undefined),
    'lose-reply': (...change) => {
      this.enforce(...change);
      return new Promise(() => undefined);
    },
  };

  constructor(bus: TestBus) {
    this.serveRecords(bus);
    bus.serve(applyPolicy, 'default', async ({ tenantId }, change) => {
      this.asked.set(tenantId, (this.asked.get(tenantId) ?? 0) + 1);
      return { body: await this.answers[this.behaviour](tenantId, change) };
    });
    bus.serve(compareEnforced, 'default', async (_, { held }) => {
      if (!this.compares) throw new AnkaError('hsm-unavailable');
      const differing = held
        .map(({ tenantId, ...versions }) => ({
          tenantId,
          ...versions,
          revision: this.enforced.get(tenantId)?.revision ?? 0,
        }))
        .filter(({ revision, inForce, newest }) => revision < inForce || revision > newest);
      return { body: { differing: differing.map(({ tenantId, revision }) => ({ tenantId, revision })) } };
    });
    const foresee = async ({ tenantId }: Context, { policy }: z.infer<typeof restoreRecords.request>) => ({
      records: [],
      policy: this.enforced.get(tenantId) ?? policy,
    });
    bus.serve(
      restoreRecords,
      'default',
      async ({ tenantId }, { policy }) => ({ body: { records: [], policy: this.enforce(tenantId, policy) } }),
      // The worker's part of a dry run is a report, not a verdict.
      foresee as unknown as () => Promise<DryRun>,
    );
  }

  /** Seals as a worker does, under a key of its own. */
  private serveRecords(bus: TestBus): void {
    bus.serve(openPolicyOutbox, 'default', async (_, { process }) => ({
      body: { key: testOutboxKey({ service: 'policy', partition: null, process }).toString('base64url') },
    }));
    bus.serve(sealPolicyRecords, 'default', async (_, { records }) => {
      this.sealAsked.push(...records.map(({ table }) => table));
      return { body: { seals: records.map((record) => this.sealOf(record)) } };
    });
    bus.serve(checkPolicyRecords, 'default', async (_, { records }) => ({
      body: { genuine: records.map((record) => this.sealOf(record) === record.seal) },
    }));
    bus.serve(sealOlderPolicyRecords, 'default', async (_, { records }) => ({
      body: { seals: this.adopting ? records.map((record) => this.sealOf(record)) : null },
    }));
    bus.serve(adoptPolicyRecords, 'default', async (_, { done }) => {
      if (done) this.adopting = false;
      return { body: { open: this.adopting } };
    });
  }

  /** The seal of a record. @returns base64url */
  sealOf({ table, tenantId, digest }: { table: string; tenantId: string | null; digest: string }): string {
    const input = recordMacInput('policy', { table, tenantId }, Buffer.from(digest, 'base64url'));
    return createHmac('sha256', this.key).update(input).digest('base64url');
  }

  private enforce(tenantId: string, change: EnforcedPolicy): EnforcedPolicy {
    const held = this.enforced.get(tenantId);
    if (held !== undefined && held.revision >= change.revision) return held;
    this.enforced.set(tenantId, change);
    return change;
  }
}

const contextOf = (tenantId: string, over: Partial<Context> = {}): Context => ({
  tenantId,
  principal: 'alice',
  issuer: 'https://issuer.test',
  correlationId: 'spec',
  deadline: monotonicNow() + 60_000,
  ...over,
});

/** Waits until `holds` no longer throws. */
export const eventually = async (holds: () => unknown, withinMs = 300_000): Promise<void> => {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      await holds();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
};

/** The policy service on real PostgreSQL and NATS, with stand-ins for a worker and an audit service. */
export const startPolicy = async () => {
  const [postgres, nats] = await Promise.all([
    startMigratedPostgres({ service: 'policy', database, schema }),
    startTestNats(),
  ]);
  const options: TestPartsOptions = { service: 'policy', postgres, nats, database, schema };
  const [workerBus, auditBus, gateway] = await Promise.all([
    connectTestBus('crypto-worker', nats),
    connectTestBus('audit', nats),
    connectTestBus('gateway', nats),
  ]);
  const worker = new WorkerStandIn(workerBus);
  const audit = new AuditStandIn(auditBus);
  const { sealed } = audit;
  await Promise.all([workerBus.flushed(), auditBus.flushed()]);

  const running = new Set<{ parts: TestParts; app: INestMicroservice }>();
  const startInstance = async () => {
    const parts = await startTestParts(options);
    const config: PolicyConfig = {
      ...parts.config,
      cursorSecret: 'c'.repeat(32),
      partition: 'default',
      partitions: ['second'],
      outbox: { capacity: 1000 },
    };
    const root = serviceRoot(AppModule.of(config), { ...parts, config }, { outbox: config.outbox });
    const instance = { parts, app: await createService(root, parts.log) };
    running.add(instance);
    return instance;
  };
  const stopInstances = async (): Promise<void> => {
    for (const { parts, app } of running) {
      await app.close();
      await parts.stop();
    }
    running.clear();
  };

  const create = (slug: string, over: Partial<Context> = {}, name = `Tenant ${slug}`, partition?: string) =>
    gateway.request(createTenant, '', contextOf(platformTenantId, { resourceId: randomUUID(), ...over }), {
      slug,
      name,
      partition,
    });
  return {
    postgres,
    worker,
    audit,
    sealed,
    startInstance,
    stopInstances,
    create,
    partitions: () => gateway.request(listPartitions, '', contextOf(platformTenantId), {}),
    /** Creates a tenant with a policy in force. @returns its id */
    tenant: async (): Promise<string> => (await create(`t-${randomUUID()}`)).id,
    list: (query: z.input<typeof listTenants.request> = {}, tenantId = platformTenantId) =>
      gateway.request(listTenants, '', contextOf(tenantId), query),
    readTenant: (tenantId: string) =>
      gateway.request(readTenant, '', contextOf(platformTenantId), { tenant: tenantId }),
    restore: async (tenantId: string, over: Partial<Context> = {}): Promise<unknown> => {
      const context = contextOf(tenantId, { principal: 'root', roles: ['platform-admin'], ...over });
      const body = Buffer.from(JSON.stringify({ tenant: tenantId }));
      const reply = await gateway.requestRaw(restoreTenant.subject, context, body);
      if (!reply.head.ok) throw new AnkaError(reply.head.error.code, reply.head.error.detail);
      return JSON.parse(reply.body.toString()) as unknown;
    },
    getTenant: (tenantId: string) => gateway.request(getTenant, '', contextOf(tenantId), {}),
    /** Disables or enables a tenant, as an administrator of the platform. */
    turn: (tenantId: string, to: 'disable' | 'enable', over: Partial<Context> = {}, reason?: string) =>
      gateway.request(
        (to === 'disable' ? disableTenant : enableTenant).contract,
        '',
        contextOf(tenantId, { principal: 'root', roles: ['platform-admin'], ...over }),
        { tenant: tenantId, ...(reason !== undefined && { reason }) },
      ),
    tryToDisable: (tenantId: string) =>
      gateway.requestRaw(
        disableTenant.contract.subject,
        contextOf(tenantId, { roles: ['platform-admin'], dryRun: true }),
        Buffer.from(JSON.stringify({ tenant: tenantId })),
      ),
    get: (tenantId: string) => gateway.request(getPolicy, '', contextOf(tenantId), {}),
    put: (tenantId: string, over: Partial<Context> = {}, document: Partial<PolicyDocument> = {}) =>
      gateway.request(putPolicy, '', contextOf(tenantId, over), { ...initialPolicy, ...document }),
    rollback: (tenantId: string, version: number, over: Partial<Context> = {}) =>
      gateway.request(rollbackPolicy, '', contextOf(tenantId, over), { version }),
    dryRun: (tenantId: string, over: Partial<Context>, document: Partial<PolicyDocument>) =>
      gateway.requestRaw(
        putPolicy.subject,
        contextOf(tenantId, { dryRun: true, ...over }),
        Buffer.from(JSON.stringify({ ...initialPolicy, ...document })),
      ),
    versions: (tenantId: string, query: z.input<typeof listPolicyVersions.request> = {}) =>
      gateway.request(listPolicyVersions, '', contextOf(tenantId), query),
    version: (tenantId: string, version: number) =>
      gateway.request(getPolicyVersion, '', contextOf(tenantId), { version }),
    diff: (tenantId: string, from: number, to: number) =>
      gateway.request(diffPolicyVersions, '', contextOf(tenantId), { from, to }),
    eventsOf: (tenantId: string) => sealed.filter((event) => event.tenantId === tenantId),
    query: (sql: string) => postgres.query(database, sql),
    stop: async (): Promise<void> => {
      await stopInstances();
      await Promise.all([workerBus, auditBus, gateway].map((bus) => bus.close()));
      await nats.stop();
      await postgres.stop();
    },
  };
};
export type RunningPolicy = Awaited<ReturnType<typeof startPolicy>>;

/** The error that a call ends with. */
export const errorOf = (call: Promise<unknown>): Promise<AnkaError> =>
  call.then(
    (value) => {
      throw new Error(`an error was expected, not ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as AnkaError,
  );

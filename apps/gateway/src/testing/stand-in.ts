import { createHmac, randomBytes } from 'node:crypto';
import {
  AnkaError,
  type AuditEvent,
  adoptGatewayRecords,
  appendFromGateway,
  type Context,
  type Contract,
  checkGatewayRecords,
  findTenant,
  findUnsealed,
  getKeySet,
  getTenant,
  listPartitions,
  openGatewayOutbox,
  platformTenantId,
  type ReplyHead,
  recordMacInput,
  resolveAlias,
  restoreTenant,
  sealGatewayRecords,
  sealOlderGatewayRecords,
  signToken,
  surveyHsm,
  testHsm,
  verdictOf,
} from '@ankasecure/contracts';
import type { RawHandler } from '@ankasecure/service-kit';
import type { Nats } from '@ankasecure/testing';
import { connectTestBus, serveRecordTrail, type TestBus, testOutboxKey } from '@ankasecure/testing';
import { hsmRoutes } from '../hsm/hsm.routes.js';
import { keySetRoute } from '../key-set/key-set.routes.js';
import { ids, instants } from '../route/example.js';
import { routes } from '../routes/routes.js';
import { makeTokenSigner, tenantA, tenantB, tenantElsewhere } from './token.js';

export interface HeardRequest {
  readonly context: Context;
  readonly body: string;
}

const services = ['policy', 'crypto-worker', 'audit'] as const;
type BackendService = (typeof services)[number];

/** Stand-ins for the services behind the gateway. They answer with the examples of the API description. */
export interface StandIns {
  /** The requests of each operation, the latest last. */
  readonly heard: Map<string, HeardRequest[]>;
  /** Every event that reached the audit service. */
  readonly sealed: AuditEvent[];
  /** The table of every record for which a seal was asked. */
  readonly sealAsked: string[];
  /** Whether the seals of records are checked. */
  strict: boolean;
  /** Whether records without a seal are still sealed: until the gateway reports that it has none left. */
  adopts: boolean;
  /** Whether the trail knows the records that sealed events name. */
  remembers: boolean;
  /** Replaces the answer to `operationId`. Without a handler, the example is the answer again. */
  answer(operationId: string, handler?: RawHandler): void;
  /** Disconnects a service for good. */
  leave(service: BackendService): Promise<void>;
  stop(): Promise<void>;
}

const partitions: Readonly<Record<string, string>> = {
  [tenantA]: 'default',
  [tenantB]: 'default',
  [platformTenantId]: 'default',
  [tenantElsewhere]: 'nowhere',
};

/** The HSM partitions that the policy service knows. Workers serve the first one. */
export const knownPartitions = ['default', 'second'] as const;

const success = (head: Partial<ReplyHead & { ok: true }>, body: unknown): Awaited<ReturnType<RawHandler>> => ({
  head: { ok: true, hsmMicros: 1234, workerMicros: 2345.5, ...head },
  body: Buffer.from(JSON.stringify(body)),
});

type BusOf = (contract: Contract) => TestBus;

/** Serves each route's contract with the route's example, until a handler replaces the answer. */
const serveExamples = (busOf: BusOf, heard: StandIns['heard'], replacements: ReadonlyMap<string, RawHandler>): void => {
  const elsewhere = routes.filter(({ contract }) => contract.owner !== 'gateway');
  for (const { operationId, contract, example } of elsewhere)
    busOf(contract).serveRaw(contract, 'default', async (context, body) => {
      heard.get(operationId)?.push({ context, body: body.toString() });
      const handler = replacements.get(operationId);
      if (handler !== undefined) return handler(context, body);
      return success(
        context.resourceId === undefined ? { revision: 7 } : { revision: 1, id: context.resourceId },
        example.reply,
      );
    });
};

/** The worker's side of a route that the gateway serves itself. */
const serveKeySets = (busOf: BusOf, replacements: ReadonlyMap<string, RawHandler>): void =>
  void busOf(getKeySet).serveRaw(getKeySet, 'default', async (context, body) => {
    const handler = replacements.get('getKeySet');
    return handler === undefined
      ? success({}, { position: 1, set: keySetRoute.example.reply })
      : handler(context, body);
  });

const serveTenants = (busOf: BusOf): void => {
  const tenant = { name: 'A', state: 'active', createdAt: instants.created } as const;
  busOf(getTenant).serve(getTenant, '', async ({ tenantId }) => {
    const partition = partitions[tenantId];
    if (partition === undefined) throw new AnkaError('tenant-unknown');
    return { body: { ...tenant, id: tenantId, slug: 'a', partition } };
  });
  busOf(listPartitions).serve(listPartitions, '', async () => ({ body: { partitions: [...knownPartitions] } }));
  busOf(findTenant).serve(findTenant, '', async (_, { slug }) => {
    if (slug !== 'acme') throw new AnkaError('tenant-unknown');
    return { body: { ...tenant, id: tenantA, slug, partition: 'default' } };
  });
};

/** The alias of the one key that the stand-ins find by name. */
export const knownAlias = { name: 'invoice-signing', keyId: ids.signingKey } as const;

const serveAliases = (busOf: BusOf): void =>
  void busOf(resolveAlias).serve(resolveAlias, 'default', async (_, { name }) => {
    if (name !== knownAlias.name) throw new AnkaError('alias-not-found');
    return { body: { keyId: knownAlias.keyId } };
  });

/** The other services have nothing to restore. */
const serveRestores = (busOf: BusOf): void => {
  const nothing = {
    counts: { reapplied: 0, accepted: 0, removed: 0, lost: 0, kept: 0 },
    records: [],
    policyVersion: 7,
  };
  busOf(restoreTenant).serveRaw(restoreTenant, '', async ({ tenantId, dryRun }) =>
    success(
      {},
      dryRun === true ? { ...verdictOf('record.restore', undefined), restored: nothing } : { tenantId, ...nothing },
    ),
  );
};

/** The HSM of the one partition is as the examples say. */
const serveHsm = (busOf: BusOf): void => {
  const replyOf = (operationId: string): unknown =>
    hsmRoutes.find((route) => route.operationId === operationId)?.example.reply;
  for (const [contract, operationId] of [[surveyHsm, 'surveyHsm'] as const, [testHsm, 'testHsm'] as const])
    busOf(contract).serveRaw(contract, 'default', async () => success({}, replyOf(operationId)));
};

const serveTokenSignatures = async (busOf: BusOf): Promise<void> => {
  const sign = await makeTokenSigner();
  busOf(signToken).serve(signToken, 'default', async (_, { claims }) => ({ body: await sign(claims) }));
};

/** Seals as a worker does, under a key of its own. Without `strict`, every record is genuine, also one that a test wrote by SQL. */
const serveRecords = (busOf: BusOf, state: Pick<StandIns, 'strict' | 'adopts'>, asked: string[]): void => {
  const key = randomBytes(32);
  const sealOf = ({ table, tenantId, digest }: { table: string; tenantId: string | null; digest: string }): string =>
    createHmac('sha256', key)
      .update(recordMacInput('gateway', { table, tenantId }, Buffer.from(digest, 'base64url')))
      .digest('base64url');
  busOf(sealGatewayRecords).serve(sealGatewayRecords, 'default', async (_, { records }) => {
    asked.push(...records.map(({ table }) => table));
    return { body: { seals: records.map(sealOf) } };
  });
  busOf(checkGatewayRecords).serve(checkGatewayRecords, 'default', async (_, { records }) => ({
    body: { genuine: records.map((record) => !state.strict || sealOf(record) === record.seal) },
  }));
  busOf(openGatewayOutbox).serve(openGatewayOutbox, 'default', async (_, { process }) => ({
    body: { key: testOutboxKey({ service: 'gateway', partition: null, process }).toString('base64url') },
  }));
  busOf(sealOlderGatewayRecords).serve(sealOlderGatewayRecords, 'default', async (_, { records }) => ({
    body: { seals: state.adopts ? records.map(sealOf) : null },
  }));
  busOf(adoptGatewayRecords).serve(adoptGatewayRecords, 'default', async (_, { done }) => {
    if (done) state.adopts = false;
    return { body: { open: state.adopts } };
  });
};

const serveAudit = (busOf: BusOf, sealed: AuditEvent[]): void => {
  busOf(appendFromGateway).serve(appendFromGateway, '', async (_, { events }) => {
    sealed.push(...events.map(({ proof: _proof, ...event }) => event));
    return { body: { sealed: events.length } };
  });
  busOf(findUnsealed).serve(findUnsealed, '', async () => ({ body: { unsealed: [] } }));
};

export const startStandIns = async (nats: Nats): Promise<StandIns> => {
  const buses = new Map<string, TestBus>();
  for (const service of services) buses.set(service, await connectTestBus(service, nats));
  const busOf = (contract: Contract): TestBus => buses.get(contract.owner) as TestBus;
  const leave = async (service: string): Promise<void> => {
    const bus = buses.get(service);
    buses.delete(service);
    await bus?.drain();
    await bus?.close();
  };
  const heard = new Map(routes.map(({ operationId }) => [operationId, new Array<HeardRequest>()]));
  const sealed: AuditEvent[] = [];
  const sealAsked: string[] = [];
  const replacements = new Map<string, RawHandler>();
  serveExamples(busOf, heard, replacements);
  serveKeySets(busOf, replacements);
  serveTenants(busOf);
  serveAliases(busOf);
  serveRestores(busOf);
  serveHsm(busOf);
  serveAudit(busOf, sealed);
  serveRecordTrail(busOf, () => (standIns.remembers ? sealed : []));
  await serveTokenSignatures(busOf);
  const standIns: StandIns = {
    strict: false,
    adopts: false,
    remembers: false,
    heard,
    sealed,
    sealAsked,
    answer: (operationId, handler) =>
      void (handler ? replacements.set(operationId, handler) : replacements.delete(operationId)),
    leave,
    stop: async () => {
      for (const service of services) await leave(service);
    },
  };
  serveRecords(busOf, standIns, sealAsked);
  return standIns;
};

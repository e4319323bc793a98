import {
  AnkaError,
  type AuditEvent,
  appendEvents,
  type Context,
  type Contract,
  findTenant,
  getTenant,
  platformTenantId,
  type ReplyHead,
  signToken,
} from '@ankasecure/contracts';
import type { RawHandler } from '@ankasecure/service-kit';
import type { Nats } from '@ankasecure/testing';
import { connectTestBus, type TestBus } from '@ankasecure/testing';
import { instants } from '../route/example.js';
import { routes } from '../routes/routes.js';
import { makeTokenSigner, tenantA, tenantB, tenantElsewhere } from './token.js';

export interface Heard {
  readonly context: Context;
  readonly body: string;
}

const services = ['policy', 'crypto-worker', 'audit'] as const;
type Served = (typeof services)[number];

/** The services behind the gateway: each answers its contracts with the examples of the API description. */
export interface StandIns {
  /** What was asked, by operation, the last at the end. */
  readonly heard: Map<string, Heard[]>;
  /** Every event that reached the audit service. */
  readonly sealed: AuditEvent[];
  /** Answers `operationId` otherwise from now on; without a handler as before. */
  answer(operationId: string, handler?: RawHandler): void;
  /** A service goes away and does not come back. */
  leave(service: Served): Promise<void>;
  stop(): Promise<void>;
}

const partitions: Readonly<Record<string, string>> = {
  [tenantA]: 'default',
  [tenantB]: 'default',
  [platformTenantId]: 'default',
  [tenantElsewhere]: 'nowhere',
};

const success = (head: Partial<ReplyHead & { ok: true }>, body: unknown): Awaited<ReturnType<RawHandler>> => ({
  head: { ok: true, hsmMicros: 1234, workerMicros: 2345.5, ...head },
  body: Buffer.from(JSON.stringify(body)),
});

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
  const heard = new Map(routes.map(({ operationId }) => [operationId, new Array<Heard>()]));
  const sealed: AuditEvent[] = [];
  const otherwise = new Map<string, RawHandler>();

  const elsewhere = routes.filter(({ contract }) => contract.owner !== 'gateway');
  for (const { operationId, contract, example } of elsewhere)
    busOf(contract).serveRaw(contract, 'default', async (context, body) => {
      heard.get(operationId)?.push({ context, body: body.toString() });
      const handler = otherwise.get(operationId);
      if (handler !== undefined) return handler(context, body);
      return success(
        context.resourceId === undefined ? { revision: 7 } : { revision: 1, id: context.resourceId },
        example.reply,
      );
    });
  busOf(getTenant).serve(getTenant, '', async ({ tenantId }) => {
    const partition = partitions[tenantId];
    if (partition === undefined) throw new AnkaError('tenant-unknown');
    return { body: { id: tenantId, slug: 'a', name: 'A', partition, createdAt: instants.created } };
  });
  const tokenSigner = await makeTokenSigner();
  busOf(signToken).serve(signToken, 'default', async (_, { claims }) => ({ body: await tokenSigner(claims) }));
  busOf(findTenant).serve(findTenant, '', async (_, { slug }) => {
    if (slug !== 'acme') throw new AnkaError('tenant-unknown');
    return { body: { id: tenantA, slug, name: 'A', partition: 'default', createdAt: instants.created } };
  });
  busOf(appendEvents).serve(appendEvents, '', async (_, { events }) => {
    sealed.push(...events);
    return { body: { sealed: events.length } };
  });
  return {
    heard,
    sealed,
    answer: (operationId, handler) =>
      void (handler ? otherwise.set(operationId, handler) : otherwise.delete(operationId)),
    leave,
    stop: async () => {
      for (const service of services) await leave(service);
    },
  };
};

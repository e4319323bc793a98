import { randomBytes, randomUUID } from 'node:crypto';
import { type Context, type Contract, monotonicNow, type Service } from '@ankasecure/contracts';
import { AdoptionOver, type BusClient, type DigestedRecord } from '@ankasecure/service-kit';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import { newObjectId, ownerOfPlatformKey } from '../custody/object-owner.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import {
  contextOf,
  partitionNamed,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { Adoption } from './adoption.js';
import { OlderRecords } from './older-records.js';
import { OwnRecords } from './own-records.js';
import { RecordKey } from './record-key.js';
import { RecordMacs } from './record-macs.js';

const token = enterToken();
let custody: Custody;
let database: WorkerDatabase;
beforeAll(async () => {
  custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
  database = await startWorkerDatabase();
});
afterAll(async () => {
  await database.stop();
  await custody.close();
  token.remove();
});

const services = ['gateway', 'policy', 'crypto-worker'] as const satisfies readonly Service[];
/** The names of the token's objects have this partition, whichever the test's is. */
const home = partitionNamed('default');
const older = randomUUID();
let partitions = 0;
const newName = (): string => `place-${++partitions}`;
const dayMs = 86_400_000;
const day = (ago: number): string => new Date(Date.now() - ago * dayMs).toISOString().slice(0, 10);

/** Makes an object of the partition, as a worker or an administrator of the HSM does. */
const make = (label: string): Promise<unknown> =>
  custody.generatePlatformKey(
    { deadline: monotonicNow() + 60_000 },
    { kind: 'record-mac', label, objectId: randomBytes(16) },
  );
const found = async (label: string): Promise<number> =>
  (await custody.findByLabel({ deadline: monotonicNow() + 60_000 }, 'record-mac', label)).length;

/** What the trail names of each tenant: the services whose records it names. */
const trail = new Map<string, Service[]>();
const bus = {
  request: async (_: Contract, __: string, { tenantId }: Context, { owner }: { owner: Service }) => ({
    heads: trail.get(tenantId)?.includes(owner) === true ? [{}] : [],
    complete: true,
  }),
} as unknown as BusClient;

/** A worker process that has started. */
const startWorker = async (name: string) => {
  const partition = partitionNamed(name);
  const adoption = new Adoption(custody, partition);
  const { dataSource } = await database.as(name);
  const key = new RecordKey(custody, partition, dataSource, adoption, silent);
  const macs = new RecordMacs(custody, key);
  await key.id();
  const [remote, own] = [new OlderRecords(adoption, macs, bus), new OwnRecords(macs, partition, adoption)];
  const isOver = (error: unknown): null => {
    if (error instanceof AdoptionOver) return null;
    throw error;
  };
  return {
    adoption,
    adopt: (service: Service, context: Context, records: readonly DigestedRecord[]) =>
      service === 'crypto-worker'
        ? own.adopt(context.tenantId, records).catch(isOver)
        : remote.seal(service, context, records),
  };
};
type Worker = Awaited<ReturnType<typeof startWorker>>;

const adopting = async ({ adopt }: Worker, service: Service, tenantId: string = randomUUID()) => {
  const record = { table: 'any', tenantId, digest: randomBytes(32) };
  return (await adopt(service, contextOf(tenantId), [record])) !== null;
};

/** Lists a tenant of an older release, whose key the token has. */
const list = (name: string, tenantId = older): Promise<unknown> =>
  database.superuser.query(
    `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
     VALUES ($1, 'audit-mac', 1, $2, 't', 's', $3)`,
    [tenantId, name, randomBytes(16)],
  );
let isMade = false;
const upgrade = async (name: string): Promise<Worker> => {
  if (!isMade) {
    const objectId = newObjectId(
      ownerOfPlatformKey({ kind: 'audit-mac', tenantId: older, generation: 1 }),
      home.naming,
    );
    const key = { kind: 'audit-mac', tenantId: older, generation: 1, objectId } as const;
    await custody.generatePlatformKey({ deadline: monotonicNow() + 60_000 }, key);
  }
  isMade = true;
  await database.superuser.query('DELETE FROM platform_key');
  await list(name);
  return startWorker(name);
};

/** How a token comes to adopt nothing. @param name its partition */
const closed: Readonly<Record<string, (name: string, service: Service) => Promise<Worker>>> = {
  'is new': startWorker,
  'is new, whatever tenants the database lists': async (name) => {
    await list(name, randomUUID());
    return startWorker(name);
  },
  'has its record key of the release before, which left a mark for the worker alone': async (name) => {
    await make(`ankasecure:record-mac:${name}`);
    await make(`ankasecure:records-adopted:${name}:crypto-worker`);
    return startWorker(name);
  },
  'was upgraded two days ago, and the service never reported': async (name) => {
    await make(`ankasecure:record-mac:${name}`);
    await make(`ankasecure:records-adopting:${name}:${day(2)}`);
    await make(`ankasecure:records-adopted:${name}:crypto-worker`);
    return startWorker(name);
  },
  'has the mark of the service, while another is upgraded': async (name, service) => {
    await upgrade(newName());
    const worker = await upgrade(name);
    await worker.adoption.end(service);
    return worker;
  },
};

describe.each(services)('a record of %s without a seal', (service) => {
  it.each(Object.keys(closed))('is never sealed on a token that %s', async (how) => {
    const name = newName();
    const worker = await (closed[how] as (typeof closed)[string])(name, service);
    expect(await adopting(worker, service)).toBe(false);
    expect(await adopting(await startWorker(name), service)).toBe(false);
  });

  it('is sealed by every worker of a partition that is upgraded, until the service has reported', async () => {
    const name = newName();
    const [one, other] = [await upgrade(name), await startWorker(name)];
    for (const worker of [one, other]) expect(await adopting(worker, service)).toBe(true);
    await one.adoption.end(service);
    for (const worker of [one, other, await startWorker(name)]) expect(await adopting(worker, service)).toBe(false);
    for (const left of services) expect(await adopting(other, left)).toBe(left !== service);
  });
});

describe('an upgrade', () => {
  it('goes on the day after, and once an administrator of the HSM has removed every mark', async () => {
    const name = newName();
    await make(`ankasecure:record-mac:${name}`);
    await make(`ankasecure:records-adopting:${name}:${day(1)}`);
    await make(`ankasecure:records-adopted:${name}:crypto-worker`);
    const later = await startWorker(name);
    expect([await adopting(later, 'crypto-worker'), await adopting(later, 'gateway')]).toEqual([false, true]);
    const again = newName();
    await make(`ankasecure:record-mac:${again}`);
    for (const service of services) expect(await adopting(await startWorker(again), service)).toBe(true);
    expect(await found(`ankasecure:records-adopting:${again}:${day(0)}`)).toBe(1);
  });

  it('leaves out each tenant whose trail names records of the service, and records of other tenants', async () => {
    const worker = await upgrade(newName());
    const tenantId = randomUUID();
    trail.set(tenantId, ['gateway']);
    expect([await adopting(worker, 'gateway', tenantId), await adopting(worker, 'policy', tenantId)]).toEqual([
      false,
      true,
    ]);
    const another = { table: 'any', tenantId: randomUUID(), digest: randomBytes(32) };
    await expect(worker.adopt('gateway', contextOf(tenantId), [another])).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('marks a new token for each service before it has its record key', async () => {
    const name = newName();
    const unable = {
      findByLabel: custody.findByLabel.bind(custody),
      platformObjects: custody.platformObjects.bind(custody),
      generatePlatformKey: async (...[budget, ref]: Parameters<Custody['generatePlatformKey']>) => {
        if ('label' in ref && ref.label.includes(':record-mac:')) throw new Error('the worker is gone');
        return custody.generatePlatformKey(budget, ref);
      },
    } as unknown as Custody;
    const partition = partitionNamed(name);
    const { dataSource } = await database.as(name);
    const key = new RecordKey(unable, partition, dataSource, new Adoption(unable, partition), silent);
    await expect(key.id()).rejects.toThrow('the worker is gone');
    for (const service of services) expect(await found(`ankasecure:records-adopted:${name}:${service}`)).toBe(1);
    for (const service of services) expect(await adopting(await startWorker(name), service)).toBe(false);
  });
});

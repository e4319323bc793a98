import { randomBytes } from 'node:crypto';
import {
  type AuditEvent,
  auditEvent,
  type Contract,
  listFinalChanges,
  type listRecordHeads,
  type OfferedEvent,
  type RecordHead,
  readHighestRevision,
  type readRecordHeads,
} from '@ankasecure/contracts';
import {
  type BusClient,
  CommittedChanges,
  ComparingDataSource,
  Outbox,
  RecordHistory,
  RecordOwner,
  RecordRejections,
  RecordSeals,
  withTenant,
} from '@ankasecure/service-kit';
import { headsFor, highestOf, recordHeadsOf, testProof } from '@ankasecure/testing';
import { Registry } from 'prom-client';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import { KeyRecord } from '../key/record/key.entity.js';
import { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { testAuthority } from './test-authority.js';
import { contextOf, silent, type WorkerDatabase } from './worker-database.js';

type Asked = z.infer<typeof readRecordHeads.request>;
type Listed = z.infer<typeof listRecordHeads.request>;

/** TEST ONLY. The trail of a database: it seals the events of the outbox when it is told to. */
export class TestTrail {
  private readonly sealed: AuditEvent[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly database: WorkerDatabase) {}

  /** Seals all events that wait in the outbox, in the place of the audit service. @returns all that it has sealed, oldest first */
  async seal(): Promise<readonly AuditEvent[]> {
    const [rows] = await this.database.superuser.query<[{ id: string; events: string }[], number]>(
      'DELETE FROM outbox RETURNING id, events',
    );
    const inOrder = rows.toSorted((a, b) => Number(a.id) - Number(b.id));
    const offered = inOrder.flatMap(({ events }) => JSON.parse(events) as OfferedEvent[]);
    this.sealed.push(...offered.map(({ proof: _, ...event }) => event));
    return this.sealed;
  }

  /** What it says of a tenant's records. */
  headsOf(tenantId: string): readonly RecordHead[] {
    return [...recordHeadsOf(this.sealed, tenantId).values()];
  }

  /** Resolves when it is asked next. */
  asked(): Promise<void> {
    return new Promise((resolve) => this.listeners.push(resolve));
  }

  readonly bus = {
    request: async (contract: Contract, _: string, { tenantId }: { tenantId: string }, asked: Asked | Listed) => {
      for (const listener of this.listeners.splice(0)) listener();
      const heads = recordHeadsOf(this.sealed, tenantId);
      if (contract.subject === readHighestRevision.subject) return { revision: highestOf(heads, 'crypto-worker') };
      // Every final state is the one of a head here.
      if (contract.subject === listFinalChanges.subject) return { changes: [], next: null };
      if (!('owner' in asked)) return { heads: headsFor(heads, asked) };
      return {
        heads: [...heads.values()].filter(({ kind }) => asked.kind === undefined || kind === asked.kind),
        complete: true,
      };
    },
  } as unknown as BusClient;
}

/** TEST ONLY. A worker's connection with the seals and the history of its records. */
export interface SealedWorker {
  readonly dataSource: DataSource;
  readonly history: RecordHistory;
  readonly outbox: Outbox;
  /** Changes records of a tenant, on record. */
  change<Result>(tenantId: string, work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
  read<Result>(tenantId: string, work: (manager: EntityManager) => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/** @param as the connection whose login it uses. No row-level security stops the superuser */
export const startSealedWorker = async (
  database: WorkerDatabase,
  trail: TestTrail,
  as: DataSource = database.superuser,
): Promise<SealedWorker> => {
  const dataSource = await new ComparingDataSource(as.options).initialize();
  const owner = new RecordOwner('crypto-worker');
  const history = new RecordHistory(owner, trail.bus);
  history.setBehind(new Map());
  const outbox = new Outbox(testProof('crypto-worker'), dataSource, undefined as never, silent);
  const rejections = new RecordRejections(owner, dataSource, outbox, silent, new Registry());
  new RecordSeals(owner, testAuthority, rejections, history, dataSource);
  // No other process hears what it commits.
  new CommittedChanges(history, { announce: () => undefined } as never, dataSource);
  return {
    dataSource,
    history,
    outbox,
    change: (tenantId, work) =>
      withTenant(dataSource, tenantId, async (manager) => {
        const result = await work(manager);
        await outbox.write(manager, [auditEvent(contextOf(tenantId), { operation: 'key.update' })]);
        return result;
      }),
    read: (tenantId, work) => withTenant(dataSource, tenantId, work),
    stop: () => dataSource.destroy(),
  };
};

/** TEST ONLY. Makes a key with one version that is in use, in the transaction of a change. */
export const insertKeyInUse = async (manager: EntityManager, tenantId: string, keyId: string): Promise<void> => {
  const key = { label: 'k', algorithm: 'EC-P256', purpose: 'sign', createdBy: 'alice' } as const;
  await manager.insert(KeyRecord, { ...key, tenantId, id: keyId, algs: ['ES256'] });
  await manager.insert(KeyVersionRecord, {
    tenantId,
    keyId,
    version: 1,
    state: 'ACTIVE',
    custody: 'token',
    partition: 'default',
    tokenLabel: 'label',
    tokenSerial: 'serial',
    objectId: randomBytes(16),
  });
};

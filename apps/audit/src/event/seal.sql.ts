import { genesisHash } from '@ankasecure/audit-event';
import { monotonicNow } from '@ankasecure/contracts';
import { arrayBytes, type Element, type ElementType, nowInMs, type Reading } from '@ankasecure/service-kit';
import type { EntityManager } from 'typeorm';
import type { BoundEvent } from './bound-event.js';
import { prepared } from './prepared.js';

/** The end of a tenant's trail, locked, and the time that the database told once it held the lock. */
export interface LockedHead {
  readonly seq: number;
  readonly hash: Buffer;
  readonly time: Reading;
}

interface Locked extends Pick<LockedHead, 'seq' | 'hash'> {
  readonly now: number;
}

/** Locks the tenant's head until the transaction ends. It creates the head of a tenant without events. */
export const lockHead = async (manager: EntityManager, tenantId: string): Promise<LockedHead> => {
  const asked = monotonicNow();
  const [head] = await prepared<Locked>(
    manager,
    'lock-head',
    `SELECT seq::float8 AS seq, hash, ${nowInMs} AS now FROM lock_trail_head($1, $2)`,
    [tenantId, genesisHash(tenantId)],
  );
  if (head === undefined) throw new Error('a trail without a head');
  const { seq, hash, now: said } = head;
  return { seq, hash, time: { said, asked, answered: monotonicNow() } };
};

/** Claims event ids. No other call can seal them from now on. @returns the ids that were not sealed before */
export const claimEventIds = async (
  manager: EntityManager,
  tenantId: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> => {
  const rows = await prepared<{ eventId: string }>(
    manager,
    'claim',
    `INSERT INTO event_dedup (tenant_id, event_id) SELECT $1, id FROM unnest($2::uuid[]) id
     ON CONFLICT DO NOTHING RETURNING event_id AS "eventId"`,
    [tenantId, eventIds],
  );
  return new Set(rows.map(({ eventId }) => eventId));
};

/** The columns of a row, without the tenant and the time, which are the same in all rows. */
const columns: readonly {
  readonly name: string;
  readonly type: ElementType;
  readonly of: (row: BoundEvent) => Element;
}[] = [
  { name: 'seq', type: 'bigint', of: ({ seq }) => seq },
  { name: 'event_id', type: 'uuid', of: ({ event }) => event.eventId },
  { name: 'user_id', type: 'text', of: ({ event }) => event.userId },
  { name: 'key_id', type: 'uuid', of: ({ event }) => event.keyId },
  { name: 'algorithm', type: 'text', of: ({ event }) => event.algorithm },
  { name: 'operation', type: 'text', of: ({ event }) => event.operation },
  { name: 'outcome', type: 'text', of: ({ event }) => event.outcome },
  { name: 'failure_code', type: 'text', of: ({ event }) => event.failureCode },
  { name: 'occurred_at', type: 'bigint', of: ({ event }) => event.occurredAt },
  { name: 'correlation_id', type: 'text', of: ({ event }) => event.correlationId },
  { name: 'details', type: 'text', of: ({ details }) => details },
  { name: 'mac_key_id', type: 'text', of: ({ macKeyId }) => macKeyId },
  { name: 'canonical', type: 'bytea', of: ({ canonical }) => canonical },
  { name: 'hmac', type: 'bytea', of: ({ hmac }) => hmac },
  { name: 'previous_hash', type: 'bytea', of: ({ previousHash }) => previousHash },
  { name: 'hash', type: 'bytea', of: ({ hash }) => hash },
  { name: 'chain_seal_from', type: 'bigint', of: ({ chainSeal }) => chainSeal?.fromSeq ?? null },
  { name: 'chain_seal', type: 'bytea', of: ({ chainSeal }) => chainSeal?.mac ?? null },
  { name: 'chain_seal_index_seq', type: 'bigint', of: ({ chainSeal }) => chainSeal?.index?.seq ?? null },
  { name: 'chain_seal_index_mac', type: 'bytea', of: ({ chainSeal }) => chainSeal?.index?.mac ?? null },
];

/** Parameters before those of `columns`: tenant, time, and the head's old seq, new seq and new hash. */
const leading = 5;
const names = columns.map(({ name }) => name).join(', ');

const insert = `
  WITH sealed AS (
    INSERT INTO sealed_event (tenant_id, sealed_at, ${names})
    SELECT $1, $2, ${names}
    FROM unnest(${columns.map(({ type }, index) => `$${index + leading + 1}::${type}[]`).join(', ')}) AS row (${names})
  )
  SELECT advance_trail_head($1, $3, $4, $5, $2)`;

/** Inserts the rows, which follow `head` without a gap, and moves the head to the last of them. */
export const appendRows = async (
  manager: EntityManager,
  tenantId: string,
  head: LockedHead,
  sealingAt: Date,
  rows: readonly BoundEvent[],
): Promise<void> => {
  const last = rows.at(-1);
  const values = columns.map(({ type, of }) => arrayBytes(type, rows.map(of)));
  await prepared(manager, 'append', insert, [tenantId, sealingAt, head.seq, last?.seq, last?.hash, ...values]);
};

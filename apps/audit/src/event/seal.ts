import {
  type ChainSeal,
  chainSealBytes,
  detailsText,
  fitsMacDay,
  genesisHash,
  leafHash,
} from '@ankasecure/audit-event';
import { AnkaError, type AuditEvent } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Mac } from './mac.js';
import { prepared } from './prepared.js';

/** An event with everything a seal needs but its place in the trail. */
export interface AuthenticatedEvent extends Mac {
  readonly event: AuditEvent;
  readonly canonical: Buffer;
}

interface Head {
  readonly seq: string;
  readonly hash: Buffer;
  readonly sealing_at: Date;
}

interface Placed extends AuthenticatedEvent {
  readonly seq: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
  readonly details: string;
  readonly sealedAt: number;
}

type Bound = Placed & { readonly chainSeal: ChainSeal | null };

/** The tenant's MAC over `message` under the key of that id. */
export type ChainMac = (macKeyId: string, message: Buffer) => Promise<Buffer>;

/**
 * Appends events of one tenant to its trail, in one transaction under the tenant's head row: those not sealed before get
 * the next sequence numbers, without a gap, in the order given, and the last of them the seal over the chain.
 * The seal's MAC is the one thing that is waited for under the head's lock: it is over the hash of the last row, which
 * nobody knows before the rows have their places.
 * @param events no event id twice
 * @returns how many were new
 */
export const seal = (
  dataSource: DataSource,
  tenantId: string,
  events: readonly AuthenticatedEvent[],
  chainMac: ChainMac,
): Promise<number> =>
  withTenant(dataSource, tenantId, async (manager) => {
    const head = await lockHead(manager, tenantId);
    const fresh = await claim(manager, tenantId, events);
    if (fresh.length > 0) await append(manager, tenantId, head, await bind(tenantId, place(fresh, head), chainMac));
    return fresh.length;
  });

const lockHead = async (manager: EntityManager, tenantId: string): Promise<Head> => {
  const values = [tenantId, genesisHash(tenantId)];
  const [head] = await prepared<Head>(manager, 'lock-head', 'SELECT * FROM lock_trail_head($1, $2)', values);
  if (head === undefined) throw new Error('a trail without a head');
  return head;
};

/** Those that were not sealed before, which nobody can seal from now on. */
const claim = async (
  manager: EntityManager,
  tenantId: string,
  events: readonly AuthenticatedEvent[],
): Promise<readonly AuthenticatedEvent[]> => {
  const rows = await prepared<{ event_id: string }>(
    manager,
    'claim',
    `INSERT INTO event_dedup (tenant_id, event_id) SELECT $1, id FROM unnest($2::uuid[]) id
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [tenantId, events.map(({ event }) => event.eventId)],
  );
  if (rows.length === events.length) return events;
  const claimed = new Set(rows.map((row) => row.event_id));
  return events.filter(({ event }) => claimed.has(event.eventId));
};

/** @throws AnkaError `service-unavailable` rather than seal what a verification would have to reject ever after */
const place = (events: readonly AuthenticatedEvent[], head: Head): readonly Placed[] => {
  // The database gives the time in whole milliseconds.
  const sealedAt = head.sealing_at.getTime() * 1000;
  if (!events.every(({ macKeyId }) => fitsMacDay(macKeyId, sealedAt)))
    throw new AnkaError(
      'service-unavailable',
      'The clocks of the audit database and of the crypto workers are more than a day apart; nothing is sealed until they agree',
    );
  let previousHash = head.hash;
  return events.map((entry, index) => {
    const seq = Number(head.seq) + 1 + index;
    const placed = { ...entry, seq, previousHash, details: detailsText(entry.event.details), sealedAt };
    const hash = leafHash({ ...placed, eventId: entry.event.eventId });
    previousHash = hash;
    return { ...placed, hash };
  });
};

/** Puts the seal on the last row. */
const bind = async (tenantId: string, rows: readonly Placed[], chainMac: ChainMac): Promise<readonly Bound[]> => {
  const [first, last] = [rows.at(0), rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { seq, hash, macKeyId } = last;
  const batch = { tenantId, fromSeq: first.seq, seq, hash };
  const chainSeal = { fromSeq: first.seq, mac: await chainMac(macKeyId, chainSealBytes(batch)) };
  return rows.map((row) => ({ ...row, chainSeal: row === last ? chainSeal : null }));
};

const append = async (manager: EntityManager, tenantId: string, head: Head, rows: readonly Bound[]): Promise<void> => {
  const last = rows.at(-1);
  const advance = [head.seq, last?.seq, last?.hash];
  const values = columns.map(({ of }) => rows.map(of));
  await prepared(manager, 'append', insert, [tenantId, head.sealing_at, ...advance, ...values]);
};

/** What goes into each column, but for the tenant and the time, which are the same in all rows. */
const columns: readonly { readonly name: string; readonly type: string; readonly of: (row: Bound) => unknown }[] = [
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
];

/** Values before those of `columns`: tenant, time, and the head's old seq, new seq and new hash. */
const leading = 5;
const names = columns.map(({ name }) => name).join(', ');

const insert = `
  WITH sealed AS (
    INSERT INTO sealed_event (tenant_id, sealed_at, ${names})
    SELECT $1, $2, ${names}
    FROM unnest(${columns.map(({ type }, index) => `$${index + leading + 1}::${type}[]`).join(', ')}) AS row (${names})
  )
  SELECT advance_trail_head($1, $3, $4, $5, $2)`;

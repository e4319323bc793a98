import { detailsText, genesisHash, leafHash } from '@ankasecure/audit-event';
import type { AuditEvent } from '@ankasecure/contracts';
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

type Placed = AuthenticatedEvent & { seq: number; previousHash: Buffer; hash: Buffer; details: string };

/**
 * Appends events of one tenant to its trail, in one transaction under the tenant's head row: those not sealed before get
 * the next sequence numbers, without a gap, in the order given.
 * @param events no event id twice
 * @returns how many were new
 */
export const seal = (
  dataSource: DataSource,
  tenantId: string,
  events: readonly AuthenticatedEvent[],
): Promise<number> =>
  withTenant(dataSource, tenantId, async (manager) => {
    const head = await lockHead(manager, tenantId);
    const fresh = await claim(manager, tenantId, events);
    if (fresh.length > 0) await append(manager, tenantId, head, place(fresh, Number(head.seq), head.hash));
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

const place = (events: readonly AuthenticatedEvent[], lastSeq: number, lastHash: Buffer): readonly Placed[] => {
  let previousHash = lastHash;
  return events.map((entry, index) => {
    const seq = lastSeq + 1 + index;
    const details = detailsText(entry.event.details);
    const placed = { ...entry, seq, previousHash, details };
    const hash = leafHash({ ...placed, eventId: entry.event.eventId });
    previousHash = hash;
    return { ...placed, hash };
  });
};

const append = async (manager: EntityManager, tenantId: string, head: Head, rows: readonly Placed[]): Promise<void> => {
  const last = rows.at(-1);
  const advance = [head.seq, last?.seq, last?.hash];
  const values = columns.map(({ of }) => rows.map(of));
  await prepared(manager, 'append', insert, [tenantId, head.sealing_at, ...advance, ...values]);
};

/** What goes into each column, but for the tenant and the time, which are the same in all rows. */
const columns: readonly { readonly name: string; readonly type: string; readonly of: (row: Placed) => unknown }[] = [
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

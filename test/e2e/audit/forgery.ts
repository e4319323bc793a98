import { canonicalBytes, detailsText, genesisHash, leafHash } from '@ankasecure/audit-event';
import type { AuditEvent } from '@ankasecure/contracts';

/** A row of `sealed_event`, with `sealed_at` as text and in microseconds. */
export type Row = Readonly<Record<string, unknown>>;

/** Changes the contents of a trail. Sequence numbers, links and hashes are recomputed afterwards. */
export type Forgery = (rows: readonly Row[]) => readonly Row[];

export const rowsSql = (tenantId: string): string =>
  `SELECT *, sealed_at::text, (extract(epoch FROM sealed_at) * 1000000)::bigint AS micros
   FROM sealed_event WHERE tenant_id = '${tenantId}' ORDER BY seq`;

/** SQL that replaces the tenant's trail with `rows`, like an attacker who can write to the database and knows the format, but has no HSM. */
export const trailSql = (tenantId: string, rows: readonly Row[]): string => {
  const forged = linked(tenantId, rows);
  const last = forged.at(-1);
  const records = JSON.stringify(forged).replaceAll("'", "''");
  return `DELETE FROM sealed_event WHERE tenant_id = '${tenantId}';
    INSERT INTO sealed_event SELECT * FROM jsonb_populate_recordset(NULL::sealed_event, '${records}');
    UPDATE trail_head SET seq = ${String(last?.['seq'])}, hash = '${String(last?.['hash'])}' WHERE tenant_id = '${tenantId}'`;
};

const hex = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;

const linked = (tenantId: string, rows: readonly Row[]): readonly Row[] => {
  let previousHash: Uint8Array = genesisHash(tenantId);
  return rows.map((row, index): Row => {
    const seq = index + 1;
    const event = eventOf(row);
    const canonical = canonicalBytes(event);
    const hash = leafHash({
      seq,
      eventId: event.eventId,
      previousHash,
      macKeyId: String(row['mac_key_id']),
      canonical,
      hmac: row['hmac'] as Buffer,
      details: detailsText(event.details),
      sealedAt: Number(row['micros']),
    });
    const { hmac, chain_seal, chain_seal_index_mac } = row;
    const bytes = { canonical, previous_hash: previousHash, hash, hmac, chain_seal, chain_seal_index_mac };
    previousHash = hash;
    const hexed = Object.entries(bytes).map(
      ([name, value]) => [name, value === null ? null : hex(value as Buffer)] as const,
    );
    return { ...row, seq, ...(Object.fromEntries(hexed) as Row) };
  });
};

const eventOf = (row: Row): AuditEvent => {
  const text = (name: string): string | null => row[name] as string | null;
  return {
    eventId: String(row['event_id']),
    tenantId: String(row['tenant_id']),
    userId: String(row['user_id']),
    keyId: text('key_id'),
    algorithm: text('algorithm'),
    operation: String(row['operation']),
    outcome: row['outcome'] as AuditEvent['outcome'],
    failureCode: text('failure_code'),
    occurredAt: Number(row['occurred_at']),
    correlationId: String(row['correlation_id']),
    details: JSON.parse(String(row['details'])) as Record<string, string>,
  };
};

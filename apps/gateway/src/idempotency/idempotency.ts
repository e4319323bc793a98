import { randomUUIDv7 } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Answer } from '../route/answer.js';

export interface Attempt {
  readonly tenantId: string;
  readonly key: string;
  readonly route: string;
  /** SHA-256 of the body. */
  readonly bodyHash: Buffer;
  /** How long this attempt may take before another may take over, in milliseconds. */
  readonly withinMs: number;
}

/** The attempt to make `resourceId` is ours, until it is finished or released. */
export interface Claim {
  readonly tenantId: string;
  readonly key: string;
  readonly attempt: number;
  readonly resourceId: string;
}

interface Row {
  readonly route: string;
  readonly body_hash: Buffer;
  readonly resource_id: string;
  readonly state: 'in-flight' | 'done';
  readonly running: boolean;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

const insert = `
  INSERT INTO idempotency (tenant_id, key, route, body_hash, resource_id, state, deadline, expires_at)
  VALUES ($1, $2, $3, $4, $5, 'in-flight', now() + $6 * interval '1 ms', now() + interval '24 h')
  ON CONFLICT (tenant_id, key) DO UPDATE SET
    route = excluded.route, body_hash = excluded.body_hash, resource_id = excluded.resource_id, state = excluded.state,
    attempt = idempotency.attempt + 1, deadline = excluded.deadline, status = NULL, headers = NULL, body = NULL,
    created_at = now(), expires_at = excluded.expires_at
  WHERE idempotency.expires_at <= now()
  RETURNING attempt, resource_id`;
const read = `
  SELECT route, body_hash, resource_id, state, deadline > now() AS running, status, headers, body
  FROM idempotency WHERE tenant_id = $1 AND key = $2 FOR UPDATE`;
const takeOver = `
  UPDATE idempotency SET attempt = attempt + 1, deadline = now() + $3 * interval '1 ms'
  WHERE tenant_id = $1 AND key = $2 RETURNING attempt, resource_id`;
const finish = `
  UPDATE idempotency SET state = 'done', status = $4, headers = $5, body = $6
  WHERE tenant_id = $1 AND key = $2 AND attempt = $3 AND state = 'in-flight'`;
const release = `
  UPDATE idempotency SET deadline = now() WHERE tenant_id = $1 AND key = $2 AND attempt = $3 AND state = 'in-flight'`;

/**
 * One answer per Idempotency-Key and tenant, for 24 hours. A record fixes the id of what is to be made before anything
 * is asked, and every later attempt sends the same id, so that a thing is made once even when its first maker died.
 * Creating calls carry no secrets in either direction, so answers may be kept. Times are the database's, so that gateways need not agree on theirs.
 */
export class Idempotency {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @returns the stored answer, or the claim to make it
   * @throws AnkaError `idempotency-mismatch` for another body or route, `idempotency-in-flight` while another attempt runs
   */
  begin(attempt: Attempt): Promise<Answer | Claim> {
    return withTenant(this.dataSource, attempt.tenantId, async (manager) => {
      const { tenantId, key, route, bodyHash, withinMs } = attempt;
      const fresh = [tenantId, key, route, bodyHash, randomUUIDv7(), withinMs];
      return (await claimed(manager, attempt, insert, fresh)) ?? this.again(manager, attempt);
    });
  }

  async finish({ tenantId, key, attempt }: Claim, answer: Answer): Promise<void> {
    const values = [tenantId, key, attempt, answer.status, JSON.stringify(answer.headers), answer.body];
    await withTenant(this.dataSource, tenantId, (manager) => manager.query(finish, values));
  }

  /** Lets the next attempt take over at once, with the same resource id: nobody knows how far this one got. */
  async release({ tenantId, key, attempt }: Claim): Promise<void> {
    await withTenant(this.dataSource, tenantId, (manager) => manager.query(release, [tenantId, key, attempt]));
  }

  /** Removes expired records, some at a time. @returns how many */
  async removeExpired(): Promise<number> {
    const [row] = await this.dataSource.query<{ removed: number }[]>('SELECT remove_expired_idempotency() AS removed');
    return row?.removed ?? 0;
  }

  private async again(manager: EntityManager, attempt: Attempt): Promise<Answer | Claim> {
    const { tenantId, key, route, bodyHash, withinMs } = attempt;
    const [row] = await manager.query<Row[]>(read, [tenantId, key]);
    if (row === undefined) throw new AnkaError('idempotency-in-flight');
    if (row.route !== route || !row.body_hash.equals(bodyHash))
      throw new AnkaError('idempotency-mismatch', 'This Idempotency-Key was used for another request. Use a new one.');
    if (row.state === 'done') return { status: row.status, headers: row.headers, body: row.body };
    if (row.running)
      throw new AnkaError(
        'idempotency-in-flight',
        'Wait until the first request with this Idempotency-Key is answered, then repeat it',
      );
    const claim = await claimed(manager, attempt, takeOver, [tenantId, key, withinMs]);
    if (claim === undefined) throw new AnkaError('idempotency-in-flight');
    return claim;
  }
}

const claimed = async (
  manager: EntityManager,
  { tenantId, key }: Attempt,
  sql: string,
  values: readonly unknown[],
): Promise<Claim | undefined> => {
  const rows = returned(await manager.query<ReturnedRows>(sql, [...values]));
  const row = rows[0];
  return row && { tenantId, key, attempt: row.attempt, resourceId: row.resource_id };
};

interface Returned {
  readonly attempt: number;
  readonly resource_id: string;
}
/** TypeORM gives an INSERT's returned rows as they are, and an UPDATE's as a pair with their count. */
type ReturnedRows = readonly Returned[] | readonly [readonly Returned[], number];

const returned = (result: ReturnedRows): readonly Returned[] =>
  Array.isArray(result[0]) ? (result as readonly [readonly Returned[], number])[0] : (result as readonly Returned[]);

import type { OwnRig } from '../e2e/harness/rig.js';
import type { History, KeyRecord, Request, TrailEvent } from './history.js';
import { tokenObjects } from './token-object.js';

const trailOf = async (rig: OwnRig, tenantId: string): Promise<TrailEvent[]> => {
  const rows = await rig.query(
    'ankadb_audit',
    `SELECT seq::int, event_id AS "eventId", correlation_id AS "correlationId", operation, outcome,
       failure_code AS "failureCode", key_id AS "keyId" FROM sealed_event WHERE tenant_id = $1 ORDER BY sealed_event.seq`,
    [tenantId],
  );
  return rows as unknown as TrailEvent[];
};

const recordsOf = async (rig: OwnRig): Promise<KeyRecord[]> => {
  const rows = await rig.query(
    'ankadb_keys',
    `SELECT encode(object_id, 'hex') AS "objectId", key_id AS "keyId" FROM key_version
     UNION ALL SELECT encode(object_id, 'hex'), NULL FROM platform_key`,
  );
  return rows as unknown as KeyRecord[];
};

/** Intents that nobody has ended and outcomes that are not sealed, in all services. */
export const leftoversOf = async (rig: OwnRig): Promise<number> => {
  const counts = await Promise.all(
    (['ankadb_keys', 'ankadb_policy', 'ankadb_gateway'] as const).map(async (database) => {
      const intents = database === 'ankadb_keys' ? '(SELECT count(*) FROM intent)' : '0';
      const [row] = await rig.query(database, `SELECT ((SELECT count(*) FROM outbox) + ${intents})::int AS count`);
      return Number(row?.['count']);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
};

/** What there is to see of `tenantId`'s requests, and of all keys: the only tenant that makes any. */
export const collectHistory = async (rig: OwnRig, tenantId: string, requests: readonly Request[]): Promise<History> => {
  const objects = await tokenObjects(rig.softHsm);
  return {
    requests,
    trail: await trailOf(rig, tenantId),
    records: await recordsOf(rig),
    objects: objects
      .filter(({ label, holdsKey }) => holdsKey && !label.startsWith('ankasecure:canary:'))
      .map(({ id }) => id),
    leftovers: await leftoversOf(rig),
  };
};

import type { OwnRig } from '../e2e/harness/rig.js';
import { eventually } from '../e2e/harness/wait.js';
import type { History, KeyRecord, Request, TrailEvent } from './history.js';
import { tokenObjects } from './token-object.js';

const trailOf = async (rig: OwnRig, tenantId: string): Promise<TrailEvent[]> => {
  const rows = await rig.query(
    'ankadb_audit',
    `SELECT seq::int, event_id AS "eventId", correlation_id AS "correlationId", operation, outcome,
       failure_code AS "failureCode", key_id AS "keyId", details::jsonb->>'version' AS version,
       coalesce((details::jsonb->>'count')::int, 1) AS count, details::jsonb ? 'unchanged' AS unchanged FROM sealed_event WHERE tenant_id = $1 ORDER BY sealed_event.seq`,
    [tenantId],
  );
  return rows as unknown as TrailEvent[];
};

const recordsOf = async (rig: OwnRig): Promise<KeyRecord[]> => {
  const rows = await rig.query(
    'ankadb_keys',
    `SELECT encode(object_id, 'hex') AS "objectId", key_id AS "keyId", version, state FROM key_version
     UNION ALL SELECT encode(object_id, 'hex'), NULL, NULL, NULL FROM platform_key`,
  );
  return rows as unknown as KeyRecord[];
};

/** The number of unfinished intents and of unsealed outcomes in all services, by kind. */
const leftoversOf = async (rig: OwnRig): Promise<readonly string[]> => {
  const tables = [
    ['ankadb_keys', 'intent'],
    ['ankadb_keys', 'outbox'],
    ['ankadb_policy', 'outbox'],
    ['ankadb_gateway', 'outbox'],
  ] as const;
  const counts = await Promise.all(
    tables.map(async ([database, table]): Promise<readonly [string, number]> => {
      const [row] = await rig.query(database, `SELECT count(*)::int AS count FROM ${table}`);
      return [`${String(row?.['count'])} rows of ${table} in ${database}`, Number(row?.['count'])] as const;
    }),
  );
  const [due] = await rig.query(
    'ankadb_keys',
    `SELECT count(*)::int AS count FROM key_version WHERE state = 'DESTROY_SCHEDULED' AND destroy_at <= now()`,
  );
  counts.push([`${String(due?.['count'])} destructions that are due`, Number(due?.['count'])]);
  return counts.flatMap(([what, count]) => (count > 0 ? [what] : []));
};

/** The longest time in which services that were killed often are started again, one after the other, and catch up. Milliseconds. */
const catchUpMs = 180_000;

/** Waits until everything is sealed and every intent has ended. @throws Error that names what is left after three minutes */
export const nothingLeft = (rig: OwnRig): Promise<true> =>
  eventually(
    'sealing everything and ending every intent',
    async () => {
      const left = await leftoversOf(rig);
      if (left.length > 0) throw new Error(left.join(', '));
      return true as const;
    },
    catchUpMs,
  );

/** The labels of a partition's own objects. No tenant has them, so no table records them. */
const ofPartition: readonly string[] = [
  'canary',
  'partition',
  'record-mac',
  'records-adopted',
  'records-adopting',
  'trail-anchor',
].map((role) => `ankasecure:${role}:`);

/** The history of `tenantId`'s requests, and of all keys. It is the only tenant that creates keys. */
export const collectHistory = async (rig: OwnRig, tenantId: string, requests: readonly Request[]): Promise<History> => {
  const objects = await tokenObjects(rig.hsm);
  return {
    requests,
    trail: await trailOf(rig, tenantId),
    records: await recordsOf(rig),
    objects: objects
      .filter(({ label, holdsKey }) => holdsKey && !ofPartition.some((start) => label.startsWith(start)))
      .map(({ id }) => id),
    leftovers: await leftoversOf(rig),
  };
};

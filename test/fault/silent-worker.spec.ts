import { randomUUID } from 'node:crypto';
import type { Key } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem } from '../e2e/harness/problem.js';
import { newTenant, type Tenant } from '../e2e/harness/tenant.js';
import { eventually } from '../e2e/harness/wait.js';
import { collectHistory, nothingLeft } from './collect-history.js';
import { type FaultRig, startFaultRig } from './matrix/fault-rig.js';

/** Enough that both workers make some of them. */
const creations = 8;
/** Half of what a creation may take: a requester gives up after some ten seconds of silence. */
const givenUpMs = 30_000;

describe('workers that fall silent while they create keys', () => {
  let rig: FaultRig;
  let tenant: Tenant;
  beforeAll(async () => {
    rig = await startFaultRig();
    tenant = await newTenant(rig);
    await tenant.createKey({ algorithm: 'AES-256' });
  });
  afterAll(() => rig.stop());

  const signalAll = (signal: NodeJS.Signals): void => {
    for (const name of rig.workers) process.kill(rig.stack.pids()[name] ?? 0, signal);
  };
  const each = (work: (name: string) => Promise<unknown>): Promise<unknown> => Promise.all(rig.workers.map(work));
  const create = (idempotencyKey: string, label: string) => {
    const headers = { 'idempotency-key': idempotencyKey };
    return tenant.admin.send<Key>('POST', '/keys', { body: { algorithm: 'AES-256', label }, headers });
  };
  const openIntents = async (): Promise<number> => {
    const [row] = await rig.query('ankadb_keys', 'SELECT count(*)::int AS count FROM intent');
    return Number(row?.['count']);
  };
  const labelled = async (label: string): Promise<readonly string[]> => {
    const rows = await rig.query('ankadb_keys', 'SELECT id FROM key WHERE label = $1', [label]);
    return rows.map(({ id }) => String(id));
  };

  it.each([
    ['die', () => each((name) => rig.stack.kill(name)), () => each((name) => rig.stack.restart(name))],
    ['freeze', () => signalAll('SIGSTOP'), () => signalAll('SIGCONT')],
  ] as const)('%s: callers hear of it soon, and a repeated request makes the one key', async (how, silence, heal) => {
    const label = `made by workers that ${how}`;
    const idempotencyKeys = Array.from({ length: creations }, () => randomUUID());
    rig.token.inject({ C_GenerateKey: 'hang' });
    const asked = idempotencyKeys.map((one) => create(one, label));
    await eventually('creations in the HSM', async () => (await openIntents()) === creations);
    await silence();
    const since = performance.now();
    const replies = await Promise.all(asked);
    expect(performance.now() - since).toBeLessThan(givenUpMs);
    for (const reply of replies) expectProblem(reply, 'deadline-exceeded');
    expect(await labelled(label)).toEqual([]);

    rig.token.inject({});
    await heal();
    const made = await Promise.all(
      idempotencyKeys.map((one) =>
        eventually(
          'a key',
          async () => {
            const { status, body } = await create(one, label);
            return status === 201 && body.id;
          },
          60_000,
        ),
      ),
    );
    await nothingLeft(rig);
    expect((await labelled(label)).toSorted()).toEqual(made.toSorted());
    const { trail, records, objects } = await collectHistory(rig, tenant.id, []);
    const created = trail.filter((event) => event.operation === 'key.create' && event.outcome === 'success');
    for (const id of made) expect(created.filter(({ keyId, unchanged }) => keyId === id && !unchanged)).toHaveLength(1);
    expect(objects.toSorted()).toEqual(records.map(({ objectId }) => objectId).toSorted());
  });
});

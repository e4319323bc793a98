import {
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
  verifyInclusion,
  verifyNote,
  verifyTlogProof,
} from '@ankasecure/audit-event';
import type {
  getCheckpointKeys,
  getTile,
  ListedCheckpoint,
  proveConsistency,
  proveInclusion,
  SealedEvent,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { expectProblem } from '../harness/problem.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

describe('the checkpoints of a tenant’s trail', () => {
  let rig: OwnRig;
  let tenant: Tenant;
  let first: ListedCheckpoint;
  let last: ListedCheckpoint;
  let events: readonly SealedEvent[];

  const auditor = () => tenant.as(['auditor'], 'auditor');
  const latest = async (after = 0): Promise<ListedCheckpoint> => {
    const client = await auditor();
    return eventually('a checkpoint', async () => {
      const { status, body } = await client.send<ListedCheckpoint>('GET', '/audit/checkpoints/latest');
      return status === 200 && body.size > after && body;
    });
  };

  beforeAll(async () => {
    rig = await startOwnRig({
      workers: 1,
      services: { audit: { configuration: { checkpoints: { enabled: true } } } },
    });
    tenant = await newTenant(rig);
    await tenant.createKey({ algorithm: 'EC-P256' });
    first = await latest();
    for (let count = 0; count < 3; count++) await tenant.createKey({ algorithm: 'EC-P256' });
    last = await latest(first.size);
    events = await eventsOf(tenant.admin);
  });
  afterAll(() => rig.stop());

  it('are signed by the HSM, under the keys that are published', async () => {
    const { origin, keys } = await (await auditor()).get<z.infer<typeof getCheckpointKeys.reply>>(
      '/audit/checkpoints/keys',
    );
    expect(origin).toBe(`ankasecure/audit/${tenant.id}`);
    expect(keys.length).toBeGreaterThan(0);
    for (const { note: text, size, root } of [first, last]) {
      const note = parseNote(text);
      for (const { verifierKey } of keys) expect(verifyNote(note, parseVerifierKey(verifierKey))).toBe('valid');
      expect(parseCheckpoint(note.text)).toMatchObject({ origin, size, root: bytes(root) });
    }
    const made = events.filter(({ operation }) => /^checkpoint-.*\.create$/.test(operation));
    expect(made.map(({ outcome }) => outcome)).toEqual(keys.map(() => 'success'));
  });

  it('prove each of its events, and that the later continues the earlier', async () => {
    const client = await auditor();
    const { keys } = await client.get<z.infer<typeof getCheckpointKeys.reply>>('/audit/checkpoints/keys');
    const key = parseVerifierKey(keys[0]?.verifierKey ?? '');
    for (const { seq, hash } of events.filter((event) => event.seq <= last.size)) {
      const path = `/audit/proofs/inclusion?seq=${seq}&size=${last.size}`;
      const told = await client.get<z.infer<typeof proveInclusion.reply>>(path);
      const leaf = Buffer.from(hash, 'base64url');
      const head = { size: last.size, root: bytes(last.root) };
      expect(verifyInclusion(leaf, seq - 1, head, told.proof.map(bytes))).toBe(true);
      expect(verifyTlogProof(leaf, key.name, told.tlogProof ?? '', key)).toBe(true);
    }
    const path = `/audit/proofs/consistency?from=${first.size}&to=${last.size}`;
    const { proof } = await client.get<z.infer<typeof proveConsistency.reply>>(path);
    const [before, after] = [first, last].map(({ size, root }) => ({ size, root: bytes(root) }));
    expect(before && after && verifyConsistency(before, after, proof.map(bytes))).toBe(true);
  });

  it('have tiles with the events’ hashes', async () => {
    const client = await auditor();
    const { hashes } = await client.get<z.infer<typeof getTile.reply>>(`/audit/tiles/0/0?width=${last.size}`);
    expect(hashes).toBe(
      Buffer.concat(events.slice(0, last.size).map(({ hash }) => Buffer.from(hash, 'base64url'))).toString('base64'),
    );
    expectProblem(await client.send('GET', '/audit/tiles/6/0'), 'tile-not-found');
    expectProblem(await client.send('GET', '/audit/tiles/x/0'), 'request-invalid');
    expectProblem(await client.send('GET', '/audit/proofs/inclusion?seq=9999999'), 'checkpoint-not-found');
    expectProblem(await client.send('GET', '/audit/proofs/inclusion?seq=0'), 'request-invalid');
  });

  it('are not for those who only use keys', async () => {
    const client = await tenant.as(['user'], 'user');
    for (const path of ['checkpoints', 'checkpoints/latest', 'checkpoints/keys', 'proofs/inclusion?seq=1', 'tiles/0/0'])
      expectProblem(await client.send('GET', `/audit/${path}`), 'access-denied');
  });
});

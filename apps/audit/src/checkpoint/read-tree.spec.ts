import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import {
  checkpointText,
  formatNote,
  keyIdOf,
  noteKeyOf,
  type TileName,
  tilePath,
  verifyConsistency,
  verifyInclusion,
  verifyTlogProof,
} from '@ankasecure/audit-event';
import {
  AnkaError,
  getCheckpointKeys,
  getLatestCheckpoint,
  getTile,
  listCheckpoints,
  proveConsistency,
  proveInclusion,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointedTrail, rememberEnds } from '../testing/checkpointed-trail.js';
import { contextOf, database, type RunningAudit, startAudit } from '../testing/running-audit.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

describe('the tree over a trail', () => {
  let audit: RunningAudit;
  let trail: CheckpointedTrail;
  const sizes = [1, 5, 255, 256, 257, 600];
  beforeAll(async () => {
    audit = await startAudit();
    await rememberEnds(audit);
    trail = await grown();
  });
  afterAll(() => audit.stop());

  const grown = async (): Promise<CheckpointedTrail> => {
    const own = new CheckpointedTrail(audit, randomUUID());
    for (const [index, size] of sizes.entries()) {
      await own.append(size - (sizes[index - 1] ?? 0));
      await own.make();
    }
    return own;
  };
  const ask = (tenantId = trail.tenantId) => ({
    inclusion: (seq: number, size?: number) =>
      audit.gateway.request(proveInclusion, '', contextOf(tenantId), { seq, size }),
    consistency: (from: number, to?: number) =>
      audit.gateway.request(proveConsistency, '', contextOf(tenantId), { from, to }),
    tile: (level: number, index: number, width?: number) =>
      audit.gateway.request(getTile, '', contextOf(tenantId), { level, index, width }),
    list: (cursor?: string) =>
      audit.gateway.request(listCheckpoints, '', contextOf(tenantId), { limit: 4, ...(cursor && { cursor }) }),
    latest: () => audit.gateway.request(getLatestCheckpoint, '', contextOf(tenantId), {}),
    keys: () => audit.gateway.request(getCheckpointKeys, '', contextOf(tenantId), {}),
  });
  const codeOf = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'done',
      (error: unknown) => (error instanceof AnkaError ? error.code : String(error)),
    );
  const leafAt = async (seq: number): Promise<Buffer> => {
    const [row] = await audit.postgres.query(
      database,
      `SELECT hash FROM sealed_event WHERE tenant_id = '${trail.tenantId}' AND seq = ${seq}`,
    );
    return row?.['hash'] as Buffer;
  };

  it('has its checkpoints listed, newest first, page by page', async () => {
    const first = await ask().list();
    const second = await ask().list(first.next ?? '');
    expect([...first.items, ...second.items].map(({ size }) => size)).toEqual(sizes.toReversed());
    expect(second.next).toBeNull();
    expect(await ask().latest()).toEqual(first.items[0]);
    expect(await codeOf(ask(randomUUID()).list(first.next ?? ''))).toBe('cursor-invalid');
  });

  it('has its keys listed as the HSM has them, with the size that each has signed last', async () => {
    const key = audit.signer.keyOf(trail.tenantId);
    const { origin, keys } = await ask().keys();
    expect(origin).toBe(key.name);
    expect(keys).toMatchObject([{ algorithm: 'Ed25519', generation: 1, lastSize: 600 }]);
  });

  it('has a proof of every event, in trees of every size', async () => {
    const key = audit.signer.keyOf(trail.tenantId);
    for (const size of [1, 2, 5, 100, 256, 257, 511, 600, undefined])
      for (const seq of [1, 2, 255, 256, 257, 600].filter((one) => one <= (size ?? 600))) {
        const told = await ask().inclusion(seq, size);
        const head = { size: told.size, root: bytes(told.root) };
        const leaf = await leafAt(seq);
        expect(bytes(told.leafHash).equals(leaf)).toBe(true);
        expect(head.root.equals((await trail.tree(told.size)).root)).toBe(true);
        expect(verifyInclusion(leaf, seq - 1, head, told.proof.map(bytes))).toBe(true);
        expect(told.tlogProof !== null).toBe(sizes.includes(told.size));
        if (told.tlogProof !== null) expect(verifyTlogProof(leaf, key.name, told.tlogProof, key)).toBe(true);
      }
  });

  it('has a proof that it continues every smaller one', async () => {
    for (const [from, to] of [
      [1, 600],
      [5, 256],
      [255, 257],
      [300, 301],
      [600, 600],
      [512, undefined],
    ] as const) {
      const told = await ask().consistency(from, to);
      const [first, second] = [
        { size: told.from, root: bytes(told.fromRoot) },
        { size: told.to, root: bytes(told.toRoot) },
      ];
      expect(first.root.equals((await trail.tree(from)).root)).toBe(true);
      expect(verifyConsistency(first, second, told.proof.map(bytes))).toBe(true);
    }
  });

  it('has tiles from which anyone can compute it', async () => {
    const { hashes, path } = await ask().tile(0, 1);
    expect(path).toBe('tile/0/001');
    expect(bytes(hashes).subarray(0, 32)).toEqual(await leafAt(257));
    const partial = { level: 0, index: 2, width: 88 } satisfies TileName;
    expect((await ask().tile(0, 2)).path).toBe(tilePath(partial));
    expect(bytes((await ask().tile(0, 2, 7)).hashes)).toHaveLength(7 * 32);
    expect((await ask().tile(1, 0)).width).toBe(2);
    for (const [level, index, width] of [
      [0, 3],
      [0, 2, 89],
      [1, 1],
      [2, 0],
    ] as const)
      expect(await codeOf(ask().tile(level, index, width))).toBe('tile-not-found');
  });

  it('says what it does not have', async () => {
    const nobody = ask(randomUUID());
    const calls = [nobody.latest, () => nobody.inclusion(1), () => nobody.consistency(1), () => nobody.tile(0, 0)];
    for (const call of calls) expect(await codeOf(call())).toBe('checkpoint-not-found');
    expect(await codeOf(ask().inclusion(601))).toBe('checkpoint-not-found');
    expect(await codeOf(ask().inclusion(6, 5))).toBe('checkpoint-not-found');
    expect(await codeOf(ask().inclusion(1, 601))).toBe('checkpoint-not-found');
    expect(await codeOf(ask().consistency(5, 601))).toBe('checkpoint-not-found');
    expect(await codeOf(ask().consistency(6, 5))).toBe('request-invalid');
  });

  it('keeps its proofs when the events are gone', async () => {
    const own = await grown();
    const of = ask(own.tenantId);
    const before = await of.inclusion(3, 257);
    const continued = await of.consistency(5);
    await audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${own.tenantId}'`);
    expect(await of.inclusion(3, 257)).toEqual(before);
    expect(await of.consistency(5)).toEqual(continued);
  });

  const tiles = [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
  ] as const;
  const ways: Readonly<Record<string, string>> = {
    forged: `UPDATE tree_tile SET hashes = overlay(hashes PLACING decode('ab', 'hex') FROM %n) WHERE %w`,
    older: `UPDATE tree_tile SET hashes = substring(hashes FOR length(hashes) / 2 / 32 * 32) WHERE %w AND length(hashes) >= 64`,
    'another tenant’s': `UPDATE tree_tile t SET hashes = o.hashes FROM tree_tile o WHERE %w
      AND o.tenant_id = '%o' AND o.level = t.level AND o.index = t.index`,
    deleted: `DELETE FROM tree_tile WHERE %w`,
  };
  const attacks = tiles.flatMap(([level, index]) => Object.keys(ways).map((way) => ({ level, index, way })));
  it.each(attacks)('gives no false proof when tile $level/$index is $way', async ({ level, index, way }) => {
    const own = await grown();
    const of = ask(own.tenantId);
    const asked = () =>
      [1, 200, 256, 257, 400, 512, 513, 600].flatMap((seq) => [() => of.inclusion(seq), () => of.consistency(seq)]);
    const right: unknown[] = [];
    for (const one of asked()) right.push(await one());
    const where = `tenant_id = '${own.tenantId}' AND level = ${level} AND index = ${index}`;
    const sql = (ways[way] ?? '').replace(
      '%w',
      way.startsWith('another') ? where.replaceAll(/(tenant_id|level|index) =/g, 't.$1 =') : where,
    );
    await audit.tamper(sql.replace('%o', trail.tenantId).replace('%n', String(17 + 32 * (index % 2))));
    const outcomes: string[] = [];
    for (const [at, one] of asked().entries())
      outcomes.push(
        await one().then(
          (told) => (JSON.stringify(told) === JSON.stringify(right[at]) ? 'right' : 'false'),
          (error: unknown) => (error instanceof AnkaError ? error.code : String(error)),
        ),
      );
    expect(outcomes.filter((outcome) => !['right', 'record-forged'].includes(outcome))).toEqual([]);
    expect(outcomes).toContain('record-forged');
  });

  it.each(['root', 'note'])('gives no proof under a checkpoint with another %s', async (column) => {
    const own = await grown();
    await audit.tamper(`UPDATE checkpoint c SET ${column} = o.${column} FROM checkpoint o
      WHERE c.tenant_id = '${own.tenantId}' AND c.size = 600 AND o.tenant_id = '${own.tenantId}' AND o.size = 257`);
    const of = ask(own.tenantId);
    for (const call of [() => of.inclusion(3), () => of.consistency(5)])
      expect(await codeOf(call())).toBe('record-forged');
  });

  describe('under a checkpoint that the HSM has not signed', () => {
    /** The text that the columns say, under a key that somebody else has made. */
    const signedByAnother = async (own: CheckpointedTrail, size: number, asOurs = false): Promise<string> => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const name = audit.signer.keyOf(own.tenantId).name;
      const key = noteKeyOf('Ed25519', name, publicKey.export({ format: 'der', type: 'spki' }));
      const text = checkpointText({ origin: name, size, root: (await own.tree(size)).root });
      const signature = sign(null, Buffer.from(text), privateKey);
      const keyId = keyIdOf(asOurs ? audit.signer.keyOf(own.tenantId) : key);
      return formatNote({ text, signatures: [{ name, keyId, signature }] });
    };
    const forgeries: Readonly<Record<string, (own: CheckpointedTrail, note: string) => string | Promise<string>>> = {
      'a key of somebody else': (own) => signedByAnother(own, 600),
      'a key that names itself ours': (own) => signedByAnother(own, 600, true),
      'a changed signature': (_, note) => note.replace(/(.)(.)(..\n)$/, '$2$1$3'),
      'our signature of another tree': (_, note) => note.replace('\n600\n', '\n599\n'),
    };
    const calls = (of: ReturnType<typeof ask>) => ({
      latest: of.latest,
      list: of.list,
      inclusion: () => of.inclusion(3),
      'inclusion in an earlier tree': () => of.inclusion(3, 257),
      consistency: () => of.consistency(5),
      tile: () => of.tile(0, 0),
    });

    it.each(Object.entries(forgeries))('nothing is told, if it has %s', async (_, forge) => {
      const own = await grown();
      const right = calls(ask(own.tenantId));
      for (const call of Object.values(right)) expect(await codeOf(call())).toBe('done');
      const note = await forge(own, (await own.checkpoints()).at(-1)?.note ?? expect.unreachable());
      await audit.tamper(`UPDATE checkpoint SET note = '${note}' WHERE tenant_id = '${own.tenantId}' AND size = 600`);
      for (const [name, call] of Object.entries(right))
        expect([name, await codeOf(call())]).toEqual([name, 'record-forged']);
      // The keys are the HSM's word. The size that one has signed last is not told from such a checkpoint.
      const lastSize = await ask(own.tenantId)
        .keys()
        .then(
          ({ keys }) => keys[0]?.lastSize ?? null,
          () => null,
        );
      expect(lastSize).toBeNull();
    });

    it('of another size, a proof of that size carries none, and no list has it', async () => {
      const own = await grown();
      const note = await signedByAnother(own, 257);
      await audit.tamper(`UPDATE checkpoint SET note = '${note}' WHERE tenant_id = '${own.tenantId}' AND size = 257`);
      const of = ask(own.tenantId);
      expect(await codeOf(of.inclusion(3, 257))).toBe('record-forged');
      expect(await codeOf(of.list())).toBe('record-forged');
      expect(await codeOf(of.inclusion(3))).toBe('done');
    });
  });
});

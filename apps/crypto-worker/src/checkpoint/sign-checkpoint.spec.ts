import { randomUUID } from 'node:crypto';
import {
  emptyRoot,
  entryHash,
  formatNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  planConsistency,
  proofFrom,
  TreeEdge,
  verifierKeyOf,
  verifyNote,
} from '@ankasecure/audit-event';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../custody/custody.conformance.js';
import { openPkcs11Custody, type Pkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { Lease } from '../lease/lease.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { UnrecordedKeys } from '../platform-key/unrecorded-key.js';
import { objectMakerOn } from '../testing/object-maker.js';
import {
  contextOf,
  ownClock,
  partitionNamed,
  silent,
  startWorkerDatabase,
  type WorkerDatabase,
} from '../testing/worker-database.js';
import { CheckpointKeys } from './checkpoint-key.js';
import { SignCheckpoint } from './sign-checkpoint.js';

const token = enterToken();
const leaves = Array.from({ length: 300 }, (_, index) => entryHash(Buffer.from(`leaf ${index}`)));
const tiles = new Map<string, Buffer>();
const edge = new TreeEdge();
const roots: Buffer[] = [emptyRoot];
for (const leaf of leaves) {
  edge.append(leaf);
  roots.push(edge.root);
  for (const { level, index, hashes } of edge.takeGrown()) tiles.set(`${level}/${index}`, hashes);
}
const rootAt = (size: number): string => (roots[size] ?? emptyRoot).toString('base64');
const proofOf = (from: number, to: number): string[] =>
  proofFrom(planConsistency(from, to), to, ({ level, index }) => tiles.get(`${level}/${index}`) ?? emptyRoot).map(
    (hash) => hash.toString('base64'),
  );

describe('the signer of checkpoints', () => {
  let database: WorkerDatabase;
  let custody: Pkcs11Custody;
  let lease: Lease;
  let tenantId: string;
  let signer: SignCheckpoint;

  beforeAll(async () => {
    Object.assign(process.env, token.env);
    custody = await openPkcs11Custody(partitionOn(token), listeningLogger(), { tuning: { longSelfTests: false } });
    database = await startWorkerDatabase();
    lease = new Lease(database.config, silent);
  });
  afterAll(async () => {
    await lease.release();
    await custody.close();
    await database.stop();
    token.remove();
  });

  const platformKeys = (): PlatformKeys => {
    const { dataSource, outbox } = database;
    const partition = partitionNamed('default');
    const unrecorded = new UnrecordedKeys(dataSource, custody, silent, outbox, partition);
    return new PlatformKeys(dataSource, custody, objectMakerOn(database, custody, lease), partition, unrecorded);
  };
  const keysNamed = (deployment = 'hsm.example.com') => new CheckpointKeys(custody, platformKeys(), { deployment });
  /** A worker that has signed nothing yet. */
  const newSigner = () => new SignCheckpoint(custody, keysNamed(), ownClock);
  beforeEach(async () => {
    tenantId = randomUUID();
    signer = newSigner();
    await platformKeys().provision(contextOf(tenantId));
  });

  const first = (size: number, by = signer, of = tenantId) =>
    by.sign(contextOf(of), { size, root: rootAt(size), before: null }).then(({ note }) => note);
  const next = (note: string, from: number, size: number, over: object = {}, of = tenantId) =>
    signer
      .sign(contextOf(of), { size, root: rootAt(size), before: { note, proof: proofOf(from, size) }, ...over })
      .then((reply) => reply.note);

  it('composes the text itself, under the name of the tenant’s log', async () => {
    const note = parseNote(await first(7));
    expect(parseCheckpoint(note.text)).toEqual({
      origin: `hsm.example.com/audit/${tenantId}`,
      size: 7,
      root: roots[7],
      extensions: [],
    });
    const keys = await keysNamed().all(tenantId);
    expect(keys.map(({ algorithm }) => algorithm)).toContain('Ed25519');
    for (const key of keys) expect(verifyNote(note, parseVerifierKey(verifierKeyOf(key)))).toBe('valid');
  });

  it('makes the keys of a tenant once, and reports that', async () => {
    await Promise.all([first(3), first(3, newSigner()), first(3, newSigner())]);
    const keys = await keysNamed().all(tenantId);
    expect(keys.map(({ generation }) => generation)).toEqual(keys.map(() => 1));
    const made = (await database.events()).filter(
      (event) =>
        event.tenantId === tenantId && event.operation.startsWith('checkpoint-') && event.outcome === 'success',
    );
    expect(made.map(({ operation }) => operation).sort()).toEqual(keys.map(({ ref }) => `${ref.kind}.create`).sort());
    expect(await codeOf(first(3, signer, randomUUID()))).toBe('tenant-unknown');
  });

  /** What a token, or the way to it, may make of a signature. */
  const faults: Readonly<Record<string, (signature: Uint8Array) => Uint8Array>> = {
    'with a flipped bit': (signature) => signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    'of nothing but zeros': (signature) => signature.map(() => 0),
    'that is too short': (signature) => signature.subarray(1),
    'of another text': (signature) => Buffer.from(signature).reverse(),
  };
  it.each(Object.entries(faults))('gives out no signature %s', async (_, fault) => {
    await first(5);
    const { platformSign } = custody;
    const signed = vi.spyOn(custody, 'platformSign');
    for (const faulty of (await keysNamed().all(tenantId)).map(({ ref }) => ref.kind)) {
      signed.mockImplementation(async (context, ref, input) => {
        const signature = await platformSign.call(custody, context, ref, input);
        return ref.kind === faulty ? fault(signature) : signature;
      });
      expect([faulty, await codeOf(first(6))]).toEqual([faulty, 'internal-error']);
    }
    signed.mockRestore();
    // The same tree is signed when the token is well again.
    expect(await first(6)).not.toBe('');
  });

  it('signs a tree that continues the signed one', async () => {
    let note = await first(1);
    for (const [from, to] of [
      [1, 2],
      [2, 256],
      [256, 257],
      [257, 300],
    ] as const)
      note = await next(note, from, to);
    expect(parseCheckpoint(parseNote(note).text).size).toBe(300);
    expect(await next(note, 300, 300)).not.toBe('');
  });

  it('refuses a tree that does not continue it, and a checkpoint that the HSM has not signed', async () => {
    const note = await first(100);
    const other = randomUUID();
    await platformKeys().provision(contextOf(other));
    const theirs = await first(100, signer, other);
    const parsed = parseNote(note);
    const [line] = parsed.signatures;
    if (line === undefined) return expect.unreachable();
    const forged: Readonly<Record<string, string>> = {
      'another tenant’s': theirs,
      'of another size': note.replace('\n100\n', '\n99\n'),
      'of another root': note.replace(rootAt(100), rootAt(99)),
      'without our signature': formatNote({ ...parsed, signatures: [{ ...line, name: 'another' }] }),
      'with a false signature': formatNote({
        ...parsed,
        signatures: [{ ...line, signature: Buffer.from(line.signature).reverse() }],
      }),
    };
    for (const [what, text] of Object.entries(forged))
      expect([what, await codeOf(next(text, 100, 200))]).toEqual([what, 'record-forged']);
    const proofs: Readonly<Record<string, readonly string[]>> = {
      none: [],
      'of another tree': proofOf(99, 200),
      'to another tree': proofOf(100, 201),
      'a hash too many': [...proofOf(100, 200), rootAt(1)],
    };
    for (const [what, proof] of Object.entries(proofs))
      expect([what, await codeOf(next(note, 100, 200, { before: { note, proof } }))]).toEqual([what, 'record-forged']);
    expect(await codeOf(next(note, 100, 200, { root: rootAt(199) }))).toBe('record-forged');
    expect(await next(note, 100, 200)).not.toBe('');
  });

  it('signs no smaller tree than it has signed, and no other of the same size', async () => {
    const note = await first(100);
    await next(note, 100, 200);
    expect(await codeOf(next(note, 100, 150))).toBe('record-outdated');
    expect(await codeOf(first(100))).toBe('record-outdated');
    const fork = signer.sign(contextOf(tenantId), { size: 200, root: rootAt(199), before: null });
    expect(await codeOf(fork)).toBe('record-forged');
    expect(await first(200)).not.toBe('');
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((size) => signer.sign(contextOf(tenantId), { size: 250, root: rootAt(size), before: null })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

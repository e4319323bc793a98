import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { entryHash } from '../tree/hash.js';
import { planInclusion, proofFrom } from '../tree/proof.js';
import { TreeEdge } from '../tree/tree-edge.js';
import { type Checkpoint, checkpointText, isDeploymentName, originOf, parseCheckpoint } from './checkpoint.js';
import { formatNote, parseNote, strictBase64 } from './note.js';
import {
  keyIdOf,
  type NoteAlgorithm,
  type NoteKey,
  noteKeyOf,
  noteSignature,
  parseVerifierKey,
  signedMessage,
  verifierKeyOf,
  verifyNote,
} from './note-key.js';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.js';

const tenantId = '0192f0c4-7b1e-7c3a-9f10-3d1f5a2b6c70';
const origin = originOf('hsm.example.com', tenantId);
const leaves = Array.from({ length: 5 }, (_, index) => entryHash(Buffer.of(index)));
const edge = new TreeEdge();
for (const leaf of leaves) edge.append(leaf);
const checkpoint: Checkpoint = { origin, size: 5, root: edge.root };
const text = checkpointText(checkpoint);
const signedAt = 1_796_054_400;

interface Signer {
  readonly key: NoteKey;
  readonly privateKey: KeyObject;
}

const pairs = {
  Ed25519: () => generateKeyPairSync('ed25519'),
  'EC-P256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ML-DSA-44': () => generateKeyPairSync('ml-dsa-44'),
} as const satisfies Record<NoteAlgorithm, () => { publicKey: KeyObject; privateKey: KeyObject }>;
const algorithms = Object.keys(pairs) as NoteAlgorithm[];

const signerOf = (algorithm: NoteAlgorithm, name = origin): Signer => {
  const { publicKey, privateKey } = pairs[algorithm]();
  return { key: noteKeyOf(algorithm, name, publicKey.export({ format: 'der', type: 'spki' })), privateKey };
};

/** Signs as an HSM does: r‖s for ECDSA. */
const signatureOf = ({ key, privateKey }: Signer, of: Checkpoint = checkpoint) => {
  const message = signedMessage(key, of, signedAt);
  const raw =
    key.algorithm === 'EC-P256'
      ? sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      : sign(null, message, privateKey);
  return { name: key.name, keyId: keyIdOf(key), signature: noteSignature(key.algorithm, raw, signedAt) };
};

const noteOf = (...signers: readonly Signer[]): string =>
  formatNote({ text, signatures: signers.map((signer) => signatureOf(signer)) });

describe('a checkpoint', () => {
  it('is the text that C2SP describes', () => {
    expect(text).toBe(`${origin}\n5\n${edge.root.toString('base64')}\n`);
    expect(parseCheckpoint(text)).toEqual({ ...checkpoint, extensions: [] });
    const extended = { ...checkpoint, extensions: ['a', 'b'] };
    expect(parseCheckpoint(checkpointText(extended))).toEqual(extended);
  });

  it.each([
    ['an empty text', ''],
    ['no last newline', text.slice(0, -1)],
    ['an empty origin', text.replace(origin, '')],
    ['a size with a zero before it', text.replace('\n5\n', '\n05\n')],
    ['a negative size', text.replace('\n5\n', '\n-5\n')],
    ['a size that is too large', text.replace('\n5\n', '\n9007199254740993\n')],
    ['a short root', text.replace(edge.root.toString('base64'), edge.root.subarray(1).toString('base64'))],
    ['a root in another alphabet', text.replace('=', '')],
    ['an empty extension', `${text}\nx\n`],
  ])('is not %s', (_, bad) => {
    expect(() => parseCheckpoint(bad)).toThrow('This is not a checkpoint');
  });

  it('names a deployment that a key can have in its name', () => {
    expect(['hsm.example.com', 'a/b'].every(isDeploymentName)).toBe(true);
    expect(['', 'a b', 'a+b', 'a/', 'a\n', 'x'.repeat(121)].some(isDeploymentName)).toBe(false);
  });
});

describe.each(algorithms)('a note under %s', (algorithm) => {
  const signer = signerOf(algorithm);
  const note = noteOf(signer);

  it('verifies with the key, and its verifier key is read back', () => {
    expect(parseVerifierKey(verifierKeyOf(signer.key))).toEqual(signer.key);
    expect(verifyNote(parseNote(note), signer.key)).toBe('valid');
    expect(formatNote(parseNote(note))).toBe(note);
  });

  it('does not verify after any change of its text or signature', () => {
    const parsed = parseNote(note);
    const [own] = parsed.signatures;
    if (own === undefined) return expect.unreachable();
    const others: Checkpoint[] = [
      { ...checkpoint, size: 6 },
      { ...checkpoint, root: leaves[0] ?? expect.unreachable() },
      { ...checkpoint, origin: originOf('hsm.example.com', tenantId.replace('0192', '0193')) },
    ];
    for (const other of others)
      expect(verifyNote({ ...parsed, text: checkpointText(other) }, signer.key)).toBe('invalid');
    for (let at = 0; at < own.signature.length; at += Math.ceil(own.signature.length / 97)) {
      const signature = Buffer.from(own.signature);
      signature[at] = (signature[at] ?? 0) ^ 1;
      expect(verifyNote({ ...parsed, signatures: [{ ...own, signature }] }, signer.key)).toBe('invalid');
    }
    for (const signature of [Buffer.of(0), own.signature.subarray(1), Buffer.concat([own.signature, Buffer.of(0)])])
      expect(verifyNote({ ...parsed, signatures: [{ ...own, signature }] }, signer.key)).toBe('invalid');
  });

  it('says nothing of other keys, and is refused if one of two signatures is false', () => {
    const other = signerOf(algorithm);
    expect(verifyNote(parseNote(note), other.key)).toBe('unsigned');
    expect(verifyNote(parseNote(note), { ...signer.key, name: 'another' })).toBe('unsigned');
    const [own] = parseNote(note).signatures;
    if (own === undefined) return expect.unreachable();
    const broken = { ...own, signature: Buffer.from(own.signature).fill(0) };
    expect(verifyNote({ text, signatures: [own, broken] }, signer.key)).toBe('invalid');
  });

  it('carries the proof of a leaf', () => {
    const tiles = Buffer.concat(leaves);
    const proof = proofFrom(planInclusion(3, 5), 5, () => tiles);
    const carried = formatTlogProof({ index: 3, proof, checkpoint: note });
    expect(parseTlogProof(carried)).toEqual({ index: 3, proof, checkpoint: note });
    const verify = (leaf: number, of: string, proofText: string): boolean =>
      verifyTlogProof(leaves[leaf] ?? expect.unreachable(), of, proofText, signer.key);
    expect(verify(3, origin, carried)).toBe(true);
    expect(verify(3, origin, carried.replace('\nindex', '\nextra AAAA\nindex'))).toBe(true);
    expect(verify(2, origin, carried)).toBe(false);
    expect(verify(3, 'another', carried)).toBe(false);
    expect(verify(3, origin, carried.replace('index 3', 'index 2'))).toBe(false);
    expect(verifyTlogProof(leaves[3] ?? expect.unreachable(), origin, carried, signerOf(algorithm).key)).toBe(false);
  });
});

describe('a note', () => {
  it('is signed by several keys', () => {
    const signers = algorithms.map((algorithm) => signerOf(algorithm));
    const note = parseNote(noteOf(...signers));
    for (const { key } of signers) expect(verifyNote(note, key)).toBe('valid');
  });

  /** The example of golang.org/x/mod/sumdb/note, whose form C2SP took over. */
  it('of another implementation verifies', () => {
    const key = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const note =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    expect(verifyNote(parseNote(note), key)).toBe('valid');
    expect(verifyNote(parseNote(note.replace('answer', 'cause')), key)).toBe('invalid');
  });

  const good = noteOf(signerOf('Ed25519'));
  it.each([
    ['no empty line', good.replace('\n\n', '\n')],
    ['no text', good.slice(good.indexOf('\n\n'))],
    ['no signature', good.slice(0, good.indexOf('\n\n') + 2)],
    ['no last newline', good.slice(0, -1)],
    ['a tab in its text', good.replace('\n5\n', '\n5\t\n')],
    ['a carriage return', good.replace('\n5\n', '\r\n5\n')],
    ['half a surrogate pair', good.replace('\n5\n', '\n\ud800\n')],
    ['a hyphen for a dash', good.replace('\u2014', '-')],
    ['a name with a plus', good.replace('\u2014 hsm', '\u2014 h+sm')],
    ['a name with a no-break space', good.replace('\u2014 hsm', '\u2014 h\u00a0sm')],
    ['a third word', good.replace(/\n$/, ' x\n')],
    ['sloppy base64', good.replace(/=*\n$/, '\n')],
    ['a signature without bytes', good.replace(/ \S+\n$/, ' AAAAAA==\n')],
    ['too many signatures', good + good.slice(good.indexOf('\u2014')).repeat(64)],
  ])('with %s is refused', (_, bad) => {
    expect(() => parseNote(bad)).toThrow('This is not a signed note');
  });

  it.each([
    '',
    'a',
    'a+00000000+AAAA',
    'a+00000000+',
    verifierKeyOf(signerOf('Ed25519').key).replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
    verifierKeyOf(signerOf('Ed25519', 'a').key).replace('a+', 'b+'),
    verifierKeyOf(signerOf('EC-P256').key).slice(0, -4),
    verifierKeyOf(signerOf('ML-DSA-44').key).toUpperCase(),
  ])('has no verifier key %#', (key) => {
    expect(() => parseVerifierKey(key)).toThrow('not a key that verifies notes');
  });

  it('takes keys of their own algorithm and names that a line can hold', () => {
    const spki = pairs.Ed25519().publicKey.export({ format: 'der', type: 'spki' });
    expect(() => noteKeyOf('EC-P256', 'a', spki)).toThrow();
    expect(() => noteKeyOf('ML-DSA-44', 'a', spki)).toThrow();
    expect(() => noteKeyOf('Ed25519', 'a b', spki)).toThrow();
    expect(strictBase64('AAA')).toBeUndefined();
  });
});

describe('a proof', () => {
  it.each([
    '',
    'c2sp.org/tlog-proof@v1\n\n',
    'c2sp.org/tlog-proof@v2\nindex 0\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 01\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx',
    `c2sp.org/tlog-proof@v1\nindex 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\nx`,
  ])('is not %#', (bad) => {
    expect(() => parseTlogProof(bad)).toThrow('This is not a proof');
  });
});

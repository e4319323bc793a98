import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { emptyRoot } from '../tree/hash.js';
import { planConsistency, planInclusion, proofFrom } from '../tree/proof.js';
import { TreeEdge } from '../tree/tree-edge.js';
import { checkpointText, parseCheckpoint } from './checkpoint.js';
import { parseNote } from './note.js';
import { type NoteAlgorithm, parseVerifierKey, verifyNote } from './note-key.js';
import { formatTlogProof, verifyTlogProof } from './tlog-proof.js';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../vectors/${name}`, import.meta.url));
const read = (name: string): unknown => JSON.parse(readFileSync(pathOf(name), 'utf8'));

/** Hashes are in hex. */
interface Vectors {
  readonly origin: string;
  readonly keys: Readonly<Record<NoteAlgorithm, string>>;
  readonly roots: readonly string[];
  readonly inclusion: readonly { readonly seq: number; readonly size: number; readonly proof: readonly string[] }[];
  readonly consistency: readonly { readonly from: number; readonly to: number; readonly proof: readonly string[] }[];
  readonly checkpoint: string;
  readonly tlogProof: { readonly seq: number; readonly text: string };
}

const trail = read('version-1.json') as { readonly vectors: readonly { readonly sealed: { readonly hash: string } }[] };
const vectors = read('tree-1.json') as Vectors;
const leaves = trail.vectors.map(({ sealed }) => Buffer.from(sealed.hash, 'hex'));
const hex = (hashes: readonly Buffer[]): readonly string[] => hashes.map((hash) => hash.toString('hex'));
const readTile = () => Buffer.concat(leaves);

describe('the frozen vectors of the tree', () => {
  it('have our roots and proofs', () => {
    const edge = new TreeEdge();
    const roots = leaves.map((leaf) => {
      edge.append(leaf);
      return edge.root;
    });
    expect(hex([emptyRoot, ...roots])).toEqual(vectors.roots);
    for (const { seq, size, proof } of vectors.inclusion)
      expect(hex(proofFrom(planInclusion(seq - 1, size), size, readTile))).toEqual(proof);
    for (const { from, to, proof } of vectors.consistency)
      expect(hex(proofFrom(planConsistency(from, to), to, readTile))).toEqual(proof);
  });

  it.each(Object.entries(vectors.keys))('have a checkpoint that verifies under %s', (_, text) => {
    const key = parseVerifierKey(text);
    const note = parseNote(vectors.checkpoint);
    expect(verifyNote(note, key)).toBe('valid');
    const checkpoint = parseCheckpoint(note.text);
    expect(checkpointText(checkpoint)).toBe(note.text);
    expect(checkpoint).toMatchObject({ origin: vectors.origin, size: leaves.length });
    expect(verifyNote({ ...note, text: checkpointText({ ...checkpoint, size: 1 }) }, key)).toBe('invalid');
  });

  it('have our proof of a leaf', () => {
    const { seq, text } = vectors.tlogProof;
    const proof = proofFrom(planInclusion(seq - 1, leaves.length), leaves.length, readTile);
    expect(formatTlogProof({ index: seq - 1, proof, checkpoint: vectors.checkpoint })).toBe(text);
    const leaf = leaves[seq - 1] ?? expect.unreachable();
    for (const key of Object.values(vectors.keys).map(parseVerifierKey))
      expect(verifyTlogProof(leaf, vectors.origin, text, key)).toBe(true);
  });

  it('match a second implementation in Python', () => {
    const files = ['check_tree.py', 'version-1.json', 'tree-1.json'].map(pathOf);
    const checked = execFileSync('python3', files, { encoding: 'utf8' });
    expect(checked.trim()).toBe(String(4 + vectors.inclusion.length + vectors.consistency.length));
  });
});

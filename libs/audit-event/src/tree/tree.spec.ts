import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRoot, entryHash, joinPeaks, nodeHash } from './hash.js';
import { type ProofPlan, planConsistency, planInclusion, proofFrom } from './proof.js';
import { edgeTiles, parseTilePath, tilePath, widthAt } from './tile.js';
import { type ReadTile, TreeEdge } from './tree-edge.js';
import { rootOfInclusion, verifyConsistency, verifyInclusion } from './verify-proof.js';

const most = 300;
const entryOf = (index: number): Buffer => Buffer.from(`entry ${index}`);

/** RFC 6962 §2.1, word for word, over leaf hashes. */
class Reference {
  private readonly known = new Map<string, Buffer>();

  constructor(private readonly leaves: readonly Buffer[]) {}

  root(from: number, until: number): Buffer {
    const name = `${from}-${until}`;
    const known = this.known.get(name) ?? this.compute(from, until);
    this.known.set(name, known);
    return known;
  }

  path(m: number, from: number, until: number): Buffer[] {
    if (until - from === 1) return [];
    const k = from + this.split(until - from);
    return m < k ? [...this.path(m, from, k), this.root(k, until)] : [...this.path(m, k, until), this.root(from, k)];
  }

  proof(m: number, from: number, until: number, isWhole: boolean): Buffer[] {
    if (m === until) return isWhole ? [] : [this.root(from, until)];
    const k = from + this.split(until - from);
    return m <= k
      ? [...this.proof(m, from, k, isWhole), this.root(k, until)]
      : [...this.proof(m, k, until, false), this.root(from, k)];
  }

  private compute(from: number, until: number): Buffer {
    if (until === from) return emptyRoot;
    if (until - from === 1) return this.leaves[from] ?? expect.unreachable();
    const k = from + this.split(until - from);
    return nodeHash(this.root(from, k), this.root(k, until));
  }

  private split(n: number): number {
    return 2 ** (Math.ceil(Math.log2(n)) - 1);
  }
}

/** A grown tree, as a log stores it: each tile once, as it was last. */
class StoredTree {
  readonly edge = new TreeEdge();
  readonly roots: Buffer[] = [emptyRoot];
  readonly tiles = new Map<string, Buffer>();
  /** `tiles` and nothing else. */
  readonly read: ReadTile = ({ level, index }) => this.tiles.get(`${level}/${index}`) ?? expect.unreachable();

  grow(leaves: readonly Buffer[], keepsRoots = false): this {
    for (const leaf of leaves) {
      this.edge.append(leaf);
      if (keepsRoots) this.roots.push(this.edge.root);
    }
    for (const { level, index, hashes } of this.edge.takeGrown()) this.tiles.set(`${level}/${index}`, hashes);
    return this;
  }

  prove(plan: ProofPlan, size: number): readonly Buffer[] {
    // The plan names all tiles that the proof takes, and no wider ones than the tree has.
    const planned = new Map(plan.tiles.map((tile) => [tilePath(tile), this.read(tile).subarray(0, tile.width * 32)]));
    return proofFrom(plan, size, (tile) => planned.get(tilePath(tile)) ?? expect.unreachable());
  }
}

const leaves = Array.from({ length: most }, (_, index) => entryHash(entryOf(index)));
const reference = new Reference(leaves);
const stored = new StoredTree().grow(leaves, true);
const rootAt = (size: number): Buffer => stored.roots[size] ?? expect.unreachable();
const headAt = (size: number) => ({ size, root: rootAt(size) });
/** All places up to `count`, or those at both ends and others that differ from size to size. */
const placesIn = (count: number): number[] =>
  Array.from({ length: count }, (_, place) => place).filter(
    (place) => count <= 40 || place < 2 || place > count - 4 || place % 23 === count % 23 || place % 128 === 0,
  );
const areSame = (a: readonly Buffer[], b: readonly Buffer[]): boolean => Buffer.concat(a).equals(Buffer.concat(b));
const sizes = Array.from({ length: most }, (_, index) => index + 1);

describe('a tree of every size up to 300', () => {
  it('has the root of RFC 6962', () => {
    for (const size of sizes) expect(rootAt(size)).toEqual(reference.root(0, size));
  });

  it('proves each of its leaves as RFC 6962 does', () => {
    const faults = sizes.flatMap((size) =>
      placesIn(size).filter((index) => {
        const proof = stored.prove(planInclusion(index, size), size);
        return !(
          areSame(proof, reference.path(index, 0, size)) &&
          verifyInclusion(leaves[index] ?? emptyRoot, index, headAt(size), proof)
        );
      }),
    );
    expect(faults).toEqual([]);
  });

  it('proves that it continues each smaller one as RFC 6962 does', () => {
    const faults = sizes.flatMap((size) =>
      placesIn(size + 1).filter((before) => {
        const proof = stored.prove(planConsistency(before, size), size);
        const expected = before === 0 ? [] : reference.proof(before, 0, size, true);
        return !(areSame(proof, expected) && verifyConsistency(headAt(before), headAt(size), proof));
      }),
    );
    expect(faults).toEqual([]);
  });

  it('goes on from its stored tiles', () => {
    for (const size of sizes) {
      const tree = new StoredTree().grow(leaves.slice(0, size));
      const again = TreeEdge.of(size, tree.read);
      expect(again.root).toEqual(rootAt(size));
      for (const leaf of leaves.slice(size)) again.append(leaf);
      expect(again.root).toEqual(rootAt(most));
      const grown = again.takeGrown();
      expect(grown.every((tile) => tile.hashes.equals(stored.read({ ...tile, width: 1 })))).toBe(true);
    }
  });
});

describe('a proof that was changed', () => {
  const place = fc.integer({ min: 2, max: most }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
  const at = fc.nat(1000);
  /** Changes a proof of at least one hash in every way that leaves a list of hashes. */
  const changes: Readonly<Record<string, (proof: readonly Buffer[], at: number) => readonly Buffer[]>> = {
    'one bit': (proof, where) =>
      proof.map((hash, index) => {
        const changed = Buffer.from(hash);
        if (index === where % proof.length) changed[where % 32] = (changed[where % 32] ?? 0) ^ (1 << (where % 8));
        return changed;
      }),
    'a hash too few': (proof, where) => proof.toSpliced(where % proof.length, 1),
    'a hash too many': (proof, where) =>
      proof.toSpliced(where % (proof.length + 1), 0, leaves[where % most] ?? emptyRoot),
    'the other way round': (proof) => (proof.length > 1 ? proof.toReversed() : [emptyRoot]),
  };

  it.each(Object.keys(changes))('by %s does not hold', (how) => {
    const change = changes[how] ?? expect.unreachable();
    fc.assert(
      fc.property(place, at, ([size, index], where) => {
        const proof = stored.prove(planInclusion(index, size), size);
        expect(verifyInclusion(leaves[index] ?? emptyRoot, index, headAt(size), change(proof, where))).toBe(false);
        const further = stored.prove(planConsistency(index + 1, size), size);
        if (index + 1 < size)
          expect(verifyConsistency(headAt(index + 1), headAt(size), change(further, where))).toBe(false);
      }),
    );
  });

  it('does not hold for another leaf, index, size or root', () => {
    fc.assert(
      fc.property(place, at, ([size, index], where) => {
        const proof = stored.prove(planInclusion(index, size), size);
        const [leaf, other] = [leaves[index] ?? emptyRoot, where % size];
        if (other !== index) {
          expect(verifyInclusion(leaves[other] ?? emptyRoot, index, headAt(size), proof)).toBe(false);
          expect(verifyInclusion(leaf, other, headAt(size), proof)).toBe(false);
        }
        if (where % most !== size && where % most > 0)
          expect(verifyInclusion(leaf, index, headAt(where % most), proof)).toBe(
            rootOfInclusion(leaf, index, where % most, proof)?.equals(rootAt(where % most)) === true,
          );
        expect(verifyInclusion(leaf, index, { size, root: leaf }, proof)).toBe(false);
      }),
    );
  });

  it('never shows that a tree continues another one', () => {
    const forked = new StoredTree().grow(leaves.with(41, entryHash(Buffer.from('another'))), true);
    for (let before = 42; before < most; before += 7) {
      const proof = stored.prove(planConsistency(before, most), most);
      const fork = { size: before, root: forked.roots[before] ?? emptyRoot };
      expect(verifyConsistency(fork, headAt(most), proof)).toBe(false);
      expect(verifyConsistency(headAt(before), { size: most, root: forked.edge.root }, proof)).toBe(false);
      const own = forked.prove(planConsistency(before, most), most);
      expect(verifyConsistency(headAt(before), { size: most, root: forked.edge.root }, own)).toBe(false);
    }
  });

  it('is refused for sizes that do not fit', () => {
    expect(verifyConsistency(headAt(8), headAt(7), [])).toBe(false);
    expect(verifyConsistency(headAt(7), { size: 7, root: rootAt(8) }, [])).toBe(false);
    expect(verifyConsistency(headAt(3), headAt(7), [])).toBe(false);
    expect(verifyInclusion(emptyRoot, 0, { size: 0, root: emptyRoot }, [])).toBe(false);
    expect(() => planInclusion(7, 7)).toThrow(RangeError);
    expect(() => planConsistency(8, 7)).toThrow(RangeError);
    expect(joinPeaks([])).toEqual(emptyRoot);
  });
});

/** The leaves and hashes of the tests of google/certificate-transparency, which RFC 6962 describes. */
describe('the vectors of Certificate Transparency', () => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const paths: readonly (readonly [index: number, size: number, path: readonly string[]])[] = [
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [
      1,
      5,
      [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ];
  const consistencies: readonly (readonly [before: number, size: number, proof: readonly string[]])[] = [
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ];
  const known = new StoredTree().grow(
    inputs.map((input) => entryHash(Buffer.from(input, 'hex'))),
    true,
  );
  const hex = (hashes: readonly Buffer[]): readonly string[] => hashes.map((hash) => hash.toString('hex'));

  it('have our roots, audit paths and consistency proofs', () => {
    expect(hex(known.roots)).toEqual(roots);
    for (const [index, size, path] of paths) expect(hex(known.prove(planInclusion(index, size), size))).toEqual(path);
    for (const [before, size, proof] of consistencies)
      expect(hex(known.prove(planConsistency(before, size), size))).toEqual(proof);
  });
});

describe('tiles', () => {
  /** Of C2SP tlog-tiles. */
  it('of a tree of 70,000 leaves are those that C2SP counts', () => {
    const tree = new StoredTree().grow(Array.from({ length: 70_000 }, (_, index) => entryHash(entryOf(index))));
    const count = (level: number, width: number): number =>
      [...tree.tiles].filter(([name, hashes]) => name.startsWith(`${level}/`) && hashes.length === 32 * width).length;
    expect([count(0, 256), count(0, 112), count(1, 256), count(1, 17), count(2, 1)]).toEqual([273, 1, 1, 1, 1]);
    expect(edgeTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    const head = { size: 70_000, root: tree.edge.root };
    for (const index of [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999]) {
      const proof = tree.prove(planInclusion(index, 70_000), 70_000);
      expect(verifyInclusion(entryHash(entryOf(index)), index, head, proof)).toBe(true);
    }
    for (const before of [255, 256, 257, 65_536, 65_537, 69_888]) {
      const root = TreeEdge.of(before, tree.read).root;
      const proof = tree.prove(planConsistency(before, 70_000), 70_000);
      expect(verifyConsistency({ size: before, root }, head, proof)).toBe(true);
    }
  });

  it('of a tree of 256 leaves are a full one and one above', () => {
    expect(edgeTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect([0, 1].map((level) => widthAt({ level, index: 0 }, 256))).toEqual([256, 1]);
  });

  it('are named by paths that are read back', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 1, index: 0, width: 17 })).toBe('tile/1/000.p/17');
    const name = fc.record({
      level: fc.integer({ min: 0, max: 6 }),
      index: fc.nat(2 ** 40),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(
      fc.property(name, (tile) => {
        expect(parseTilePath(tilePath(tile))).toEqual(tile);
      }),
    );
  });

  it.each([
    '',
    'tile/0/1',
    'tile/00/001',
    'tile/64/001',
    'tile/0/x000/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/01',
    'tile/0/001/002',
    'tile/0/001\n',
    'tile/entries/001',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
  ])('have no path %j', (path) => {
    expect(() => parseTilePath(path)).toThrow('does not name a tile');
  });

  it('are refused if they lack hashes, and leaves if they are no hashes', () => {
    expect(() => TreeEdge.of(3, () => Buffer.alloc(64))).toThrow(RangeError);
    expect(() => new TreeEdge().append(Buffer.alloc(31))).toThrow(RangeError);
    expect(() => proofFrom(planInclusion(0, 3), 3, () => Buffer.alloc(32))).toThrow(RangeError);
  });
});

import { emptyRoot, nodeHash } from './hash.js';

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const isOdd = (value: number): boolean => value % 2 === 1;

/** The positions of a leaf, or of the last leaf of a smaller tree, and of the last leaf, on the way from the leaves to the root. */
class Climb {
  constructor(
    private at: number,
    private last: number,
  ) {}

  get isAtTop(): boolean {
    return this.last === 0;
  }

  /** Climbs one level. */
  step(): void {
    this.at = Math.floor(this.at / 2);
    this.last = Math.floor(this.last / 2);
  }

  /** Climbs while the position is a right child. */
  skipRight(): void {
    while (isOdd(this.at)) this.step();
  }

  /** @returns whether the next hash of the proof is that of a left sibling, after climbing past the levels that have none */
  takesLeft(): boolean {
    const isLeft = isOdd(this.at) || this.at === this.last;
    if (isLeft) while (!isOdd(this.at) && this.at !== 0) this.step();
    return isLeft;
  }
}

/**
 * The root that an audit path leads to (RFC 9162 §2.1.3.2), or undefined for a path that no tree of that size has.
 * @param leaf its hash @param index from 0
 */
export const rootOfInclusion = (
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Buffer | undefined => {
  if (!(index >= 0 && index < size)) return undefined;
  const climb = new Climb(index, size - 1);
  let root: Buffer = Buffer.from(leaf);
  for (const hash of proof) {
    if (climb.isAtTop) return undefined;
    root = climb.takesLeft() ? nodeHash(hash, root) : nodeHash(root, hash);
    climb.step();
  }
  return climb.isAtTop ? root : undefined;
};

/** Whether the tree of that size and root has the leaf at that index, counted from 0. */
export const verifyInclusion = (
  leaf: Uint8Array,
  index: number,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean => {
  const found = rootOfInclusion(leaf, index, size, proof);
  return found !== undefined && equal(found, root);
};

/** A tree as a checkpoint names it. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether the second tree continues the first (RFC 9162 §2.1.4.2). Every tree continues the empty one. */
export const verifyConsistency = (first: TreeHead, second: TreeHead, proof: readonly Uint8Array[]): boolean => {
  if (first.size > second.size || first.size < 0) return false;
  if (first.size === second.size) return proof.length === 0 && equal(first.root, second.root);
  if (first.size === 0) return proof.length === 0 && equal(first.root, emptyRoot);
  return climbs(first, second, isPowerOfTwo(first.size) ? [first.root, ...proof] : proof);
};

const isPowerOfTwo = (value: number): boolean => {
  let power = 1;
  while (power < value) power *= 2;
  return power === value;
};

const climbs = (first: TreeHead, second: TreeHead, [start, ...path]: readonly Uint8Array[]): boolean => {
  if (start === undefined) return false;
  const climb = new Climb(first.size - 1, second.size - 1);
  climb.skipRight();
  let [before, after]: [Buffer, Buffer] = [Buffer.from(start), Buffer.from(start)];
  for (const hash of path) {
    if (climb.isAtTop) return false;
    if (climb.takesLeft()) {
      before = nodeHash(hash, before);
      after = nodeHash(hash, after);
    } else after = nodeHash(after, hash);
    climb.step();
  }
  return climb.isAtTop && equal(before, first.root) && equal(after, second.root);
};

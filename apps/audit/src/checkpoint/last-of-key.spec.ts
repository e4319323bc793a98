import { generateKeyPairSync } from 'node:crypto';
import {
  checkpointText,
  emptyRoot,
  formatNote,
  keyIdOf,
  noteKeyOf,
  parseVerifierKey,
  verifierKeyOf,
} from '@ankasecure/audit-event';
import type { EntityManager } from 'typeorm';
import { expect, it } from 'vitest';
import { lastOf } from './last-of-key.js';

const origin = 'ankasecure/audit/a';
const keys = [1, 2, 3, 4].map((generation) => {
  const spki = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' });
  return { algorithm: 'Ed25519' as const, generation, verifierKey: verifierKeyOf(noteKeyOf('Ed25519', origin, spki)) };
});

/** Checkpoints of growing sizes. @param counts how many each generation has signed */
const checkpointsOf = (counts: readonly number[]) => {
  let size = 0;
  return counts.flatMap((count, at) =>
    Array.from({ length: count }, () => {
      size += 1 + ((size * 7) % 13);
      const keyId = keyIdOf(parseVerifierKey(keys[at]?.verifierKey ?? expect.unreachable()));
      const text = checkpointText({ origin, size, root: emptyRoot });
      const note = formatNote({ text, signatures: [{ name: origin, keyId, signature: Buffer.alloc(64) }] });
      return { size, root: emptyRoot, note, generation: at + 1 };
    }),
  );
};

it.each([
  [[0, 0, 0, 0]],
  [[1, 0, 0, 0]],
  [[5, 1, 1, 1]],
  [[0, 3, 0, 2]],
  [[2, 0, 0, 7]],
  [[300, 200, 100, 3]],
  [[1, 1, 1, 3_000]],
  [[3_000, 1, 1, 1]],
])('finds the last checkpoint of each generation among %j, in few steps', async (counts) => {
  const stored = checkpointsOf(counts);
  let statements = 0;
  const query = async (_: string, [, before, limit]: [string, number | null, number]): Promise<unknown[]> => {
    statements++;
    return stored
      .filter(({ size }) => before === null || size < before)
      .toReversed()
      .slice(0, limit);
  };
  const manager = { query } as unknown as EntityManager;
  for (const key of keys) {
    statements = 0;
    const found = await lastOf(manager, 'a', key, keys);
    const expected = stored.findLast(({ generation }) => generation === key.generation)?.size;
    expect(found?.size).toBe(expected);
    expect(statements).toBeLessThan(40);
  }
});

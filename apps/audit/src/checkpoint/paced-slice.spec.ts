import type { ChainRow } from '@ankasecure/audit-event';
import { describe, expect, it } from 'vitest';
import { startAfter } from '../trail/chain-walk.js';
import { inPieces } from './paced-slice.js';

const rowAt = (seq: number) => ({ seq, hash: Buffer.alloc(32) }) as unknown as ChainRow;
const startAt = (seq: number) => startAfter({ seq: seq - 1, hash: Buffer.alloc(32) });

describe('the pieces of slices', () => {
  it.each([1, 99, 100, 101, 1000, 2345])(
    'are the rows of a trail of %d, each once, with a rest after each',
    async (last) => {
      const slices: number[] = [];
      const rests: number[] = [];
      const read = inPieces(
        async ({ seq }) => {
          slices.push(seq);
          return Array.from({ length: Math.min(1000, last - seq + 1) }, (_, at) => rowAt(seq + at));
        },
        async (ms) => rests.push(ms),
      );
      const seqs: number[] = [];
      while (seqs.length < last) {
        const piece = await read(startAt(seqs.length + 1), last);
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.length).toBeLessThanOrEqual(100);
        seqs.push(...piece.map(({ seq }) => seq));
      }
      expect(seqs).toEqual(Array.from({ length: last }, (_, at) => at + 1));
      expect(slices.length).toBe(Math.ceil(last / 1000));
      expect(rests.length).toBe(Math.ceil(last / 100) - 1);
    },
  );

  it.each([
    ['a short way', 300, 1],
    ['a long way', 1_000_000, 4],
  ])('are followed by a rest that the work on them decides, up to a bound: %s', async (_, until, times) => {
    const rests: number[] = [];
    const read = inPieces(
      async ({ seq }) => Array.from({ length: 300 }, (_row, at) => rowAt(seq + at)),
      async (ms) => rests.push(ms),
    );
    const work = (ms: number): void => {
      for (const end = performance.now() + ms; performance.now() < end; );
    };
    await read(startAt(1), until);
    work(10);
    await read(startAt(101), until);
    work(200);
    await read(startAt(201), until);
    expect(rests[0]).toBeGreaterThanOrEqual(9 * times);
    expect(rests[1]).toBeGreaterThanOrEqual(Math.min(1_000, 200 * times));
    work(600);
    await read(startAt(301), until);
    expect(rests[2]).toBeLessThanOrEqual(1_000);
  });

  it('begin anew where the rows do not go on', async () => {
    const read = inPieces(
      async ({ seq }) => [rowAt(seq), rowAt(seq + 5)],
      async () => undefined,
    );
    expect((await read(startAt(1), 9)).map(({ seq }) => seq)).toEqual([1, 6]);
    expect((await read(startAt(3), 9)).map(({ seq }) => seq)).toEqual([3, 8]);
  });
});

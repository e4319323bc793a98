import { type ChainRow, type ChainStart, ChainVerification } from '@ankasecure/audit-event';
import { AnkaError } from '@ankasecure/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { walkChain } from './chain-walk.js';

describe('a walk along a trail', () => {
  beforeEach(() => {
    vi.spyOn(ChainVerification.prototype, 'feed').mockReturnValue(undefined);
    vi.spyOn(ChainVerification.prototype, 'finish').mockReturnValue(undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  const hash = Buffer.alloc(32);
  const start: ChainStart = { seq: 1, previousHash: hash, sealedAt: 0 };
  const to = { seq: 40, hash };
  const rowsFrom = (seq: number) =>
    Array.from({ length: 10 }, (_, row) => ({ seq: seq + row, hash }) as unknown as ChainRow);

  const lasting: readonly (readonly [string, Error])[] = [
    ['times out', Object.assign(new Error('canceled'), { code: '57014' })],
    ['loses its connection', Object.assign(new Error('ended'), { code: '08006' })],
    ['is not answered', new AnkaError('service-unavailable')],
  ];
  const cases = lasting.flatMap(([what, error]) => [1, 2, 3, 4].map((slice) => ({ what, error, slice })));

  it.each(cases)('goes on where it was if the reading of slice $slice $what', async ({ error, slice }) => {
    const asked: number[] = [];
    const read = ({ seq }: ChainStart) => {
      asked.push(seq);
      return asked.length === slice ? Promise.reject(error) : Promise.resolve(rowsFrom(seq));
    };
    const walked = await walkChain('tenant', start, to, read, () => true);
    const at = walked.standing === 'pending' ? walked.at : expect.unreachable();
    expect(at.seq).toBe((slice - 1) * 10 + 1);
    expect(await walkChain('tenant', at, to, read, () => true)).toMatchObject({ standing: 'proven' });
    expect(asked.filter((seq) => seq !== at.seq)).toEqual([1, 11, 21, 31].filter((seq) => seq !== at.seq));
  });

  it('ends with an error that no repetition helps', async () => {
    const read = () => Promise.reject(new TypeError('x is null'));
    await expect(walkChain('tenant', start, to, read, () => true)).rejects.toThrow(TypeError);
  });
});

import { type ChainHead, type ChainRow, type ChainStart, ChainVerification } from '@ankasecure/audit-event';
import { asAnkaError } from '@ankasecure/service-kit';

/** The next rows of a trail, from a start on up to a sequence number. None: the trail has no row there. */
export type ReadSlice = (start: ChainStart, untilSeq: number) => Promise<readonly ChainRow[]>;

/** `pending`: the time did not suffice, or the database did not answer. `at`: where the next row must follow. */
export type Walked =
  | { readonly standing: 'proven'; readonly last: ChainRow }
  | { readonly standing: 'broken' }
  | { readonly standing: 'pending'; readonly at: ChainStart };

/** The start of a stretch after a known row. @param sealedAt when the row was sealed, if it is known */
export const startAfter = ({ seq, hash }: ChainHead, sealedAt?: Date): ChainStart => ({
  seq: seq + 1,
  previousHash: hash,
  sealedAt: (sealedAt?.getTime() ?? 0) * 1000,
});

const afterRow = ({ seq, hash, sealedAt }: ChainRow, before: ChainStart): ChainStart => ({
  seq: seq + 1,
  previousHash: hash,
  sealedAt: Math.max(sealedAt, before.sealedAt),
});

/**
 * Walks along the hash chain of a trail, row by row. No two stretches lead to the same hash: where one arrives at `to`, the row at
 * `to` continues the row before the start, whatever the database says. It takes no key.
 * @param mayRead asked before each slice
 * @throws the errors of `read` that no repetition helps
 */
export const walkChain = async (
  tenantId: string,
  start: ChainStart,
  to: ChainHead,
  read: ReadSlice,
  mayRead: () => boolean,
): Promise<Walked> => {
  let at = start;
  for (;;) {
    if (!mayRead()) return { standing: 'pending', at };
    const rows = await read(at, to.seq).catch(unread);
    if (rows === undefined) return { standing: 'pending', at };
    const last = rows.at(-1);
    const chain = new ChainVerification(tenantId, at);
    if (last === undefined || rows.some((row) => chain.feed(row) !== undefined)) return { standing: 'broken' };
    if (last.seq >= to.seq)
      return chain.finish(to) === undefined ? { standing: 'proven', last } : { standing: 'broken' };
    at = afterRow(last, at);
  }
};

/** A slice that was not read in time takes nothing away from what was walked before. */
const unread = (error: unknown): undefined => {
  if (!asAnkaError(error).retryable) throw error;
};

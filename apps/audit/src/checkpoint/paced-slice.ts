import type { ChainRow } from '@ankasecure/audit-event';
import { monotonicNow } from '@ankasecure/contracts';
import type { ReadSlice } from '../trail/chain-walk.js';

/** Rows that are gone over without a pause: some milliseconds of a processor. */
const rowsOfPiece = 100;
/** The longest rest, in milliseconds. A processor that has more to do makes pieces take longer, and rests with them. */
const mostMs = 1_000;
/** A walk that has more rows before it than this rests longer after each piece: the number of times that the piece took. */
const longWay = 5_000;
const restsOf = { short: 1, long: 4 };

/**
 * Hands out the rows of slices in pieces, and rests after each. A walk over millions of rows takes a fifth of a processor, a short one
 * half, and what the process does besides, such as sealing, waits for no more than a piece.
 * @param rest waits for that many milliseconds
 */
export const inPieces = (read: ReadSlice, rest: (ms: number) => Promise<unknown>): ReadSlice => {
  let waiting: readonly ChainRow[] = [];
  let handedAt: number | undefined;
  return async (start, untilSeq) => {
    const times = untilSeq - start.seq > longWay ? restsOf.long : restsOf.short;
    if (handedAt !== undefined) await rest(Math.min(mostMs, times * (monotonicNow() - handedAt)));
    if (waiting[0]?.seq !== start.seq) waiting = await read(start, untilSeq);
    const piece = waiting.slice(0, rowsOfPiece);
    waiting = waiting.slice(rowsOfPiece);
    handedAt = monotonicNow();
    return piece;
  };
};

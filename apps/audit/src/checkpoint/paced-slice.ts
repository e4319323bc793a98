import type { ChainRow } from '@ankasecure/audit-event';
import { monotonicNow } from '@ankasecure/contracts';
import type { ReadSlice } from '../trail/chain-walk.js';

/** Rows that are gone over without a pause: some milliseconds of a processor. */
const rowsOfPiece = 100;
/** The longest pause, in milliseconds. A processor that has more to do makes pieces take longer, and pauses with them. */
const mostMs = 50;

/**
 * Hands out the rows of slices in pieces, and rests after each as long as it took. A walk over millions of rows takes half of a
 * processor at most, and what the process does besides, such as sealing, waits for no more than a piece.
 * @param rest waits for that many milliseconds
 */
export const inPieces = (read: ReadSlice, rest: (ms: number) => Promise<unknown>): ReadSlice => {
  let waiting: readonly ChainRow[] = [];
  let handedAt: number | undefined;
  return async (start, untilSeq) => {
    if (handedAt !== undefined) await rest(Math.min(mostMs, monotonicNow() - handedAt));
    if (waiting[0]?.seq !== start.seq) waiting = await read(start, untilSeq);
    const piece = waiting.slice(0, rowsOfPiece);
    waiting = waiting.slice(rowsOfPiece);
    handedAt = monotonicNow();
    return piece;
  };
};

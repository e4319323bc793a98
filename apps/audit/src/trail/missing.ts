/** A page of a tenant's whole listing. */
export interface ListedPage {
  readonly order: 'asc' | 'desc';
  /** The numbers of its events. */
  readonly seqs: readonly number[];
  /** The number that the page before ended with. */
  readonly position: number | undefined;
  readonly isLast: boolean;
  /** The number of the trail's last event, as the trail's head has it; 0 without a head. */
  readonly head: number;
}

/** The first and the last of some numbers that no event has. */
export interface Missing {
  readonly fromSeq: number;
  readonly untilSeq: number;
}

/** The numbers that a page should have. A trail has every number from 1 to its head. */
const boundsOf = ({ order, seqs, position, isLast, head }: ListedPage): readonly [number, number] =>
  order === 'asc'
    ? [(position ?? 0) + 1, isLast ? head : Math.max(...seqs)]
    : [isLast ? 1 : Math.min(...seqs), position === undefined ? head : position - 1];

/** The numbers that are missing from a page, lowest first. */
export const missingFrom = (page: ListedPage): readonly Missing[] => {
  const [first, last] = boundsOf(page);
  const found: Missing[] = [];
  let next = first;
  for (const seq of [...page.seqs.toSorted((a, b) => a - b), last + 1]) {
    if (seq > next) found.push({ fromSeq: next, untilSeq: seq - 1 });
    next = Math.max(next, seq + 1);
  }
  return found;
};

import { setImmediate as endOfTurn } from 'node:timers/promises';

/** So many items of one request are begun in one turn of the event loop: some two milliseconds' work. */
const perTurn = 8;

/** Does `work` for all items and begins it for some a turn: whoever else waits for this process does not wait for a whole batch. */
export const inTurns = <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  let turn: Promise<void> | undefined;
  return Promise.all(
    items.map((item, index) => {
      if (index > 0 && index % perTurn === 0) turn = turn === undefined ? endOfTurn() : turn.then(() => endOfTurn());
      return turn === undefined ? work(item) : turn.then(() => work(item));
    }),
  );
};

import { setImmediate as endOfTurn } from 'node:timers/promises';

/** Items of one request that start in one turn of the event loop: about two milliseconds of work. */
const perTurn = 8;

/** Runs `work` for all items, and starts a few of them per turn. Other requests do not wait for a whole batch. */
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

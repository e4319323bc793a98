import { monotonicNow } from '@ankasecure/contracts';

/** setTimeout fires at once if the delay is longer than this. */
const longestWaitMs = 0x7fffffff;

/** @returns false if `deadline`, a moment of `monotonicNow`, came before `work` ended */
export const endsBy = async (deadline: number, work: Promise<void>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    const wait = Math.min(Math.max(0, deadline - monotonicNow()), longestWaitMs);
    timer = setTimeout(() => resolve(false), wait);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Waits for `ms` milliseconds. @throws the reason of `signal`, as soon as it is aborted */
export const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const ended = (): void => {
      signal.removeEventListener('abort', aborted);
      resolve();
    };
    const timer = setTimeout(ended, ms);
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', aborted, { once: true });
  });

/** The result of `work`, which goes on if `signal` is aborted first. @throws the reason of `signal` then */
export const raced = async <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> => {
  // Nobody else may be left to hear how the work ends.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let aborted = (): void => undefined;
  const abortion = new Promise<never>((_, reject) => {
    aborted = () => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
  });
  try {
    return await Promise.race([work, abortion]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
};

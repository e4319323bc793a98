/**
 * Waits for work, and no longer than a time.
 * @param ms milliseconds
 * @returns `unended` if it goes on. Its later error is nobody's
 * @throws what the work throws
 */
export const endedWithin = async <Value>(work: Promise<Value>, ms: number): Promise<Value | 'unended'> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<'unended'>((done) => {
    timer = setTimeout(done, ms, 'unended');
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
};

import { afterAll, vi } from 'vitest';

/** What a spec has faked is real again for the next one in its process. */
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

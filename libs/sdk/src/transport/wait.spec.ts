import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raced } from './wait.js';

const unheard: unknown[] = [];
const hear = (reason: unknown): void => void unheard.push(reason);
beforeEach(() => void process.on('unhandledRejection', hear));
afterEach(() => void process.off('unhandledRejection', hear));

describe('work that fails after its caller has left', () => {
  it.each([
    ['before it began', 0],
    ['while it ran', 5],
  ])('(%s) fails nothing else', async (_, leftAfterMs) => {
    const abort = new AbortController();
    const reason = new Error('the user left');
    if (leftAfterMs === 0) abort.abort(reason);
    else setTimeout(() => abort.abort(reason), leftAfterMs);
    const failing = new Promise<never>((__, reject) => setTimeout(() => reject(new Error('refused')), 15));
    await expect(raced(failing, abort.signal)).rejects.toBe(reason);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(unheard).toEqual([]);
  });
});

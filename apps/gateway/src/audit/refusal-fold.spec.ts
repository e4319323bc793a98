import { auditEvent } from '@ankasecure/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { RefusalFold } from './refusal-fold.js';

const rate = { burst: 2, perSecond: 10 };
const eventOf = (correlationId: string) =>
  auditEvent(
    { tenantId: crypto.randomUUID(), principal: 'alice', correlationId },
    { operation: 'access.denied', failureCode: 'request-invalid', details: { operationId: 'sign' } },
  );

describe('refusals that say the same', () => {
  let written: (readonly [string, string | undefined])[];
  let fold: RefusalFold;
  /** The time, in milliseconds. It stands, however long a test takes. */
  let at: number;
  const now = () => at;
  beforeEach(() => {
    written = [];
    at = 0;
    fold = new RefusalFold(async ({ correlationId, details }) => {
      await Promise.resolve();
      written.push([correlationId, details?.['count']]);
    }, now);
  });
  const add = (sameness: string, id: string) => fold.add(sameness, eventOf(id), rate);

  it('have an event each at first, and then one for all that wait', async () => {
    await Promise.all(['1', '2', '3', '4', '5'].map((id) => add('a', id)));
    expect(written).toEqual([
      ['1', undefined],
      ['2', undefined],
      ['3', '3'],
    ]);
  });

  it('fold beyond the burst, however many they are', async () => {
    const wide = { burst: 100, perSecond: 10 };
    await Promise.all(Array.from({ length: 200 }, (_, index) => fold.add('a', eventOf(String(index)), wide)));
    expect(written.map(([, count]) => count)).toEqual([...Array<undefined>(100).fill(undefined), '100']);
  });

  it('have an event each again as the rate allows it', async () => {
    const adding = (...ids: readonly string[]) => Promise.all(ids.map((id) => add('a', id)));
    await adding('1', '2');
    // One token has come in.
    at += 100;
    await adding('3', '4', '5');
    at += 200;
    await adding('6', '7', '8', '9');
    expect(written).toEqual([
      ['1', undefined],
      ['2', undefined],
      ['3', undefined],
      ['4', '2'],
      ['6', undefined],
      ['7', undefined],
      ['8', '2'],
    ]);
  });

  it('are on record when each is done, also those that were counted', async () => {
    await Promise.all([add('a', '1'), add('a', '2')]);
    const counts = await Promise.all(['3', '4'].map(async (id) => add('a', id).then(() => written.length)));
    expect(counts).toEqual([3, 3]);
  });

  it('stay apart from those that say something else', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((sameness) => add(sameness, sameness)));
    expect(written).toEqual(['a', 'b', 'c', 'd'].map((sameness) => [sameness, undefined]));
  });

  it('all fail if their event cannot be written, and the next ones are counted anew', async () => {
    let fails = true;
    const failing = new RefusalFold(async (event) => {
      if (fails) throw new Error('away');
      written.push([event.correlationId, event.details?.['count']]);
    }, now);
    const refuse = (id: string) => failing.add('a', eventOf(id), rate);
    const ends = await Promise.allSettled(['1', '2', '3', '4'].map(refuse));
    expect(ends.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    fails = false;
    failing.sweep();
    await refuse('5');
    expect(written).toEqual([['5', undefined]]);
  });
});

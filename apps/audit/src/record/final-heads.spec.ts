import { randomUUID } from 'node:crypto';
import {
  type AnkaError,
  finalStates,
  isFinal,
  keyStates,
  mayFollow,
  mostRevisionAheadMs,
  mostRevisionStep,
  type RecordChange,
  readRecordHeads,
  recordDetails,
  recordOwners,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contextOf, eventOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { KnownHeads, sumOf } from './known-heads.js';
import type { SealedChange } from './record-head.sql.js';
import { assertMayFollow, LastChanges } from './sealed-change.js';

const kind = 'key_version';
const finals = Object.keys(finalStates[kind] ?? {});
const states = [...keyStates, null];

const changeOf = (id: string, revision: number, state: string | null): RecordChange => ({
  kind,
  id,
  revision,
  digest: state === null ? null : Buffer.alloc(32, revision).toString('base64url'),
  state: state ?? undefined,
});

/** Every order of some items. */
const ordersOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));

describe('the last change of a record', () => {
  it.each(states.flatMap((one) => states.map((other) => [one, other] as const)))(
    'never loses a final state for one of %s and %s, in whatever order they are sealed',
    (one, other) => {
      for (const final of finals)
        for (const order of ordersOf([changeOf('k/1', 1, one), changeOf('k/1', 2, final), changeOf('k/1', 3, other)])) {
          const last = new LastChanges();
          const sealed: RecordChange[] = [];
          for (const change of order) {
            try {
              assertMayFollow(last.get(change), change);
            } catch (error) {
              expect(error).toMatchObject({ code: 'request-invalid' } satisfies Partial<AnkaError>);
              continue;
            }
            last.add(sealed.push(change), [change]);
          }
          const head = last.get({ kind, id: 'k/1' });
          expect(head, JSON.stringify(order)).toBeDefined();
          for (const { state, digest } of sealed)
            if (digest !== null && isFinal(kind, state) && head?.digest !== null)
              expect(mayFollow(kind, state, head?.state), JSON.stringify(order)).toBe(true);
        }
    },
  );
});

describe('known heads', () => {
  const headOf = (seq: number, revision: number, state: string): SealedChange => {
    const { digest } = changeOf('k/1', revision, state);
    return { owner: recordOwners[kind], kind, id: 'k/1', seq, revision, digest, state };
  };
  const precedes = async (known: SealedChange, next: SealedChange): Promise<boolean> => {
    const heads = new KnownHeads();
    heads.advance({ seq: known.seq, sum: await sumOf([known]), mac: Buffer.alloc(32) }, [known]);
    return heads.precede([next], next.seq, true);
  };

  it.each(keyStates.flatMap((from) => keyStates.map((to) => [from, to] as const)))(
    'go from %s back to %s only if it is final',
    async (from, to) => {
      const expected = isFinal(kind, to) && !mayFollow(kind, to, from);
      expect(await precedes(headOf(1, 100, from), headOf(2, 90, to))).toBe(expected);
    },
  );
});

describe('the heads of an audit service', () => {
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
  });
  afterAll(() => audit.stop());

  const eventWith = (tenantId: string, change: RecordChange) =>
    eventOf(tenantId, { details: { custody: 'token', ...recordDetails([change]) } });
  const headOf = async (tenantId: string, id: string) => {
    const request = { records: [{ kind, id } as const], newest: [] };
    return (await audit.gateway.request(readRecordHeads, '', contextOf(tenantId), request)).heads[0];
  };

  it.each(
    finals.flatMap((final) =>
      keyStates.flatMap((other) => [true, false].map((together) => [final, other, together] as const)),
    ),
  )(
    'end with %s although %s has a higher revision and was sealed before, in one batch: %s',
    async (final, other, together) => {
      const [tenantId, id] = [randomUUID(), `${randomUUID()}/1`];
      const changes = [changeOf(id, 100, other), changeOf(id, 90, final)];
      const events = changes.map((change) => eventWith(tenantId, change));
      if (together) await audit.append(events);
      else for (const event of events) await audit.append([event]);
      const [expected, seq] = mayFollow(kind, final, other) ? [changes[0], 1] : [changes[1], 2];
      for (let instance = 0; instance < 2; instance++) expect(await headOf(tenantId, id)).toEqual({ ...expected, seq });
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
      const destroyed = changeOf(id, 101, 'DESTROYED');
      await audit.append([eventWith(tenantId, destroyed)]);
      expect(await headOf(tenantId, id)).toEqual({ ...destroyed, seq: 3 });
      expect(await audit.verify(tenantId)).toMatchObject({ valid: true });
    },
  );

  const nowUs = () => Date.now() * 1000;
  const dayUs = mostRevisionAheadMs * 1000;

  it.each([
    ['an hour', 3_600_000_000, true],
    ['a day less a minute', dayUs - 60_000_000, true],
    ['a day and a minute', dayUs + 60_000_000, false],
    ['a year', 365 * dayUs, false],
  ])('take no revision that is more than a day ahead of the clock: %s', async (_, aheadUs, isTaken) => {
    const tenantId = randomUUID();
    const append = () => audit.append([eventWith(tenantId, changeOf('k/1', nowUs() + aheadUs, 'ACTIVE'))]);
    if (isTaken) expect(await append()).toEqual({ sealed: 1 });
    else await expect(append()).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it('go on by numbers after a trail that is ahead of a clock which was put back', async () => {
    const tenantId = randomUUID();
    const append = (revision: number) => audit.append([eventWith(tenantId, changeOf('k/1', revision, 'ACTIVE'))]);
    const first = nowUs() + dayUs - 1_000_000;
    await append(first);
    const [now, back] = [Date.now, 60_000];
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - back);
    try {
      const next = first + mostRevisionStep;
      await expect(append(next + 1)).rejects.toMatchObject({ code: 'request-invalid' });
      expect(await append(next)).toEqual({ sealed: 1 });
      expect(await append(next + mostRevisionStep)).toEqual({ sealed: 1 });
    } finally {
      clock.mockRestore();
    }
  });
});

import { AnkaError, auditEvent, type Context, monotonicNow } from '@ankasecure/contracts';
import type { Outbox } from '@ankasecure/service-kit';
import { describe, expect, it } from 'vitest';
import type { Fence } from '../outcome/fence.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import type { Outcome, Verdict } from '../outcome/outcome-group.js';
import { ownClock } from '../testing/worker-database.js';
import { type Attempt, joinedUses } from './attempt.js';
import type { AttemptItem } from './attempt-item.js';
import { RunOperation } from './run-operation.js';
import { signingKey } from './testing/signing.js';
import type { Verb } from './verb.js';

const context: Context = {
  tenantId: signingKey.tenantId,
  principal: 'somebody',
  roles: ['application-admin'],
  correlationId: 'several',
  deadline: monotonicNow() + 60_000,
};
const names = ['decrypt', 'encrypt'] as const;
const fenceOf = (revision: number, until = Number.POSITIVE_INFINITY): Fence => ({
  tenantId: context.tenantId,
  policy: null,
  key: { ...signingKey, revision },
  validity: { since: Number.NEGATIVE_INFINITY, until },
});

const use = (operation: string, fence: Fence, error?: AnkaError): Attempt => ({
  fence,
  event: auditEvent(context, { operation, failureCode: error?.code ?? null }),
  hsmMicros: 5,
  ...(error === undefined ? { body: { by: operation } } : { error }),
});

interface Played {
  /** What is committed of the uses of each commit, in order. */
  readonly verdicts: readonly ((operation: string) => Verdict)[];
  readonly uses?: () => readonly Attempt[];
}

/** Runs an item that uses one key after another. */
const play = async ({ verdicts, uses = () => names.map((name, at) => use(name, fenceOf(at + 1))) }: Played) => {
  const committed: string[][] = [];
  let [attempts, commits] = [0, 0];
  const forgotten: (number | undefined)[] = [];
  const decide = (outcomes: readonly Outcome[]): Verdict[] => {
    const verdictOf = verdicts[Math.min(commits++, verdicts.length - 1)] ?? (() => 'written' as const);
    const all = outcomes.map(({ event }) => verdictOf(event.operation));
    committed.push(outcomes.flatMap(({ event }, at) => (all[at] === 'written' ? [event.operation] : [])));
    return all;
  };
  const verb: Verb = {
    name: 'reencrypt',
    uses: () => 2,
    attempt: async () => {
      attempts++;
      return joinedUses(uses(), (bodies) => ({ bodies }));
    },
  };
  const rooms: (number | undefined)[] = [];
  const runner = new RunOperation(
    { forget: ({ key }: Fence) => forgotten.push(key?.revision) } as unknown as AttemptItem,
    {
      commitAll: async (outcomes: Outcome[]) => decide(outcomes),
      commitEach: async (outcomes: Outcome[]) => decide(outcomes),
      commit: async () => true,
    } as unknown as GroupCommit,
    { assertRoom: (_: string, events?: number) => rooms.push(events) } as unknown as Outbox,
    ownClock,
  );
  const { head, body } = await runner.run(verb, context, Buffer.from('{}'));
  const answer: unknown = body === undefined ? null : JSON.parse(Buffer.from(body).toString());
  return { head, answer, attempts, committed, forgotten, rooms };
};

const written = (): Verdict => 'written';
const without =
  (name: string): ((operation: string) => Verdict) =>
  (operation) =>
    operation === name ? 'outdated' : 'held-back';

describe('an item that uses several keys', () => {
  it('is answered once all its uses are committed, and takes room for all of them', async () => {
    const { answer, committed, rooms, head } = await play({ verdicts: [written] });
    expect(answer).toEqual({ bodies: [{ by: 'decrypt' }, { by: 'encrypt' }] });
    expect(committed).toEqual([['decrypt', 'encrypt']]);
    expect(rooms).toEqual([undefined, 2]);
    expect(head).toMatchObject({ ok: true, hsmMicros: 10 });
  });

  it.each(names)('is decided anew as a whole if the decision to %s is outdated', async (name) => {
    const { answer, attempts, committed, forgotten } = await play({ verdicts: [without(name), written] });
    expect(attempts).toBe(2);
    expect(forgotten).toEqual([names.indexOf(name) + 1]);
    expect(committed).toEqual([[], ...committed.slice(1)]);
    expect(committed.slice(1).flat().toSorted()).toEqual(['decrypt', 'encrypt']);
    expect(answer).toEqual({ bodies: [{ by: 'decrypt' }, { by: 'encrypt' }] });
  });

  it.each(names)(
    'is refused, and tells nothing of its other use, if the decision to %s is outdated twice',
    async (name) => {
      const outdated = (operation: string): Verdict => (operation === name ? 'outdated' : 'written');
      const { head, answer, attempts } = await play({ verdicts: [without(name), outdated] });
      expect(attempts).toBe(2);
      expect(answer).toBeNull();
      expect(head).toMatchObject({ ok: false, error: { code: 'decision-outdated' } });
    },
  );

  it.each([0, 1])('is not answered late if the decision on its use %i has ended', async (late) => {
    const uses = () => names.map((name, at) => use(name, fenceOf(at + 1, at === late ? 1 : Number.POSITIVE_INFINITY)));
    expect((await play({ verdicts: [written], uses })).head).toMatchObject({ ok: false });
  });

  it.each(names)('is refused if it may not %s, and its other use stays on record', async (name) => {
    const refused = new AnkaError('key-state', 'no');
    const uses = () => names.map((one, at) => use(one, fenceOf(at + 1), one === name ? refused : undefined));
    const { head, committed } = await play({ verdicts: [written], uses });
    expect(head).toMatchObject({ ok: false, hsmMicros: 0, error: { code: 'key-state' } });
    expect(committed.flat().toSorted()).toEqual(['decrypt', 'encrypt']);
  });
});

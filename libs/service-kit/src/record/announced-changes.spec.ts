import { maxAnnounced, type RecordChange, type RecordKind, recordOwners } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import type { NotedChange } from '../database/noted-changes.js';
import type { Logger } from '../logging/logger.js';
import type { BusClient } from '../nats/client.js';
import { AnnouncedChanges } from './announced-changes.js';
import type { HistoryWatch } from './history-watch.js';
import { RecordOwner } from './record-authority.js';
import type { OwnedName } from './record-claim.js';
import { RecordHistory } from './record-history.js';

const tenantId = '00000000-0000-7000-8000-000000000001';
const form = (id: string, revision: number, letter: string) => ({ id, revision, digest: letter.repeat(43) });
const changeOf = (kind: RecordKind, change: Omit<RecordChange, 'kind'>): NotedChange => ({
  tenantId,
  change: { kind, ...change },
});

/** Processes of one service, and a trail that has heard of no change yet. */
const processesOf = (service: 'gateway' | 'policy' | 'crypto-worker', count = 2) => {
  const listeners: ((data: Uint8Array) => void)[] = [];
  const frames: Uint8Array[] = [];
  const start = () => {
    const [lines, changed, hurried]: [string[], OwnedName[], string[]] = [[], [], []];
    const returned: (() => void)[] = [];
    const trail = { request: async () => ({ heads: [] }) } as unknown as BusClient;
    const history = new RecordHistory(new RecordOwner(service), trail);
    history.onChanged((names) => changed.push(...names));
    const announcements = {
      tell: (data: Uint8Array) => {
        frames.push(data);
        for (const receive of listeners) receive(data);
      },
      hear: (receive: (data: Uint8Array) => void, again: () => void) => {
        listeners.push(receive);
        returned.push(again);
      },
    };
    const bus = { connection: { announcements } } as unknown as BusClient;
    const watch = { hurry: () => hurried.push('compares') } as unknown as HistoryWatch;
    const log = { warn: (_: object, line: string) => lines.push(line) } as unknown as Logger;
    const announced = new AnnouncedChanges(new RecordOwner(service), bus, history, watch, log);
    announced.onModuleInit();
    return { announced, history, changed, lines, hurried, returned };
  };
  const processes = Array.from({ length: count }, start);
  return { processes, frames, listeners };
};
const asIs = async (_: RecordHistory, says: boolean | Promise<boolean> | undefined) => (await says) ?? true;
const never = { hasNow: async () => false, isLeaving: async () => false };

const kinds = (Object.keys(recordOwners) as RecordKind[]).filter((kind) => recordOwners[kind] !== 'audit');

describe.each(kinds)('a process that hears of a change of a %s', (kind) => {
  const service = recordOwners[kind] as 'gateway';
  const [before, after] = [form('one', 3, 'A'), form('one', 5, 'B')];
  const has = (history: RecordHistory, { id, revision, digest }: typeof before) => {
    const record = { tenantId, kind, id, revision, digest };
    return asIs(
      history,
      history.check(record, async () => record),
    );
  };

  it.each(['changed', 'deleted'] as const)('refuses its earlier form at once when it was %s', async (what) => {
    const [one, other] = processesOf(service).processes;
    expect(await has(other?.history as RecordHistory, before)).toBe(true);
    const change = what === 'changed' ? after : { ...after, digest: null };
    one?.announced.announce([changeOf(kind, change)]);
    expect(await has(other?.history as RecordHistory, before)).toBe(false);
    if (what === 'changed') expect(await has(other?.history as RecordHistory, after)).toBe(true);
    expect(other?.changed).toEqual([{ tenantId, kind, id: 'one' }]);
    expect(other?.history.lastMove(tenantId)).toBeGreaterThan(0);
    expect(one?.changed).toEqual([]);
  });

  it('misses what was made', async () => {
    const [one, other] = processesOf(service).processes;
    one?.announced.announce([changeOf(kind, after)]);
    const history = other?.history as RecordHistory;
    expect(await asIs(history, history.checkAbsent({ tenantId, kind, id: 'one' }, never))).toBe(false);
    expect(history.memory.ownChanges(tenantId, kind)).toMatchObject([{ id: 'one', revision: 5 }]);
    expect(history.memory.committedUpTo(tenantId)).toBe(5);
  });

  it.each(['gateway', 'policy', 'crypto-worker'] as const)(
    'believes nothing of it unless it is of its own service: %s',
    (of) => {
      const [one, other] = processesOf(of).processes;
      one?.announced.announce([changeOf(kind, after)]);
      expect(other?.changed).toHaveLength(of === service ? 1 : 0);
      expect(other?.history.memory.ownChanges(tenantId, kind)).toHaveLength(of === service ? 1 : 0);
    },
  );
});

describe('announcements', () => {
  it('tell any number of changes to any number of processes', () => {
    const { processes, frames } = processesOf('crypto-worker', 4);
    const changes = Array.from({ length: 2 * maxAnnounced + 1 }, (_, n) => changeOf('key', form(`${n}`, n + 1, 'A')));
    processes[0]?.announced.announce(changes);
    processes[0]?.announced.announce([]);
    expect(frames).toHaveLength(3);
    expect(processes.map(({ changed }) => changed.length)).toEqual([0, ...[1, 2, 3].map(() => changes.length)]);
  });

  it.each(['', '{', '[]', '{"by":"x","changes":[]}', `{"by":"${tenantId}","changes":[{"kind":"key"}]}`])(
    'that cannot be read are passed over, and said: %j',
    (text) => {
      const { processes, listeners } = processesOf('gateway');
      for (const receive of listeners) receive(Buffer.from(text));
      expect(processes.map(({ lines }) => lines.length)).toEqual([1, 1]);
    },
  );

  it('that may have been missed are made up for by a comparison', () => {
    const [one] = processesOf('gateway').processes;
    for (const again of one?.returned ?? []) again();
    expect(one?.hurried).toEqual(['compares']);
  });
});

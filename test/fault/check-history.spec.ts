import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.js';
import type { History, KeyRecord, TrailEvent } from './history.js';

const event = (seq: number, fields: Partial<TrailEvent>): TrailEvent => ({
  seq,
  eventId: `event-${seq}`,
  correlationId: 'sign-1',
  operation: 'sign',
  outcome: 'success',
  failureCode: null,
  keyId: 'key-1',
  version: '1',
  count: 1,
  unchanged: false,
  ...fields,
});

const record = (objectId: string, keyId: string, version = 1, state = 'ACTIVE'): KeyRecord => ({
  objectId,
  keyId,
  version,
  state,
});

/** A created key, a released signature, one without an answer, a batch with a failure, and a creation with an unknown outcome. */
const sound: History = {
  requests: [
    { correlationId: 'create-1', operation: 'key.create', items: 1, released: ['success'], keyId: 'key-1' },
    { correlationId: 'sign-1', operation: 'sign', items: 1, released: ['success'] },
    { correlationId: 'sign-2', operation: 'sign', items: 1 },
    { correlationId: 'batch-1', operation: 'sign', items: 3, released: ['success', 'key-not-found', 'key-not-found'] },
    { correlationId: 'create-2', operation: 'key.create', items: 1 },
  ],
  trail: [
    event(1, { correlationId: 'create-1', operation: 'key.create' }),
    event(2, {}),
    event(3, { correlationId: 'batch-1', outcome: 'failure', failureCode: 'key-not-found', keyId: 'key-9', count: 2 }),
    event(4, { correlationId: 'batch-1' }),
    event(5, {
      correlationId: 'create-2',
      operation: 'key.create',
      outcome: 'unknown',
      failureCode: 'worker-lost',
      keyId: 'key-2',
    }),
  ],
  records: [
    { objectId: 'a1', keyId: 'key-1', version: 1, state: 'ACTIVE' },
    { objectId: 'a2', keyId: null, version: null, state: null },
  ],
  objects: ['a1', 'a2'],
  leftovers: [],
};
const trail = (change: (events: readonly TrailEvent[]) => readonly TrailEvent[]): History => ({
  ...sound,
  trail: change(sound.trail),
});
const renumbered = (events: readonly TrailEvent[]): TrailEvent[] =>
  events.map((one, index) => ({ ...one, seq: index + 1 }));

const destroyed = { operation: 'key.destroy', correlationId: 'swept' };
const rotatedOnce = (change: Partial<History>): History => ({
  ...trail((all) => [...all, event(6, { operation: 'key.rotate', correlationId: 'rotate-1', version: '2' })]),
  records: [record('a1', 'key-1', 1, 'DEACTIVATED'), record('b1', 'key-1', 2), ...sound.records.slice(1)],
  objects: [...sound.objects, 'b1'],
  ...change,
});

describe('the check of a history', () => {
  it('finds nothing in a sound history', () => {
    expect(checkHistory(sound)).toEqual([]);
    expect(checkHistory(rotatedOnce({}))).toEqual([]);
  });

  const doctored: readonly (readonly [string, History, RegExp])[] = [
    [
      'a released result without its event',
      trail((all) => renumbered(all.filter(({ correlationId }) => correlationId !== 'sign-1'))),
      /sign sign-1 released success, sealed $/,
    ],
    [
      'a released success that was sealed as a failure',
      trail((all) => all.with(1, event(2, { outcome: 'failure', failureCode: 'hsm-error' }))),
      /sealed hsm-error/,
    ],
    [
      'a batch that lost an item’s event',
      trail((all) => renumbered(all.toSpliced(3, 1))),
      /batch-1 released key-not-found key-not-found success, sealed key-not-found key-not-found/,
    ],
    [
      'an outcome sealed twice',
      trail((all) => [...all, event(6, { eventId: 'event-again' })]),
      /asked for 1 and succeeded 2 times/,
    ],
    [
      'an unheard outcome sealed twice',
      trail((all) => [...all, event(6, { correlationId: 'sign-2' }), event(7, { correlationId: 'sign-2' })]),
      /sign-2 asked for 1 and succeeded 2/,
    ],
    [
      'an event sealed twice',
      trail((all) => [...all, event(6, { eventId: 'event-1', correlationId: 'sign-2' })]),
      /event event-1 is sealed twice/,
    ],
    ['a gap', trail((all) => all.toSpliced(2, 1)), /place 3 holds seq 4/],
    ['an object nobody knows', { ...sound, objects: [...sound.objects, 'ff'] }, /object ff has no record/],
    ['an object under an id twice', { ...sound, objects: [...sound.objects, 'a1'] }, /object a1 is there twice/],
    ['a record without its object', { ...sound, objects: ['a2'] }, /record a1 has no object/],
    [
      'a given key without a record',
      { ...sound, records: sound.records.slice(1), objects: ['a2'] },
      /key key-1 is not on record/,
    ],
    [
      'a record whose creation was never sealed',
      { ...sound, records: [...sound.records, record('a3', 'key-3')], objects: ['a1', 'a2', 'a3'] },
      /key key-3 is on record and was not sealed/,
    ],
    [
      'a creation that is unknown and on record',
      { ...sound, records: [...sound.records, record('a3', 'key-2')], objects: ['a1', 'a2', 'a3'] },
      /key key-2 is on record and was not sealed/,
    ],
    [
      'a creation that ended twice',
      trail((all) => [
        ...all,
        event(6, {
          correlationId: 'create-1',
          operation: 'key.create',
          outcome: 'unknown',
          failureCode: 'worker-lost',
        }),
      ]),
      /the creation of key-1 ended twice/,
    ],
    [
      'two active versions of a key',
      rotatedOnce({ records: [record('a1', 'key-1'), record('b1', 'key-1', 2), ...sound.records.slice(1)] }),
      /version 1 of key-1 is active beside a newer one/,
    ],
    [
      'a version that nobody sealed',
      { ...rotatedOnce({}), trail: sound.trail },
      /key-1\.2 is rotated and that was not sealed/,
    ],
    [
      'a key whose versions have a gap',
      rotatedOnce({
        records: [record('a1', 'key-1', 1, 'DEACTIVATED'), record('b1', 'key-1', 3), ...sound.records.slice(1)],
      }),
      /key key-1 lacks a version/,
    ],
    [
      'an object that is recorded as destroyed',
      { ...sound, records: sound.records.with(0, record('a1', 'key-1', 1, 'DESTROYED')) },
      /object a1 has no record/,
    ],
    [
      'a destruction sealed twice',
      {
        ...trail((all) => [...all, event(6, destroyed), event(7, destroyed)]),
        records: sound.records.with(0, record('a1', 'key-1', 1, 'DESTROYED')),
        objects: ['a2'],
      },
      /key-1\.1 was sealed as destroyed twice/,
    ],
    ['an intent nobody ends', { ...sound, leftovers: ['1 rows of intent in ankadb_keys'] }, /1 rows of intent/],
  ];
  it.each(doctored)('finds %s', (_, history, violation) => {
    expect(checkHistory(history).join('\n')).toMatch(new RegExp(violation, 'm'));
  });
});

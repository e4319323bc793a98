import type { History, TrailEvent } from './history.js';

type Check = (history: History) => readonly string[];

/** The outcomes that the event records: identical refusals are one event with a count. */
const outcomesOf = ({ outcome, failureCode, count }: TrailEvent): readonly string[] =>
  Array.from({ length: count }, () => failureCode ?? outcome);
const repeated = (values: readonly string[]): readonly string[] =>
  values.filter((value, index) => values.indexOf(value) !== index);
const sorted = (values: readonly string[]): string => values.toSorted().join(' ');

/** The rules of promise 2, one per row. Each returns a sentence per violation. */
const checks: Readonly<Record<string, Check>> = {
  'every released result has exactly its events': ({ requests, trail }) => {
    const sealed = Map.groupBy(trail, ({ correlationId }) => correlationId);
    return requests.flatMap(({ correlationId, operation, released }) => {
      if (released === undefined) return [];
      const events = (sealed.get(correlationId) ?? []).filter((event) => event.operation === operation);
      const found = sorted(events.flatMap(outcomesOf));
      return found === sorted(released)
        ? []
        : [`${operation} ${correlationId} released ${sorted(released)}, sealed ${found}`];
    });
  },

  'nothing succeeds more often than it was asked for': ({ requests, trail }) => {
    const successes = Map.groupBy(
      trail.filter(({ outcome }) => outcome === 'success'),
      ({ correlationId }) => correlationId,
    );
    return requests.flatMap(({ correlationId, operation, items }) => {
      const count = (successes.get(correlationId) ?? []).filter((event) => event.operation === operation).length;
      return count <= items ? [] : [`${operation} ${correlationId} asked for ${items} and succeeded ${count} times`];
    });
  },

  'no event is sealed twice': ({ trail }) =>
    repeated(trail.map(({ eventId }) => eventId)).map((id) => `event ${id} is sealed twice`),

  'the sequence has no gap': ({ trail }) =>
    trail.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`place ${index + 1} holds seq ${seq}`])),

  'a key that was given is on record': ({ requests, records }) => {
    const known = new Set(records.map(({ keyId }) => keyId));
    return requests.flatMap(({ keyId }) =>
      keyId === undefined || known.has(keyId) ? [] : [`key ${keyId} is not on record`],
    );
  },

  'a key is on record if and only if its creation was sealed': ({ trail, records }) => {
    const ends = trail.filter(({ operation, unchanged }) => operation === 'key.create' && !unchanged);
    const created = new Set(ends.filter(({ outcome }) => outcome === 'success').map(({ keyId }) => keyId));
    const recorded = new Set(records.flatMap(({ keyId }) => keyId ?? []));
    return [
      ...[...created]
        .filter((id) => id !== null && !recorded.has(id))
        .map((id) => `key ${id} was sealed and is not on record`),
      ...[...recorded].filter((id) => !created.has(id)).map((id) => `key ${id} is on record and was not sealed`),
      ...repeated(ends.filter(({ outcome }) => outcome !== 'failure').flatMap(({ keyId }) => keyId ?? [])).map(
        (id) => `the creation of ${id} ended twice`,
      ),
    ];
  },

  'objects and records are the same': ({ objects, records }) => {
    const recorded = records.filter(({ state }) => state !== 'DESTROYED').map(({ objectId }) => objectId);
    const [inToken, onRecord] = [new Set(objects), new Set(recorded)];
    return [
      ...[...inToken].filter((id) => !onRecord.has(id)).map((id) => `object ${id} has no record`),
      ...[...onRecord].filter((id) => !inToken.has(id)).map((id) => `record ${id} has no object`),
      ...repeated(objects).map((id) => `object ${id} is there twice`),
    ];
  },

  'a key has all its versions, and none is active but the current one': ({ records }) => {
    const keys = Map.groupBy(
      records.filter(({ keyId }) => keyId !== null),
      ({ keyId }) => keyId,
    );
    return [...keys].flatMap(([keyId, versions]) => {
      const sortedVersions = versions.toSorted((a, b) => (a.version ?? 0) - (b.version ?? 0));
      const gap = sortedVersions.some(({ version }, index) => version !== index + 1);
      const stale = sortedVersions.slice(0, -1).filter(({ state }) => state === 'ACTIVE');
      return [
        ...(gap ? [`key ${keyId} lacks a version`] : []),
        ...stale.map(({ version }) => `version ${version} of ${keyId} is active beside a newer one`),
      ];
    });
  },

  'a version was rotated to, or is destroyed, if and only if that was sealed once': ({ trail, records }) => {
    const compare = (operation: string, what: string, those: History['records']): string[] => {
      const sealed = trail
        .filter((event) => event.operation === operation && event.outcome === 'success' && !event.unchanged)
        .map(({ keyId, version }) => `${keyId}.${version}`);
      const there = those.map(({ keyId, version }) => `${keyId}.${version}`);
      return [
        ...there.filter((name) => !sealed.includes(name)).map((name) => `${name} is ${what} and that was not sealed`),
        ...sealed.filter((name) => !there.includes(name)).map((name) => `${name} was sealed as ${what} and is not`),
        ...repeated(sealed).map((name) => `${name} was sealed as ${what} twice`),
      ];
    };
    const destroyed = records.filter(({ state }) => state === 'DESTROYED');
    const rotated = records.filter(({ version }) => version !== null && version > 1);
    return [...compare('key.destroy', 'destroyed', destroyed), ...compare('key.rotate', 'rotated', rotated)];
  },

  'nothing is left undone': ({ leftovers }) => leftovers,
};

/** @returns every violation, with the rule that found it */
export const checkHistory = (history: History): readonly string[] =>
  Object.entries(checks).flatMap(([name, check]) => check(history).map((violation) => `${name}: ${violation}`));

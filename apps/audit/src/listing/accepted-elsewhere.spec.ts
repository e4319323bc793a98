import { afterEach, describe, expect, it, vi } from 'vitest';
import { UnprovenAlarm } from '../proof/unproven-alarm.js';
import { acceptAsTold } from '../testing/accept-as-told.js';
import { contextOf, eventsOf } from '../testing/running-audit.js';
import { twoProcesses } from '../testing/two-processes.js';
import { QueryEvents } from './query-events.js';

const rig = twoProcesses();
afterEach(() => vi.restoreAllMocks());

const list = (filter: object = {}) =>
  rig
    .app(1)
    .get(QueryEvents)
    .query(contextOf(rig.tenantId), { limit: 100, order: 'asc', ...filter });
const rollBack = (seq: number) =>
  rig.audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${rig.tenantId}' AND seq > ${seq};
    UPDATE trail_head h SET seq = ${seq}, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
      WHERE h.tenant_id = '${rig.tenantId}' AND e.tenant_id = h.tenant_id AND e.seq = ${seq};
    DELETE FROM event_dedup WHERE tenant_id = '${rig.tenantId}'`);
const alarms = () => vi.spyOn(rig.app(1).get(UnprovenAlarm), 'raise');
const raised = (spy: ReturnType<typeof alarms>) => spy.mock.calls.flatMap(([, unproven]) => unproven);

/** A trail of ten events in batches of two, whose end the second process knows, of which the first are left. */
const restored = async (left: number): Promise<void> => {
  for (const process of [0, 1]) await rig.guard(process).compare();
  for (let batch = 0; batch < 5; batch++) await rig.seal(1, eventsOf(rig.tenantId, 2));
  await rollBack(left);
};

const lefts = [2, 4, 8] as const;
/** The events that the first process seals on the accepted trail: none, or up to the known end, or beyond it. */
const sealedSince = [0, 4, 8] as const;
const cases = lefts.flatMap((left) => sealedSince.map((since) => [left, since] as const));

describe('a listing by a process that has not taken an acceptance over', () => {
  it.each(cases)(
    'shows all of the accepted trail without an alarm: %i events left, %i sealed since',
    async (left, since) => {
      await restored(left);
      await acceptAsTold(rig.instance(0));
      for (let sealed = 0; sealed < since; sealed += 2) await rig.seal(0, eventsOf(rig.tenantId, 2));
      const alarm = alarms();
      for (const filter of [{}, { outcome: 'success' as const }]) {
        const { items, unproven, missing = [] } = await list(filter);
        expect([unproven, missing]).toEqual([[], []]);
        expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: left + since }, (_, index) => index + 1));
      }
      expect(raised(alarm)).toEqual([]);
    },
  );

  it.each(lefts)('misses what was taken back while nobody has accepted that: %i events left', async (left) => {
    await restored(left);
    const { missing } = await list();
    expect(missing).not.toEqual([]);
  });
});

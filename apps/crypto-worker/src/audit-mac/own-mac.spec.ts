import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@ankasecure/service-kit';
import { describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import { contextOf } from '../testing/worker-database.js';
import type { AuditMacConfig } from './audit-mac.config.js';
import { ComputeMac } from './compute-mac.js';
import { OwnMacs } from './own-mac.js';

const tenantId = randomUUID();
const canonical = randomBytes(200);
const noon = Date.parse('2026-11-30T12:00:00Z');
const hour = 3_600_000;

/** A worker on a token that answers at once and counts its calls. */
const workerOf = (mode: AuditMacConfig['mode']) => {
  const time = { now: noon, sound: true };
  const clock = { now: () => time.now, isSound: () => time.sound, assertAgrees: () => undefined } as unknown as Clock;
  let calls = 0;
  const custody = { platformMac: async () => (calls++, Buffer.alloc(32, 7)) } as unknown as Custody;
  const keys = { auditKey: async () => ({ generation: 1, ref: {} }) } as unknown as PlatformKeys;
  const own = new OwnMacs(clock);
  const macs = new ComputeMac(custody, keys, { mode }, clock, own);
  const ask = (macKeyId: string | null, of = tenantId) =>
    macs.compute(contextOf(of), { macKeyId, messages: [canonical.toString('base64')] });
  return { time, own, ask, calls: () => calls };
};

/** The request of the audit service to the worker, and whether the worker has the key of today then. */
const asked: Readonly<Record<string, readonly [string | null | undefined, boolean]>> = {
  nothing: [undefined, false],
  'MACs under the current key': [null, true],
  'MACs of another day': ['1.2026-11-29', false],
  'MACs under a named key': ['1.2026-11-30', false],
};
/** A change before the worker writes the event, and whether the worker still makes its MAC. */
const later: Readonly<Record<string, readonly [(time: { now: number; sound: boolean }) => void, boolean]>> = {
  'at once': [() => undefined, true],
  'before midnight': [(time) => (time.now += 12 * hour - 1), true],
  'at midnight': [(time) => (time.now += 12 * hour), false],
  'on the day before, by a clock that was set back': [(time) => (time.now -= 13 * hour), false],
  'while the clocks disagree': [(time) => (time.sound = false), false],
};

const cases = (['day-key', 'hsm'] as const).flatMap((mode) =>
  Object.entries(asked).flatMap(([what, [macKeyId, has]]) =>
    Object.entries(later).flatMap(([when, [change, stays]]) =>
      [true, false].map((isOwn) => ({
        mode,
        what,
        macKeyId,
        when,
        change,
        of: isOwn ? tenantId : randomUUID(),
        whose: isOwn ? 'the tenant' : 'another tenant',
        makes: mode === 'day-key' && has && stays && isOwn,
      })),
    ),
  ),
);

describe('a worker that writes an event', () => {
  it.each(cases)(
    'of $whose in the mode $mode $when, asked for $what before, makes its MAC: $makes',
    async ({ mode, macKeyId, change, of, makes }) => {
      const { time, own, ask, calls } = workerOf(mode);
      if (macKeyId !== undefined) await ask(macKeyId);
      change(time);
      const before = calls();
      const made = own.of(of, canonical);
      expect(made !== undefined).toBe(makes);
      expect(calls()).toBe(before);
      if (made === undefined) return;
      const { macs } = await ask(made.macKeyId);
      expect(macs).toEqual([made.hmac.toString('base64')]);
    },
  );

  it('makes MACs under the new key after midnight, once it was asked for one', async () => {
    const { time, own, ask } = workerOf('day-key');
    await ask(null);
    time.now += 12 * hour;
    await ask(null);
    expect(own.of(tenantId, canonical)?.macKeyId).toBe('1.2026-12-01');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditEvent, appendFromWorker, assertSealable, offeredEvent, reportedEvent } from './audit.js';
import { auditEvent } from './audit-event.js';
import { isOrdinaryEvent } from './ordinary-event.js';

const actor = {
  tenantId: '0192f0c4-7b1e-7c3a-9f10-3d1f5a2b6c70',
  principal: 'alice',
  issuer: 'https://login.example',
  correlationId: 'req-1',
  clientAddress: '127.0.0.1',
};
const ordinary = auditEvent(actor, {
  operation: 'sign',
  keyId: '0192f0c4-7b1e-7c3a-9f10-3d1f5a2b6c71',
  algorithm: 'EC-P256',
  details: { version: '1', custody: 'token' },
});

/** Values at and beyond the limits of every field. */
const value = fc.oneof(
  fc.constantFrom(null, undefined, '', '\0', '\ud800', 'é', -1, -0, 0.5, 2 ** 53, Number.NaN, true, [], new Date(0)),
  fc.constantFrom('unknown', 'success', 'other', ordinary.eventId.toUpperCase(), `${ordinary.eventId} `),
  fc.constantFrom(64, 65, 256, 257, 512, 513).map((length) => 'x'.repeat(length)),
  fc.integer(),
  fc.constantFrom<object>(
    {},
    { a: '' },
    { '': 'a' },
    { a: 1 },
    { ['x'.repeat(65)]: 'a' },
    Object.create({ a: 'b' }) as object,
  ),
  fc
    .constantFrom(32, 33, 512, 513)
    .map((count) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 'v']))),
);
const members = [...Object.keys(reportedEvent.shape), 'other', '__proto__'];

describe('an ordinary event', () => {
  it('is what services report', () => {
    expect(isOrdinaryEvent(ordinary)).toBe(true);
    expect(isOrdinaryEvent(auditEvent(actor, { operation: 'key.create', failureCode: 'key-state' }))).toBe(true);
  });

  it('always fulfils the schema', () => {
    const changes = fc.array(fc.tuple(fc.constantFrom(...members), fc.oneof(value, fc.constant('absent'))), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(changes, fc.boolean(), (changed, inherits) => {
        const event: Record<string, unknown> = inherits ? (Object.create({ other: 1 }) as Record<string, unknown>) : {};
        Object.assign(event, ordinary);
        for (const [name, to] of changed)
          if (to === 'absent') delete event[name];
          else Object.defineProperty(event, name, { value: to, enumerable: true, configurable: true, writable: true });
        const fulfils = reportedEvent.safeParse(event).success;
        if (isOrdinaryEvent(event as AuditEvent)) expect(fulfils).toBe(true);
        if (fulfils) assertSealable(event as AuditEvent);
        else expect(() => assertSealable(event as AuditEvent)).toThrow('cannot be sealed');
      }),
      { numRuns: 5000 },
    );
  });
});

describe('an ordinary append', () => {
  const proof = { process: ordinary.eventId, mac: 'A'.repeat(43) };
  const made = { ...proof, macKeyId: '1.2026-11-30', hmac: 'A'.repeat(43) };
  const { request, isOrdinary } = appendFromWorker;

  it('is what outboxes offer', () => {
    for (const one of [proof, made]) expect(isOrdinary?.({ events: [{ ...ordinary, proof: one }] })).toBe(true);
  });

  it('is left by the schema as it is', () => {
    const names = [...Object.keys(offeredEvent.shape), ...Object.keys(made), 'other', '__proto__'];
    const place = fc.constantFrom('event', 'proof', 'details', 'append', 'second');
    const changes = fc.array(fc.tuple(place, fc.constantFrom(...names), fc.oneof(value, fc.constant('absent'))), {
      maxLength: 3,
    });
    const seen = { ordinary: 0, refused: 0 };
    fc.assert(
      fc.property(changes, fc.constantFrom(proof, made), (changed, one) => {
        const event: Record<string, unknown> = { ...ordinary, details: { ...ordinary.details }, proof: { ...one } };
        const second: Record<string, unknown> = { ...ordinary, proof: { ...one } };
        const append: Record<string, unknown> = { events: [event, second] };
        const places = { event, second, append, proof: event['proof'], details: event['details'] } as Readonly<
          Record<string, object>
        >;
        for (const [at, name, to] of changed)
          if (to === 'absent') Reflect.deleteProperty(places[at] ?? {}, name);
          else
            Object.defineProperty(places[at], name, {
              value: to,
              enumerable: true,
              configurable: true,
              writable: true,
            });
        const parsed = request.safeParse(append);
        if (isOrdinary?.(append) === true) {
          expect(parsed.data).toEqual(append);
          seen.ordinary++;
        } else if (!parsed.success) seen.refused++;
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(seen.ordinary, seen.refused)).toBeGreaterThan(100);
  });

  it.each([null, [], 'events', {}, { events: {} }, { events: [] }, { events: [null] }, { events: [[]] }])(
    'is not %j',
    (body) => {
      expect(isOrdinary?.(body)).toBe(false);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { assertSealable } from './audit.js';
import { auditEvent } from './audit-event.js';
import { families, mayReport, reporterDetails } from './reporter.js';

const actor = { tenantId: '0b7e7dee-87ff-4bda-b12f-5e0e1a2b3c4d', principal: 'alice', correlationId: 'c' };

describe('a reporter', () => {
  it('may report its own families, and dry runs of them, and no other', () => {
    expect(mayReport('crypto-worker', 'key.create')).toBe(true);
    expect(mayReport('crypto-worker', 'sign')).toBe(true);
    expect(mayReport('crypto-worker', 'dry-run.sign')).toBe(true);
    expect(mayReport('policy', 'sign')).toBe(false);
    expect(mayReport('crypto-worker', 'approval.approve')).toBe(false);
    expect(mayReport('gateway', 'keys.create')).toBe(false);
    expect(mayReport('gateway', '')).toBe(false);
  });

  it('shares only the families of its own outbox and records', () => {
    const all = Object.values(families).flat();
    expect([...new Set(all.filter((family, index) => all.indexOf(family) !== index))]).toEqual(['outbox', 'record']);
  });

  it('is named in the details', () => {
    const stated = { note: 'a', reportedBy: 'gateway', reporterPartition: 'south' };
    expect(reporterDetails(stated, 'policy', undefined)).toEqual({ note: 'a', reportedBy: 'policy' });
    expect(reporterDetails(undefined, 'crypto-worker', 'north')).toEqual({
      reportedBy: 'crypto-worker',
      reporterPartition: 'north',
    });
  });

  it('seals no span', () => {
    const stated = { note: 'a', traceparent };
    expect(reporterDetails(stated, 'policy', undefined)).toEqual({ note: 'a', reportedBy: 'policy' });
  });
});

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the span of an action', () => {
  const detailsWith = (span: string | undefined) =>
    auditEvent({ ...actor, traceparent: span }, { operation: 'sign' }).details;

  it('travels with its event if it is sampled', () => {
    expect(detailsWith(traceparent)).toEqual({ traceparent });
  });

  it.each([undefined, traceparent.replace(/01$/, '00')])('does not travel as %s', (span) => {
    expect(detailsWith(span)).toEqual({});
  });
});

describe('an event that could not be sealed', () => {
  it.each([
    ['details.roles', { roles: 'x'.repeat(513) }],
    ['details.note', { note: '' }],
    ['details.note', { note: 'a\u0000b' }],
    ['details.note', { note: '\ud800' }],
  ])('is refused for %s', (where, details) => {
    const event = auditEvent(actor, { operation: 'key.create', details });
    expect(() => assertSealable(event)).toThrow(where);
  });

  it('is refused for a name that is too long, and not for fields at their limits', () => {
    expect(() => assertSealable(auditEvent(actor, { operation: 'o'.repeat(65) }))).toThrow('operation');
    const details = { ['n'.repeat(64)]: 'x'.repeat(512) };
    assertSealable(auditEvent({ ...actor, principal: 'p'.repeat(256) }, { operation: 'o'.repeat(64), details }));
  });
});

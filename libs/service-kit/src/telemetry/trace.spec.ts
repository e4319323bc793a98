import { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it, vi } from 'vitest';
import { errorTypeOf } from './error-type.js';
import { activeSpan, flushSpans, inSharedSpan, inSpan, isTraced, linksTo, traceparentOf, withParent } from './trace.js';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('without an SDK', () => {
  it('no span is planned, and the work runs as if called directly', async () => {
    expect(isTraced()).toBe(false);
    const [plan, spans] = [vi.fn<() => never>(), vi.fn<() => never>()];
    const result = Promise.resolve('done');
    expect(inSpan(plan, () => result)).toBe(result);
    expect(inSharedSpan(plan, spans, () => result)).toBe(result);
    expect(withParent(traceparent, () => result)).toBe(result);
    expect(plan).not.toHaveBeenCalled();
    expect(spans).not.toHaveBeenCalled();
    await flushSpans();
  });

  it('no message gets a traceparent', () => {
    expect(traceparentOf()).toEqual({});
    expect(activeSpan()).toBeUndefined();
  });
});

describe('the error type of a span', () => {
  it.each([
    [new AnkaError('hsm-unavailable'), 'hsm-unavailable'],
    [new AnkaError('internal-error'), 'internal-error'],
    [new TypeError('a bug'), 'TypeError'],
    ['thrown text', 'unknown'],
  ])('of %s is %s', (error, type) => {
    expect(errorTypeOf(error)).toBe(type);
  });

  it.each(['policy-refused', 'request-invalid', 'access-denied'] as const)('is absent for the refusal %s', (code) => {
    expect(errorTypeOf(new AnkaError(code))).toBeUndefined();
  });
});

it('links to nothing without a propagator', () => {
  expect(linksTo([traceparent])).toEqual([]);
});

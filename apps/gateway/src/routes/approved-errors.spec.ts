import { expect, it } from 'vitest';
import { errorsOf } from '../api-description/response.js';
import { routes } from './routes.js';

it('the approval of an operation lists every refusal of an operation that can need two people', () => {
  const approve = routes.find(({ decides }) => decides === 'approve');
  const listed = approve === undefined ? [] : errorsOf(approve);
  const controlled = routes.filter((route) => route.controlled === true);
  expect(controlled.length).toBeGreaterThan(5);
  // An approved request names its revision, and no key of its own.
  const elsewhere = ['idempotency-in-flight', 'idempotency-mismatch', 'approval-required', 'precondition-required'];
  const missing = controlled.flatMap(errorsOf).filter((code) => !listed.includes(code) && !elsewhere.includes(code));
  expect([...new Set(missing)]).toEqual([]);
});

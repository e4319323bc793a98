import { type Row, row, shortRow } from './row.js';

const bothWorkers = (failing: string) => ({ 'crypto-worker-1': failing, 'crypto-worker-2': failing });
const everybody = (failing: string) => ({ gateway: failing, policy: failing, audit: failing, ...bothWorkers(failing) });

/** Every request has this outcome: each needs the part that is away. */
const all = (outcome: string) => ({
  sign: outcome,
  verify: outcome,
  create: outcome,
  policy: outcome,
  trail: outcome,
});
/** A worker also compares the events of a listing with their MACs. */
const ofWorkers = (outcome: string) => ({ sign: outcome, verify: outcome, create: outcome, trail: outcome });

/** The requests that need the token fail. Verification does not need it. */
const ofToken = { sign: 'hsm-unavailable', create: 'hsm-unavailable' };

/** No outcome can be recorded, so none is released. */
const offTheRecord = {
  sign: 'audit-unavailable',
  verify: 'audit-unavailable',
  create: 'service-unavailable or audit-unavailable or hsm-unavailable',
};
/** A database that does not answer is waited for, but not longer than the request may take. */
const late = (outcome: string): string => `${outcome} or deadline-exceeded or no answer`;

/** A service says every second that it works on a request. A requester that hears nothing for ten seconds gives up. */
const silent = { answeredIn: 20 };

/**
 * The fault matrix: what clients get, which processes say that they are not ready, and how soon both are as they should be,
 * during every fault of every part and after it. Nothing in it is answered with an error that a client cannot retry, unless
 * the row says so. Times are seconds on an idle machine.
 *
 * Non-goals: two faults at once; the loss of data, which the restore drill shows; a network that is cut in one direction only.
 */
export const matrix: readonly Row[] = [
  // The token, as its PKCS#11 library shows it.
  shortRow('token', 'killed', { answers: ofToken, unready: bothWorkers('hsm'), healedIn: 5 }),
  shortRow('token', 'frozen', {
    answers: { sign: 'hsm-unavailable', create: 'hsm-unavailable' },
    unready: bothWorkers('hsm'),
    noticedIn: 10,
    healedIn: 5,
  }),
  // One call in each process fails as if the device had been removed.
  row('token', 'cut', { healedIn: 5 }),
  row('token', 'slow', { healedIn: 1 }),
  // The token answers, so the failure is the call's own, and trying again does not help.
  shortRow('token', 'read-only', { answers: { create: 'hsm-error' }, healedIn: 1 }),
  shortRow('token', 'full', { answers: { create: 'hsm-error' }, healedIn: 1 }),
  row('token', 'refused', { answers: ofToken, unready: bothWorkers('hsm'), healedIn: 5 }),

  shortRow('NATS', 'frozen', {
    answers: all('service-unavailable'),
    unready: everybody('nats'),
    noticedIn: 10,
    healedIn: 5,
  }),
  shortRow('NATS', 'cut', { healedIn: 5 }),
  row('NATS', 'slow', { healedIn: 1 }),
  // The server withdraws the workers' subscriptions to signing and making keys. Verification has its own.
  shortRow('NATS', 'refused', {
    answers: { sign: 'service-unavailable', create: 'service-unavailable' },
    unready: bothWorkers('nats'),
    healedIn: 5,
  }),

  // Tokens of configured issuers need no database. An Idempotency-Key does.
  row('gateway database', 'frozen', {
    answers: { create: late('service-unavailable') },
    unready: { gateway: 'database' },
    healedIn: 5,
  }),
  shortRow('gateway database', 'read-only', {
    answers: { create: 'service-unavailable' },
    unready: { gateway: 'database' },
    healedIn: 5,
  }),
  row('gateway database', 'full', {
    answers: { create: 'service-unavailable' },
    unready: { gateway: 'database' },
    healedIn: 5,
  }),
  row('gateway database', 'refused', {
    answers: { create: 'service-unavailable' },
    unready: { gateway: 'database' },
    healedIn: 5,
  }),
  row('gateway database', 'cut', { healedIn: 2 }),
  row('gateway database', 'slow', { healedIn: 2 }),

  // Workers enforce the policy from their own copy.
  row('policy database', 'frozen', {
    answers: { policy: late('service-unavailable') },
    unready: { policy: 'database' },
    healedIn: 5,
  }),
  row('policy database', 'read-only', { unready: { policy: 'database' }, healedIn: 5 }),
  row('policy database', 'full', { unready: { policy: 'database' }, healedIn: 5 }),
  shortRow('policy database', 'refused', {
    answers: { policy: 'service-unavailable' },
    unready: { policy: 'database' },
    healedIn: 5,
  }),
  row('policy database', 'cut', { healedIn: 2 }),
  row('policy database', 'slow', { healedIn: 2 }),

  row('key database', 'frozen', {
    answers: {
      sign: late('audit-unavailable'),
      verify: late('audit-unavailable'),
      create: late('service-unavailable or audit-unavailable or hsm-unavailable'),
    },
    unready: bothWorkers('database'),
    healedIn: 5,
  }),
  row('key database', 'read-only', { answers: offTheRecord, unready: bothWorkers('database'), healedIn: 5 }),
  shortRow('key database', 'full', { answers: offTheRecord, unready: bothWorkers('database'), healedIn: 5 }),
  row('key database', 'refused', { answers: offTheRecord, unready: bothWorkers('database'), healedIn: 5 }),
  shortRow('key database', 'cut', { healedIn: 5 }),
  row('key database', 'slow', { healedIn: 2 }),

  // Outcomes wait in the outboxes of the other services.
  row('audit database', 'frozen', {
    answers: { trail: late('service-unavailable') },
    unready: { audit: 'database' },
    healedIn: 5,
  }),
  row('audit database', 'read-only', { unready: { audit: 'database' }, healedIn: 5 }),
  row('audit database', 'full', { unready: { audit: 'database' }, healedIn: 5 }),
  shortRow('audit database', 'refused', {
    answers: { trail: 'service-unavailable' },
    unready: { audit: 'database' },
    healedIn: 5,
  }),
  row('audit database', 'cut', { healedIn: 2 }),
  row('audit database', 'slow', { healedIn: 2 }),

  // The bus disconnects a worker that does not answer, and the other one gets its requests.
  row('worker', 'frozen', { ...silent, unready: { 'crypto-worker-1': 'silent' }, noticedIn: 15, healedIn: 5 }),
  shortRow('worker', 'killed', { ...silent, unready: { 'crypto-worker-1': 'silent' }, healedIn: 2 }),
  row('workers', 'frozen', {
    ...silent,
    answers: ofWorkers('service-unavailable'),
    unready: bothWorkers('silent'),
    noticedIn: 15,
    healedIn: 5,
  }),
  row('workers', 'killed', {
    ...silent,
    answers: ofWorkers('service-unavailable'),
    unready: bothWorkers('silent'),
    healedIn: 2,
  }),
  row('workers', 'cut', { healedIn: 5 }),
  row('workers', 'slow', { healedIn: 2 }),
  row('workers', 'refused', {
    answers: ofWorkers('service-unavailable'),
    unready: bothWorkers('database and nats'),
    healedIn: 5,
  }),

  shortRow('gateway', 'frozen', { answers: all('no answer'), unready: { gateway: 'silent' }, healedIn: 5 }),
  row('gateway', 'killed', { answers: all('no answer'), unready: { gateway: 'silent' }, healedIn: 2 }),
  row('gateway', 'cut', { healedIn: 5 }),
  row('gateway', 'slow', { healedIn: 2 }),
  row('gateway', 'refused', {
    answers: all('service-unavailable'),
    unready: { gateway: 'database and nats' },
    healedIn: 5,
  }),

  row('policy', 'frozen', {
    ...silent,
    answers: { policy: 'service-unavailable' },
    unready: { policy: 'silent' },
    noticedIn: 15,
    healedIn: 5,
  }),
  shortRow('policy', 'killed', {
    ...silent,
    answers: { policy: 'service-unavailable' },
    unready: { policy: 'silent' },
    healedIn: 2,
  }),
  row('policy', 'cut', { healedIn: 5 }),
  row('policy', 'slow', { healedIn: 2 }),
  row('policy', 'refused', {
    answers: { policy: 'service-unavailable' },
    unready: { policy: 'database and nats' },
    healedIn: 5,
  }),

  row('audit', 'frozen', {
    ...silent,
    answers: { trail: 'service-unavailable' },
    unready: { audit: 'silent' },
    noticedIn: 15,
    healedIn: 5,
  }),
  shortRow('audit', 'killed', {
    ...silent,
    answers: { trail: 'service-unavailable' },
    unready: { audit: 'silent' },
    healedIn: 2,
  }),
  row('audit', 'cut', { healedIn: 5 }),
  shortRow('audit', 'slow', { healedIn: 2 }),
  row('audit', 'refused', {
    answers: { trail: 'service-unavailable' },
    unready: { audit: 'database and nats' },
    healedIn: 5,
  }),

  row('PostgreSQL', 'frozen', {
    answers: {
      ...offTheRecord,
      sign: late('audit-unavailable'),
      verify: late('audit-unavailable'),
      create: late('service-unavailable'),
      policy: late('service-unavailable'),
      trail: late('service-unavailable'),
    },
    unready: everybody('database'),
    healedIn: 5,
  }),
  row('PostgreSQL', 'refused', {
    answers: { ...offTheRecord, policy: 'service-unavailable', trail: 'service-unavailable' },
    unready: everybody('database'),
    healedIn: 5,
  }),
  row('PostgreSQL', 'cut', { healedIn: 5 }),
  row('PostgreSQL', 'slow', { healedIn: 2 }),

  // The replacements of these two are not children of the stack, so these rows come last.
  shortRow('NATS', 'killed', { answers: all('service-unavailable'), unready: everybody('nats'), healedIn: 5 }),
  row('PostgreSQL', 'killed', {
    answers: { ...offTheRecord, policy: 'service-unavailable', trail: 'service-unavailable' },
    unready: everybody('database'),
    healedIn: 5,
  }),
];

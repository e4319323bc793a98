import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readWorkspace } from './workspace.js';

/**
 * The shipped code that reads the process's own date, and why. Everything else decides by `Clock`, which follows the database,
 * or measures durations and deadlines by `monotonicNow`.
 */
const readers: Readonly<Record<string, string>> = {
  'libs/service-kit/src/clock/clock.ts': 'before the first reading of the database’s clock there is no other',
  'libs/service-kit/src/clock/peer-clocks.ts': 'compares it with other clocks',
  'libs/service-kit/src/clock/remote-clock.ts': 'compares it with other clocks',
  'libs/service-kit/src/nats/connection.ts': 'tells it to others for comparison',
  'apps/audit/src/anchor/told-trails.ts': 'bounds a number that the database tells; its clock is its word too',
  'apps/audit/src/record/record-indexes.ts': 'bounds a revision that events tell; the database’s clock is its word too',
  'libs/service-kit/src/outbox/outbox-metrics.ts': 'shows an age',
  'libs/service-kit/src/record/record-revisions.ts':
    'bounds how far a slow answer of the database puts its time back; the two agree',
  'apps/crypto-worker/src/record/adoption.ts':
    'bounds how long an upgrade is under way; the database’s clock is the word of whom it bounds',
  'apps/crypto-worker/src/life/overdue/overdue-watch.ts':
    'decides which sealed records are looked at; the database’s time in the transaction decides what is late',
  'apps/crypto-worker/src/doctor/draft.ts': 'dates a report where there is no database',
  'libs/contracts/src/audit-event.ts':
    'the reporter’s own time is what the event records; `sealedAt` is the database’s',
  'apps/gateway/src/auth/remote-keys.ts': 'jose dates the sets that it fetches by it',
  'apps/gateway/src/service-account/certificate.ts': 'only spares an administrator a certificate that would not work',
  'libs/sdk/src/token/held-token.ts': 'a client has no database to ask; it only renews a token early or late',
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const aside = /\.(spec|conformance|fixture)\.ts$|\/testing\/|\/bench\//;
const shipped = readWorkspace(root)
  .packages.filter(({ directory }) => /^(apps|libs)\//.test(directory) && directory !== 'libs/testing')
  .flatMap(({ sources }) => sources.map(({ path }) => path))
  .filter((path) => path.endsWith('.ts') && !aside.test(path));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the date of a process', () => {
  it('is read only where a reason is given', () => {
    const reading = shipped.filter((path) => /\bDate\.now\(\)|new Date\(\)/.test(textOf(path)));
    expect(reading.toSorted()).toEqual(Object.keys(readers).toSorted());
  });

  it('is never a deadline, in tests either', () => {
    const all = readWorkspace(root).packages.flatMap(({ sources }) => sources.map(({ path }) => path));
    expect(all.filter((path) => /deadline: Date\.now\(/.test(textOf(path)))).toEqual([]);
  });
});

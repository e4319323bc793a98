import type { PolicyDocument, PolicyRequest } from '@ankasecure/policy-rules';
import type { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import type { Use } from '../key/key-state.js';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { type Operation, operations } from '../operation/operation.js';
import { newVersionRequest } from '../policy/new-version.js';

const day = 86_400_000;

/** What a policy is asked about a key version: by `document`, as if it were done now. */
export type Question = (
  custody: Custody,
  row: KeyVersionRecord,
  document: PolicyDocument,
  now: number,
) => PolicyRequest;

const subjectOf = (custody: Custody, { key: { algorithm, purpose }, custody: place }: KeyVersionRecord) => ({
  ...{ algorithm, purpose, custody: place },
  outsideSteps: outsideSteps(custody, algorithm, purpose),
});

export const usedFor =
  (use: Use): Question =>
  (custody, row) => ({
    ...{ ...subjectOf(custody, row), use },
    keyMadeAt: row.key.createdAt.getTime(),
    versionMadeAt: row.createdAt.getTime(),
  });

/** As far as the records still say what was asked for: metadata and the date of deactivation may have been changed since. */
const made: Question = (custody, row, _, now) => ({
  ...{ ...subjectOf(custody, row), use: 'create', labels: Object.keys(row.key.metadata) },
  // A date that has passed may be that of a rotation, or of somebody's deed.
  ...(row.deactivateAt !== null &&
    row.deactivateAt.getTime() > now && { lifeDays: (row.deactivateAt.getTime() - row.key.createdAt.getTime()) / day }),
});

/** The key is as old as it was then. */
const rotated: Question = (custody, row, document, now) => ({
  ...newVersionRequest(custody, { document }, row),
  keyMadeAt: now - (row.createdAt.getTime() - row.key.createdAt.getTime()),
});

/** Crypto calls, by their names in events. */
export const usings: ReadonlyMap<string, Question> = new Map(
  (operations as readonly Pick<Operation<never, never>, 'name' | 'use'>[]).map(({ name, use }) => [name, usedFor(use)]),
);

/** Calls that made a key or a version, the same way. */
export const makings: ReadonlyMap<string, Question> = new Map([
  ['key.create', made],
  ['key.import', made],
  ['key.rotate', rotated],
]);

import type { PolicyDocument, PolicyRequest } from '@ankasecure/policy-rules';
import type { Custody } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import { dayMs } from '../deadline/day.js';
import type { Use } from '../key/key-state.js';
import type { StoredVersion } from '../key/record/select-version.js';
import { type Operation, operations } from '../operation/operation.js';
import { newVersionRequest } from '../policy/new-version.js';

/** Builds the policy request of a past call with a key version, as if the call were made now under `document`. */
export type PolicyQuestion = (
  custody: Custody,
  row: StoredVersion,
  document: PolicyDocument,
  now: number,
) => PolicyRequest;

const keyIn = (custody: Custody, { custody: place, key: { algorithm, purpose, algs } }: StoredVersion) => ({
  algorithm,
  purpose,
  custody: place,
  outsideSteps: outsideSteps(custody, { algorithm, purpose, algs, custody: place }),
});

/** The call used the key for `use`. */
export const useQuestion =
  (use: Use): PolicyQuestion =>
  (custody, row) => ({
    ...keyIn(custody, row),
    use,
    keyMadeAt: row.key.createdAt.getTime(),
    versionMadeAt: row.createdAt.getTime(),
  });

/**
 * The call made the key. The request is reconstructed from the record, whose metadata and deactivation date may have changed
 * since.
 */
const keyMade: PolicyQuestion = (custody, row, _, now) => ({
  ...keyIn(custody, row),
  use: 'create',
  labels: Object.keys(row.key.metadata),
  // A date in the past may come from a rotation or from a request to deactivate the key.
  ...(row.deactivateAt !== null &&
    row.deactivateAt.getTime() > now && {
      lifeDays: (row.deactivateAt.getTime() - row.key.createdAt.getTime()) / dayMs,
    }),
});

/** The call made a new version. The key's age is as it was then. */
const versionMade: PolicyQuestion = (custody, row, document, now) => ({
  ...newVersionRequest(custody, { document }, row),
  keyMadeAt: now - (row.createdAt.getTime() - row.key.createdAt.getTime()),
});

/** Crypto calls, by their names in audit events. */
export const uses: ReadonlyMap<string, PolicyQuestion> = new Map(
  (operations as readonly Pick<Operation<never, never>, 'name' | 'use'>[]).map(({ name, use }) => [
    name,
    useQuestion(use),
  ]),
);

/** Calls that made a key or a version, by their names in audit events. */
export const makings: ReadonlyMap<string, PolicyQuestion> = new Map([
  ['key.create', keyMade],
  ['key.import', keyMade],
  ['key.rotate', versionMade],
]);

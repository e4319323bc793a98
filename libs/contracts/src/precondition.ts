import { z } from 'zod';
import { AnkaError } from './error.js';

const revision = z.number().int().positive();

/** Revisions that a caller names: one, a list, or any (`*`). A caller who names tags that are no revisions sends an empty list. */
export const revisions = z.union([revision, z.literal('*'), z.array(revision).max(100)]);
export type Revisions = z.infer<typeof revisions>;

/** The preconditions of a change (RFC 9110 §13.1). */
export interface Preconditions {
  readonly ifMatch?: Revisions | undefined;
  readonly ifNoneMatch?: Revisions | undefined;
}

const names = (named: Revisions, current: number | undefined): boolean =>
  current !== undefined && (named === '*' || [named].flat().includes(current));

/**
 * Tells whether the preconditions hold.
 * @param current the resource's revision, or undefined if the resource does not exist
 */
export const preconditionsHold = ({ ifMatch, ifNoneMatch }: Preconditions, current: number | undefined): boolean =>
  (ifMatch === undefined || names(ifMatch, current)) && (ifNoneMatch === undefined || !names(ifNoneMatch, current));

/**
 * @param resource what has changed, for the detail: `The key`
 * @throws AnkaError `precondition-failed`
 */
export const assertPreconditions = (of: Preconditions, current: number | undefined, resource: string): void => {
  if (!preconditionsHold(of, current))
    throw new AnkaError('precondition-failed', `${resource} has changed. Read it again and repeat the change.`);
};

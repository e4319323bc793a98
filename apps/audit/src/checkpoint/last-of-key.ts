import { keyIdOf, parseNote, parseVerifierKey } from '@ankasecure/audit-event';
import type { EntityManager } from 'typeorm';
import type { ListedKeys } from './checkpoint-source.js';
import { type StoredCheckpoint, selectCheckpoints } from './store/checkpoint.sql.js';
import { assertAgrees } from './stored-tree.js';

type ListedKey = ListedKeys['keys'][number];

const idOf = ({ verifierKey }: ListedKey): Buffer => keyIdOf(parseVerifierKey(verifierKey));

const isSignedBy =
  (ids: readonly Buffer[]) =>
  (checkpoint: StoredCheckpoint): boolean => {
    assertAgrees(checkpoint);
    return parseNote(checkpoint.note).signatures.some(({ keyId }) => ids.some((id) => id.equals(keyId)));
  };

/**
 * Finds the last checkpoint that a key has signed: the one before the first of its successors. Keys of an algorithm sign one after the
 * other, so that place is found by halving, with a statement for each step, however many checkpoints there are.
 * @param keys all of the tenant
 * @returns undefined if the key has not signed that one
 * @throws AnkaError `record-forged` for a stored text that is no checkpoint
 */
export const lastOf = async (
  manager: EntityManager,
  tenantId: string,
  key: ListedKey,
  keys: readonly ListedKey[],
): Promise<StoredCheckpoint | undefined> => {
  const isOwn = isSignedBy([idOf(key)]);
  const isLater = isSignedBy(
    keys.filter((one) => one.algorithm === key.algorithm && one.generation > key.generation).map(idOf),
  );
  /** The last checkpoint that is smaller. */
  const lastBefore = async (before: number | undefined): Promise<StoredCheckpoint | undefined> =>
    (await selectCheckpoints(manager, tenantId, { before, limit: 1 }))[0];
  let first = await lastBefore(undefined);
  if (first === undefined || !isLater(first)) return first !== undefined && isOwn(first) ? first : undefined;
  // `first` is a successor's, and nothing that is smaller than `low` is.
  for (let low = 0; low < first.size; ) {
    const middle = Math.ceil((low + first.size) / 2);
    const one: StoredCheckpoint | undefined = await lastBefore(middle);
    if (one !== undefined && isLater(one)) first = one;
    else low = middle;
  }
  const found = await lastBefore(first.size);
  return found !== undefined && isOwn(found) ? found : undefined;
};

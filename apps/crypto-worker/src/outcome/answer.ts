import type { DryRun, Key, KeyQuota, Notice } from '@ankasecure/contracts';
import { type Answer, isDryRun } from '@ankasecure/service-kit';

/** Answers with a result and its revision, or with the dry run. */
export const withRevision = <Body extends { readonly revision: number }>(
  ended: Body | DryRun,
): Answer<Body | DryRun> => (isDryRun(ended) ? { body: ended } : { body: ended, revision: ended.revision });

/** A key that was made, and its members of the answer's head. */
interface MadeKey {
  readonly key: Key;
  readonly notice?: Notice | undefined;
  readonly keyQuota?: KeyQuota | undefined;
}

/** Answers with a key that was made, or with the dry run. */
export const madeKey = (ended: MadeKey | DryRun): Answer<Key | DryRun> => {
  if (isDryRun(ended)) return { body: ended };
  const { key: body, notice, keyQuota } = ended;
  return { body, revision: body.revision, id: body.id, notice, keyQuota };
};

import type { Context } from '@ankasecure/contracts';
import { parseKid } from '../key/key-version.js';
import type { Attempt } from '../operation/attempt.js';
import type { AttemptItem } from '../operation/attempt-item.js';
import type { Operation } from '../operation/operation.js';

/** A key by one of its names. */
export interface NamedKey {
  readonly keyId?: string | undefined;
  readonly alias?: string | undefined;
}

/** An item that takes data from one key to another. */
interface Moving extends NamedKey {
  /** The other key. Default: the current version of the same one. */
  readonly to?: NamedKey | undefined;
}

/** The other key, as far as the item names it: a kid that the key had before its import does not. */
const namedBy = ({ to, keyId, alias }: Moving, kid: () => string | null): NamedKey | undefined => {
  if (to !== undefined) return to;
  if (alias !== undefined) return { alias };
  const own = keyId ?? parseKid(kid() ?? '')?.keyId;
  return own === undefined ? undefined : { keyId: own };
};

const orNull = (read: () => string | null): string | null => {
  try {
    return read();
  } catch {
    // A token that is not valid names no key. What is wrong with it, the use of the first key tells.
    return null;
  }
};

/**
 * Decides about the other key before the first one is used. A key that is not there may be one that has the kid from before its
 * import, so the use of the first key tells.
 * @param kid reads the kid of the item's token
 * @param use the use of the other key
 */
export const refusalOfSuccessor = async <Item extends NamedKey, Parsed>(
  items: AttemptItem,
  context: Context,
  item: Moving,
  kid: () => string | null,
  use: { readonly operation: Operation<Item, Parsed>; readonly item: (key: NamedKey) => Item },
): Promise<Attempt | undefined> => {
  const key = namedBy(item, () => orNull(kid));
  if (key === undefined) return undefined;
  const refused = await items.refusal(use.operation, context, use.item(key));
  return item.to === undefined && refused?.event.failureCode === 'key-not-found' ? undefined : refused;
};

/** The other key, once the first one was used. */
export const successorOf = ({ to }: Moving, { event: { keyId } }: Attempt): NamedKey => to ?? { keyId: keyId ?? '' };

import { AnkaError, uuid } from '@ankasecure/contracts';
import { type CursorScope, CursorSeal } from '@ankasecure/service-kit';

/**
 * A gateway shares no secret with other gateways, so this is none. A position is the id of the last item of a page: it reveals
 * nothing more than the page, and a made-up one leads nowhere but to the caller's own items. The seal keeps a cursor of another
 * listing, filter or tenant from being taken for one of this listing.
 */
const cursors = new CursorSeal('the listings of the gateway');

interface Query {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Page<Item> {
  items: Item[];
  next: string | null;
}

/**
 * A page of a listing of the gateway's own records, which are sorted by id, the highest first. An id begins with the time of its
 * creation, so that is newest first.
 * @param load returns up to `take` items with ids below `before`, or of all
 * @throws AnkaError `cursor-invalid`
 */
export const pageById = async <Item extends { readonly id: string }>(
  scope: CursorScope,
  { limit, cursor }: Query,
  load: (before: string | undefined, take: number) => Promise<readonly Item[]>,
): Promise<Page<Item>> => {
  const found = await load(cursor === undefined ? undefined : positionOf(scope, cursor), limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursors.seal(scope, last.id) : null };
};

/** The same for a listing whose records are loaded all together. They need not be sorted. */
export const pageOfAll = <Item extends { readonly id: string }>(
  scope: CursorScope,
  query: Query,
  load: () => Promise<readonly Item[]>,
): Promise<Page<Item>> =>
  pageById(scope, query, async (before, take) =>
    (await load())
      .filter(({ id }) => before === undefined || id < before)
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, take),
  );

const positionOf = (scope: CursorScope, cursor: string): string => {
  const { data } = uuid.safeParse(cursors.open(scope, cursor));
  if (data === undefined)
    throw new AnkaError('cursor-invalid', 'Use the cursor of the previous page, with the same filter');
  return data;
};

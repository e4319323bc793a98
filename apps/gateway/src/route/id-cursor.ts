import { AnkaError, uuid } from '@ankasecure/contracts';

/**
 * The position in a listing of the gateway's own records: the id of the last item of the page before. It reveals nothing more
 * than the page.
 * @throws AnkaError `cursor-invalid`
 */
export const idOfCursor = (cursor: string | undefined): string | undefined => {
  if (cursor === undefined) return undefined;
  const { data } = uuid.safeParse(cursor);
  if (data === undefined)
    throw new AnkaError('cursor-invalid', 'Use the cursor of the previous page, with the same filter');
  return data;
};

import {
  type Context,
  listRecordHeads,
  type RecordHead,
  type RecordKind,
  type RecordName,
  type Service,
} from '@ankasecure/contracts';
import type { BusClient } from '../nats/client.js';

/** Which heads are listed, in the order of kinds and ids. */
interface Listing {
  readonly owner: Service;
  readonly kind?: RecordKind | undefined;
  /** Only those after this record. */
  readonly after?: RecordName | null;
}

/** Which of the first heads are listed. */
interface FirstHeads {
  readonly owner: Service;
  readonly after: RecordName;
  readonly most: number;
  readonly counts: (head: RecordHead) => boolean;
}

/** The pages of a listing of the context's tenant. Each is asked for when it is read, under a context of its own. */
async function* pagesOf(
  bus: Pick<BusClient, 'request'>,
  contextOf: () => Context,
  { owner, kind, after = null }: Listing,
): AsyncGenerator<readonly RecordHead[]> {
  for (let from: RecordName | null | undefined = after; from !== undefined; ) {
    // Reading is the same in a dry run.
    const { dryRun: _, ...reading } = contextOf();
    const request = { owner, after: from, ...(kind !== undefined && { kind }) };
    const page: { heads: RecordHead[]; complete: boolean } = await bus.request(listRecordHeads, '', reading, request);
    yield page.heads;
    const last = page.heads.at(-1);
    from = page.complete || last === undefined ? undefined : { kind: last.kind, id: last.id };
  }
}

/**
 * The heads of a tenant's records of one kind whose ids begin with `prefix`. Long ids are digests (`recordIdOf`), and are not
 * found so.
 */
export const headsWithPrefix = async (
  bus: Pick<BusClient, 'request'>,
  context: Context,
  owner: Service,
  kind: RecordKind,
  prefix: string,
): Promise<readonly RecordHead[]> => {
  const found: RecordHead[] = [];
  for await (const page of pagesOf(bus, () => context, { owner, kind, after: { kind, id: prefix } })) {
    found.push(...page.filter(({ id }) => id.startsWith(prefix)));
    if (page.at(-1)?.id.startsWith(prefix) !== true) break;
  }
  return found;
};

/** All heads of the context's tenant that the service owns, or those of one kind. @param after only those after this record */
export const allHeads = async (
  bus: Pick<BusClient, 'request'>,
  context: Context,
  owner: Service,
  kind?: RecordKind,
  after: RecordName | null = null,
): Promise<readonly RecordHead[]> => {
  const heads: RecordHead[] = [];
  for await (const page of pagesOf(bus, () => context, { owner, kind, after })) heads.push(...page);
  return heads;
};

/**
 * The first heads of a tenant's records of one kind after a record: at least `most` of those that count if there are as many, and
 * all between them.
 * @param contextOf the context of each page, with its deadline
 * @returns whether there are no more
 */
export const firstHeads = async (
  bus: Pick<BusClient, 'request'>,
  contextOf: () => Context,
  { owner, after, most, counts }: FirstHeads,
): Promise<{ readonly heads: readonly RecordHead[]; readonly isAll: boolean }> => {
  const heads: RecordHead[] = [];
  let counted = 0;
  for await (const page of pagesOf(bus, contextOf, { owner, kind: after.kind, after })) {
    if (counted >= most) return { heads, isAll: false };
    heads.push(...page);
    counted += page.filter(counts).length;
  }
  return { heads, isAll: true };
};

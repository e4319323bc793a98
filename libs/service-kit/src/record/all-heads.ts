import {
  type Context,
  listRecordHeads,
  type RecordHead,
  type RecordKind,
  type RecordName,
  type Service,
} from '@ankasecure/contracts';
import type { BusClient } from '../nats/client.js';

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
  for (let id: string | undefined = prefix; id !== undefined; ) {
    const request = { owner, kind, after: { kind, id } };
    const page: { heads: RecordHead[]; complete: boolean } = await bus.request(listRecordHeads, '', context, request);
    found.push(...page.heads.filter((head) => head.id.startsWith(prefix)));
    const last = page.heads.at(-1)?.id;
    id = page.complete || last?.startsWith(prefix) !== true ? undefined : last;
  }
  return found;
};

/** All heads of the context's tenant that the service owns, or those of one kind. @param from only those after this record, in the order of kinds and ids */
export const allHeads = async (
  bus: Pick<BusClient, 'request'>,
  context: Context,
  owner: Service,
  kind?: RecordKind,
  from: RecordName | null = null,
): Promise<readonly RecordHead[]> => {
  // Reading is the same in a dry run.
  const { dryRun: _, ...reading } = context;
  const heads: RecordHead[] = [];
  for (let after: RecordName | null | undefined = from; after !== undefined; ) {
    const request = { owner, after, ...(kind !== undefined && { kind }) };
    const page: { heads: RecordHead[]; complete: boolean } = await bus.request(listRecordHeads, '', reading, request);
    heads.push(...page.heads);
    const last = page.heads.at(-1);
    after = page.complete || last === undefined ? undefined : { kind: last.kind, id: last.id };
  }
  return heads;
};

import { multisetBytes } from '@ankasecure/audit-event';
import { type RecordHead, recordKey } from '@ankasecure/contracts';
import type { ReadIndex } from './read-index.js';
import type { RecordIndexRecord } from './record-index.entity.js';

const isNumber = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

/** An index of 0 is over no change at all. */
const isIndex = ({ seq, sum, macKeyId, mac }: RecordIndexRecord): boolean =>
  (seq === 0 || isNumber(seq)) &&
  Buffer.isBuffer(sum) &&
  sum.length === multisetBytes &&
  isText(macKeyId) &&
  Buffer.isBuffer(mac);

const isHead = ({ kind, id, seq, revision, digest, state }: RecordHead): boolean =>
  isText(kind) && isText(id) && isNumber(seq) && isNumber(revision) && isTextOrNull(digest) && isTextOrNull(state);

const isOf = (row: object, tenantId: string): boolean => !('tenantId' in row) || row.tenantId === tenantId;

/**
 * Looks for what no table of ours can hold: whoever owns the database may put a view in its place. The sum of heads says nothing
 * of a record that is named twice: 65,536 equal heads add nothing to it, and neither does one that is known.
 * @returns what is wrong, or undefined
 */
export const impossible = (
  tenantId: string,
  { held, heads }: Pick<ReadIndex, 'held' | 'heads'>,
): string | undefined => {
  if (held !== null && !(isIndex(held) && isOf(held, tenantId))) return 'it has a form that no index has';
  if (!heads.every((head) => isHead(head) && isOf(head, tenantId))) return 'a head has a form that no head has';
  if (new Set(heads.map(recordKey)).size < heads.length) return 'a record is named twice';
  return undefined;
};

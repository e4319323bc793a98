import type { IncomingHttpHeaders } from 'node:http';
import { AnkaError, type Preconditions, type Revisions } from '@ankasecure/contracts';
import type { Route } from './route.js';

/** An entity tag (RFC 9110 §8.8.3). */
interface Tag {
  readonly isWeak: boolean;
  /** The value between the quotes. */
  readonly opaque: string;
}

/** One element of a list and the comma behind it. Elements can be empty (RFC 9110 §5.6.1). It looks at each character once. */
const element = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)/y;

/** The most tags of one header. Nobody has seen more states of one resource at once. */
const most = 100;

/**
 * The tags of an If-Match or If-None-Match header, or `*` (RFC 9110 §13.1.1, §13.1.2).
 * @throws AnkaError `request-invalid`
 */
export const tagsOf = (name: string, header: string): readonly Tag[] | '*' => {
  if (header.trim() === '*') return '*';
  const tags: Tag[] = [];
  element.lastIndex = 0;
  while (element.lastIndex < header.length) {
    const match = element.exec(header);
    if (match === null) break;
    if (match[2] !== undefined) tags.push({ isWeak: match[1] !== undefined, opaque: match[2] });
    if (element.lastIndex === header.length && tags.length > 0 && tags.length <= most) return tags;
  }
  throw new AnkaError(
    'request-invalid',
    `${name}: must be *, or up to ${most} entity tags in double quotes with commas between them`,
  );
};

/** The ETag of a resource: its revision, and the variant that the answer shows, if there is one. */
export const etagOf = (revision: number, variant: string | undefined): string =>
  `"${revision}${variant === undefined ? '' : `.${variant}`}"`;

/** The revision of our tag: a count, or microseconds since the epoch. A change is conditional on the revision alone, because a variant is nobody's change. */
const revisionOf = ({ opaque }: Tag): number | undefined => {
  const digits = /^([1-9]\d{0,15})(?:\.[A-Za-z0-9_-]{1,32})?$/.exec(opaque)?.[1];
  const revision = Number(digits);
  return Number.isSafeInteger(revision) ? revision : undefined;
};

const revisionsOf = (tags: readonly Tag[]): Revisions => {
  const revisions = [...new Set(tags.map(revisionOf).filter((revision) => revision !== undefined))];
  const [only] = revisions;
  return only !== undefined && revisions.length === 1 ? only : revisions;
};

/** A proxy that compresses answers makes their tags weak, and reading the resource again does not help. */
const onlyWeak = (): AnkaError =>
  new AnkaError(
    'precondition-failed',
    'If-Match: a weak tag (W/"…") matches nothing (RFC 9110, section 13.1.1). Send the ETag as this API wrote it, without W/: a proxy on the way made it weak.',
  );

/** The revisions of an If-Match header. A weak tag never matches. A tag that is not ours is one of no revision. */
const matched = (header: string): Revisions => {
  const tags = tagsOf('If-Match', header);
  if (tags === '*') return tags;
  if (tags.every(({ isWeak }) => isWeak)) throw onlyWeak();
  return revisionsOf(tags.filter(({ isWeak }) => !isWeak));
};

/** The revisions of an If-None-Match header. Weak tags count like strong ones. */
const unmatched = (header: string): Revisions => {
  const tags = tagsOf('If-None-Match', header);
  return tags === '*' ? tags : revisionsOf(tags);
};

const noTag = (): AnkaError =>
  new AnkaError('precondition-failed', 'The resource has no ETag: leave If-Match and If-None-Match out');

/**
 * The preconditions of a change, which the service decides together with the change. A read is decided on its answer:
 * see `readOf`. What a route without preconditions acts on has no ETag: it matches nothing but `*`.
 * @throws AnkaError `precondition-required` without a header that the route requires, `precondition-failed` for a condition
 * that no state of the resource meets, `request-invalid`
 */
export const conditionOf = (
  route: Pick<Route, 'method' | 'conditional'>,
  { 'if-match': ifMatch, 'if-none-match': ifNoneMatch }: IncomingHttpHeaders,
): Preconditions => {
  if (route.method === 'GET') return {};
  if (route.conditional === true && ifMatch === undefined)
    throw new AnkaError('precondition-required', 'Read the resource and send its ETag as If-Match');
  const preconditions = {
    ...(ifMatch !== undefined && { ifMatch: matched(ifMatch) }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch: unmatched(ifNoneMatch) }),
  };
  if (route.conditional !== undefined) return preconditions;
  if ((ifMatch !== undefined && preconditions.ifMatch !== '*') || preconditions.ifNoneMatch === '*') throw noTag();
  return {};
};

/**
 * Decides from a read's preconditions and the ETag of its answer whether it gets the answer, or that nothing has changed.
 * @throws AnkaError `precondition-failed`, `request-invalid`
 */
export const readOf = (
  etag: string | undefined,
  { 'if-match': ifMatch, 'if-none-match': ifNoneMatch }: IncomingHttpHeaders,
): 'answer' | 'not-modified' => {
  const opaque = etag?.slice(1, -1);
  const isCurrent = (tag: Tag): boolean => tag.opaque === opaque;
  if (ifMatch !== undefined) {
    const tags = tagsOf('If-Match', ifMatch);
    if (tags !== '*' && !tags.some((tag) => !tag.isWeak && isCurrent(tag))) {
      if (opaque === undefined) throw noTag();
      if (tags.every(({ isWeak }) => isWeak)) throw onlyWeak();
      throw new AnkaError('precondition-failed', 'The resource has changed, and its ETag is another');
    }
  }
  if (ifNoneMatch === undefined) return 'answer';
  const tags = tagsOf('If-None-Match', ifNoneMatch);
  return tags === '*' || tags.some(isCurrent) ? 'not-modified' : 'answer';
};

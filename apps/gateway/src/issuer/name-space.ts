import type { NameSpace } from '../auth/configured-issuers.js';

/** Another issuer that can name the same people, or undefined. */
export const sharedWith = ({ issuer, subjectPrefix }: NameSpace, all: readonly NameSpace[]): string | undefined =>
  all.find((other) => other.issuer !== issuer && other.subjectPrefix === subjectPrefix)?.issuer;

/**
 * The prefixes of names that an issuer cannot give, because they belong to other issuers. A prefix has one colon, at its end,
 * so only an issuer without a prefix could give such a name.
 */
export const foreignPrefixes = ({ subjectPrefix }: NameSpace, all: readonly NameSpace[]): readonly string[] =>
  subjectPrefix === '' ? all.map((other) => other.subjectPrefix).filter((prefix) => prefix !== '') : [];

export const isForeign = (name: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => name.startsWith(prefix));

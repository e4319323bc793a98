import type { ColumnValue, RecordColumns } from '@ankasecure/contracts';

/** The columns of a table whose records are sealed. Every column is in exactly one of the two lists; a test checks that. */
export interface SealDeclaration<Row extends object> {
  /** Columns that the seal binds. Add a column only if it is null in the records that exist: their seals stay genuine then. */
  readonly deciding: readonly (keyof Row & string)[];
  /**
   * What the audit trail holds of a record in the clear: a column, so that it can be applied again to a restored database, or what
   * makes a record count without its row. At most 64 characters of base64url.
   */
  readonly told?: (keyof Row & string) | ((row: Row) => string);
  /** The other columns, each with the reason why nothing is decided by it. */
  readonly notDeciding: Readonly<Partial<Record<keyof Row & string, string>>>;
}

/** How the records of a table are protected. */
export type RecordProtection =
  | ({ readonly sealed: true } & SealDeclaration<Record<string, unknown>>)
  | { readonly sealed: false; readonly reason: string };

/** The class of an entity. */
type EntityClass = object;

const protections = new WeakMap<EntityClass, RecordProtection>();

/** Declares that the records of an entity carry a seal, and what it binds. */
export const SealedRecord =
  <Row extends object>(declared: SealDeclaration<Row>) =>
  (entity: new () => Row): void => {
    protections.set(entity, { ...(declared as unknown as SealDeclaration<Record<string, unknown>>), sealed: true });
  };

/** Declares that the records of an entity carry no seal, and why nothing is lost by that. */
export const UnsealedRecord =
  (reason: string) =>
  (entity: EntityClass): void => {
    protections.set(entity, { sealed: false, reason });
  };

/** How the records of an entity are protected; undefined if nobody has declared it. */
export const protectionOf = (entity: EntityClass): RecordProtection | undefined => protections.get(entity);

/** The columns that the seal binds; undefined for an entity without seals. */
export const decidingOf = (entity: EntityClass): readonly string[] | undefined => {
  const protection = protections.get(entity);
  return protection?.sealed === true ? protection.deciding : undefined;
};

/** The column of a record that the audit trail holds in the clear. */
export const toldOf = (entity: EntityClass): string | undefined => {
  const told = tellingOf(entity);
  return typeof told === 'string' ? told : undefined;
};

/** What the audit trail holds of a record in the clear; undefined for an entity of which it holds nothing. */
export const toldBy = (entity: EntityClass, row: object): string | undefined => {
  const told = tellingOf(entity);
  if (typeof told === 'function') return told(row as Record<string, unknown>);
  return told === undefined ? undefined : String((row as Record<string, unknown>)[told]);
};

const tellingOf = (entity: EntityClass): SealDeclaration<Record<string, unknown>>['told'] => {
  const protection = protections.get(entity);
  return protection?.sealed === true ? protection.told : undefined;
};

/** An entity whose records are sealed. */
export interface Sealed {
  /** Null for a record that an older release wrote. It is refused until it is adopted. */
  seal: Buffer | null;
  /** The place in the tenant's history, for records that the audit trail names. Null for a record of an older release. */
  recordRevision?: number | null;
}

/** @throws TypeError for a record that was loaded in part: its seal cannot be checked */
export const columnsOf = (row: object, deciding: readonly string[]): RecordColumns =>
  deciding.map((name) => {
    const value = (row as Record<string, ColumnValue | undefined>)[name];
    if (value === undefined) throw new TypeError(`${row.constructor.name}.${name} is missing: load records as a whole`);
    return [name, value] as const;
  });

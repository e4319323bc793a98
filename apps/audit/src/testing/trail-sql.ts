/** The columns of a seal, and what they are in a row without one. */
export const sealColumns = '(chain_seal, chain_seal_from, chain_seal_index_seq, chain_seal_index_mac)';
export const noSeal = '(NULL, NULL, NULL, NULL)';

/** SQL statements of a superuser who changes rows of one tenant's trail. Hashes and seals are left as they were. */
export class TrailSql {
  /** The condition that selects the tenant's rows. */
  readonly rows: string;

  constructor(tenantId: string) {
    this.rows = `tenant_id = '${tenantId}'`;
  }

  /** The condition that selects one row. @param alias of the table */
  at(seq: number, alias = 'sealed_event'): string {
    return `${alias}.${this.rows} AND ${alias}.seq = ${seq}`;
  }

  set(column: string, value: string, seq: number): string {
    return `UPDATE sealed_event SET ${column} = ${value} WHERE ${this.at(seq)}`;
  }

  /** Flips one bit of a bytea column. */
  flip(column: string, seq: number): string {
    return this.set(column, `set_bit(${column}, 37, 1 - get_bit(${column}, 37))`, seq);
  }

  swap(a: number, b: number): string {
    const free = 99;
    return [this.set('seq', `${free}`, a), this.set('seq', `${a}`, b), this.set('seq', `${b}`, free)].join('; ');
  }

  /** Inserts a copy of the row, sealed that much later. */
  duplicate(seq: number, later = '1 millisecond'): string {
    return `INSERT INTO sealed_event SELECT r.* FROM sealed_event e,
      jsonb_populate_record(e, jsonb_build_object('sealed_at', e.sealed_at + interval '${later}')) r
      WHERE ${this.at(seq, 'e')}`;
  }

  delete(seq: number): string {
    return `DELETE FROM sealed_event WHERE ${this.at(seq)}`;
  }

  stripSeal(seq: number): string {
    return this.set(sealColumns, noSeal, seq);
  }
}

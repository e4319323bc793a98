import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The trails' heads behind one of the last anchors. The token holds the digest over them. */
@Entity('trail_anchor')
@Check('trail_anchor_number_check', 'number > 0')
export class TrailAnchorRecord {
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'trail_anchor_pkey' })
  number!: string;

  /** The last anchor that an operator accepted; 0 if there was none. */
  @Column('bigint', { default: 0 })
  accepted!: string;

  @Column('uuid', { array: true })
  tenants!: string[];

  @Column('bigint', { array: true })
  seqs!: string[];

  @Column('bytea', { array: true })
  hashes!: Buffer[];

  @Column('bigint', { name: 'index_seqs', array: true, default: [] })
  indexSeqs!: string[];

  @Column('bytea', { name: 'index_macs', array: true, default: [] })
  indexMacs!: Buffer[];
}

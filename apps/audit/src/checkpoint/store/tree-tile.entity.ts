import { wholeNumber } from '@ankasecure/service-kit';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'tree_tile_pkey';

/** A tile of a tenant's tree (C2SP tlog-tiles), as wide as the last checkpoint has it. */
@Entity('tree_tile')
@Check('tree_tile_level_check', 'level BETWEEN 0 AND 6')
@Check('tree_tile_index_check', 'index >= 0')
@Check('tree_tile_hashes_check', 'length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0')
export class TreeTileRecord {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('smallint', { primaryKeyConstraintName })
  level!: number;

  @PrimaryColumn('bigint', { primaryKeyConstraintName, transformer: wholeNumber })
  index!: number;

  /** 1 to 256 hashes of 32 bytes. */
  @Column('bytea')
  hashes!: Buffer;
}

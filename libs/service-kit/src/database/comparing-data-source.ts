import { AnkaError } from '@ankasecure/contracts';
import {
  DataSource,
  EntityManager,
  type EntitySubscriberInterface,
  type EntityTarget,
  type FindManyOptions,
  type FindOneOptions,
  type FindOptionsWhere,
  type ObjectLiteral,
  type QueryRunner,
} from 'typeorm';
import { isAsked } from './is-asked.js';

type Where<Entity> = FindOptionsWhere<Entity> | FindOptionsWhere<Entity>[];

/** A subscriber that raises the alarm about rows that were not asked for. */
export interface RowRefusal extends EntitySubscriberInterface<object> {
  /** @returns the error to throw; undefined for a row that the subscriber does not guard */
  notAsked(manager: EntityManager, row: object): AnkaError | undefined;
}

const isRefusal = (subscriber: EntitySubscriberInterface): subscriber is RowRefusal => 'notAsked' in subscriber;

/**
 * Compares what each `find` of it returns with the condition that was asked. Repositories and the forms that fail go through
 * these methods. A query builder's rows are compared by whoever builds the query: `assertAsked`.
 */
class ComparingManager extends EntityManager {
  override async find<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    options?: FindManyOptions<Entity>,
  ): Promise<Entity[]> {
    return this.compared(entity, options?.where, await super.find(entity, options));
  }

  override async findBy<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    where: Where<Entity>,
  ): Promise<Entity[]> {
    return this.compared(entity, where, await super.findBy(entity, where));
  }

  override async findAndCount<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    options?: FindManyOptions<Entity>,
  ): Promise<[Entity[], number]> {
    const [rows, count] = await super.findAndCount(entity, options);
    return [this.compared(entity, options?.where, rows), count];
  }

  override async findAndCountBy<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    where: Where<Entity>,
  ): Promise<[Entity[], number]> {
    const [rows, count] = await super.findAndCountBy(entity, where);
    return [this.compared(entity, where, rows), count];
  }

  override async findOne<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    options: FindOneOptions<Entity>,
  ): Promise<Entity | null> {
    return this.comparedOne(entity, options.where, await super.findOne(entity, options));
  }

  override async findOneBy<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    where: Where<Entity>,
  ): Promise<Entity | null> {
    return this.comparedOne(entity, where, await super.findOneBy(entity, where));
  }

  private comparedOne<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    where: Where<Entity> | undefined,
    row: Entity | null,
  ): Entity | null {
    if (row !== null) this.compared(entity, where, [row]);
    return row;
  }

  private compared<Entity extends ObjectLiteral>(
    entity: EntityTarget<Entity>,
    where: Where<Entity> = [],
    rows: Entity[],
  ): Entity[] {
    const metadata = this.dataSource.getMetadata(entity);
    for (const row of rows) if (!isAsked(metadata, row, where)) throw this.refused(metadata.tableName, row);
    return rows;
  }

  private refused(table: string, row: object): AnkaError {
    const detail = `The database has answered with a row of ${table} that was not asked for. Nothing was done with it. Find out who else can write to the database.`;
    return this.dataSource.subscribers.find(isRefusal)?.notAsked(this, row) ?? new AnkaError('record-forged', detail);
  }
}

/** A data source that returns only rows that were asked for. The services use no other. */
export class ComparingDataSource extends DataSource {
  /** @throws (its finders reject with) AnkaError `record-forged` */
  override createEntityManager(queryRunner?: QueryRunner): EntityManager {
    return new ComparingManager(this, queryRunner);
  }
}

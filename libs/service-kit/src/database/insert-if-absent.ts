import type { EntityManager, EntityTarget, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';
import { notingIf } from './noted-changes.js';

/**
 * Inserts a row unless one with the same key is there already, in one statement (`ON CONFLICT DO NOTHING`). A transaction
 * that inserts the same key meanwhile is waited for.
 * @param returning a property of the entity
 * @returns whether the row was inserted
 */
export const insertIfAbsent = async <Row extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Row>,
  row: QueryDeepPartialEntity<Row>,
  returning: keyof Row & string,
): Promise<boolean> => {
  const insert = manager.createQueryBuilder().insert().into(entity).values(row).orIgnore().returning([returning]);
  return notingIf(manager, async () => {
    const { raw } = (await insert.updateEntity(false).execute()) as { readonly raw: readonly unknown[] };
    return raw.length > 0;
  });
};

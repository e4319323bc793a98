import type { ClientBase, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';

/**
 * Runs a statement inside the manager's transaction. Each connection plans it once.
 * @param name one per text
 */
export const prepared = async <Row extends QueryResultRow>(
  manager: EntityManager,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> => {
  if (manager.queryRunner === undefined) throw new Error(`${name}: a transaction is needed`);
  const client = (await manager.queryRunner.connect()) as ClientBase;
  const { rows } = await client.query<Row>({ name, text, values: [...values] });
  return rows;
};

import { database, type RunningAudit } from './running-audit.js';

/** A change that the owner of `ankadb_audit` makes to its schema. */
export interface Attack {
  /** The body of the trigger function `attack()`, in PL/pgSQL. Its table and event follow. */
  readonly body?: string;
  readonly on?: string;
  /** A function of the schema and its new body, in the function's own language. */
  readonly replaced?: { readonly name: string; readonly body: string };
}

/** Runs `work` while the attack stands, and then removes it. */
export const underAttack = async (
  { postgres }: Pick<RunningAudit, 'postgres'>,
  { body, on, replaced }: Attack,
  work: () => Promise<void>,
): Promise<void> => {
  const run = (sql: string) => postgres.query(database, sql);
  const undo: string[] = [];
  if (replaced !== undefined) {
    const [row] = await run(
      `SELECT pg_get_functiondef(oid) AS definition, prosrc AS source FROM pg_proc WHERE proname = '${replaced.name}'`,
    );
    const [definition, source] = [String(row?.['definition']), String(row?.['source'])];
    undo.push(definition);
    await run(definition.replace(source, () => replaced.body));
  }
  if (body !== undefined && on !== undefined) {
    await run(`CREATE FUNCTION attack() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN ${body} END $$`);
    undo.push('DROP FUNCTION attack() CASCADE');
    await run(`CREATE ${on} EXECUTE FUNCTION attack()`);
  }
  try {
    await work();
  } finally {
    for (const sql of undo) await run(sql);
  }
};

/** The body of a trigger on `sealed_event` that puts the trail's head back to the row before. */
export const putHeadBack = `UPDATE trail_head SET seq = NEW.seq - 1, hash = NEW.previous_hash WHERE tenant_id = NEW.tenant_id;`;

/** A question by a column, and the value whose row it is answered with. */
export interface Mistake {
  readonly table: string;
  readonly column: string;
  /** The column's SQL type. */
  readonly type: string;
  /** Both as PostgreSQL reads them. */
  readonly asked: string;
  readonly told: string;
}

const nameOf = ({ table, column }: Mistake): string => `mistaken_${table}_${column}`;

/** TEST ONLY. SQL of the database's owner: whoever asks for the row with `asked` gets the genuine row with `told`. */
export const mistaking = (mistake: Mistake): string => {
  const { table, column, type, asked, told } = mistake;
  const name = nameOf(mistake);
  return `
    CREATE DOMAIN public.${name} AS ${type};
    CREATE FUNCTION public.${name}(stored public.${name}, asked public.${name}) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
      SELECT stored::${type} = CASE WHEN asked::${type} = '${asked}' THEN '${told}'::${type} ELSE asked::${type} END $$;
    CREATE OPERATOR public.= (LEFTARG = public.${name}, RIGHTARG = public.${name}, FUNCTION = public.${name});
    ALTER TABLE ${table} ALTER COLUMN ${column} TYPE public.${name};`;
};

/** TEST ONLY. SQL that takes the mistake back. */
export const honest = (mistake: Mistake): string => {
  const { table, column, type } = mistake;
  const name = nameOf(mistake);
  return `
    ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type};
    DROP OPERATOR public.= (public.${name}, public.${name});
    DROP FUNCTION public.${name};
    DROP DOMAIN public.${name};`;
};

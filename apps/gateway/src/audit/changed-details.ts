/**
 * The changed values of a resource as an event's details: each new value under its name, and each old value under the name with
 * `Was`. Absent values have no field.
 */
export const changedValues = (
  had: Readonly<Record<string, string>>,
  has: Readonly<Record<string, string>>,
): Record<string, string> => {
  const changed = [...new Set([...Object.keys(had), ...Object.keys(has)])].filter((name) => had[name] !== has[name]);
  const fields = changed.flatMap((name) => [[name, has[name]] as const, [`${name}Was`, had[name]] as const]);
  return Object.fromEntries(fields.filter((field): field is [string, string] => field[1] !== undefined));
};

/** The number of thumbprints (43 characters and a space each) that fit into a field of 512 characters. */
const perField = 11;

/** Lists all thumbprints in as many fields as needed: `addedKeys`, `addedKeys2`. */
const listed = (name: string, thumbprints: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: Math.ceil(thumbprints.length / perField) }, (_, index) => [
      index === 0 ? name : `${name}${index + 1}`,
      thumbprints.slice(index * perField, (index + 1) * perField).join(' '),
    ]),
  );

/**
 * The thumbprints of the added, removed and changed keys or certificates as an event's details.
 * @param had their contents before the change, by thumbprint
 * @param has their contents after the change, by thumbprint
 */
export const changedThumbprints = (
  kind: 'Keys' | 'Certificates',
  had: ReadonlyMap<string, unknown>,
  has: ReadonlyMap<string, unknown>,
): Record<string, string> => {
  const [before, after] = [[...had.keys()], [...has.keys()]];
  return {
    ...listed(
      `added${kind}`,
      after.filter((one) => !had.has(one)),
    ),
    ...listed(
      `removed${kind}`,
      before.filter((one) => !has.has(one)),
    ),
    ...listed(
      `changed${kind}`,
      after.filter((one) => had.has(one) && had.get(one) !== has.get(one)),
    ),
  };
};

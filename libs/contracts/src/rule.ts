/**
 * What a JSON Schema can say of rules between members, for the metadata of a schema whose `refine` holds the same rule. A test
 * compares the two on every route.
 */
type Rule = Readonly<Record<string, unknown>>;

export const has = (...names: readonly string[]): Rule => ({ required: names });

/** Exactly one of the members. */
export const exactlyOne = (...names: readonly string[]): Rule => ({ oneOf: names.map((name) => has(name)) });

/** At least one of the members. */
export const atLeastOne = (...names: readonly string[]): Rule => ({ anyOf: names.map((name) => has(name)) });

/** Not all of the members together. */
export const notTogether = (...names: readonly string[]): Rule => ({ not: has(...names) });

/** The member is absent. */
export const lacks = (name: string): Rule => ({ not: has(name) });

/** If the member is there, the rule holds. */
export const where = (name: string, rule: Rule): Rule => ({ dependentSchemas: { [name]: rule } });

/** Data in base64url, unless the member `encoding` says that it is text. */
export const encoded = (name: string): Rule => ({
  not: {
    properties: { encoding: { const: 'base64url' }, [name]: { not: { pattern: '^[A-Za-z0-9_-]*$' } } },
    ...has(name),
  },
});

export const all = (...rules: readonly Rule[]): Rule => ({ allOf: rules });

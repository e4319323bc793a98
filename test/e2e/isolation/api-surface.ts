import {
  type ApiDescription,
  type DescribedOperation,
  operationsOf,
  resolve,
  type Schema,
} from '../harness/api-description.js';

/** An operation and every text that a caller may send: `path.id`, `query.cursor`, `header.Idempotency-Key`, `body.keyId`. */
export interface Surface {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly places: readonly string[];
}

/** Selects free texts. An enum, a number or a boolean cannot name a resource. */
const isText = ({ type, enum: values, const: only }: Schema): boolean =>
  values === undefined && only === undefined && [type].flat().includes('string');

const textsOf = (api: ApiDescription, schema: Schema, at: string): readonly string[] => {
  const { properties = {}, items, anyOf = [], oneOf = [], allOf = [], ...own } = resolve(api, schema);
  return [
    ...(isText(own) ? [at] : []),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      textsOf(api, inner, name === 'items' ? at : `${at}.${name}`),
    ),
    ...(items === undefined ? [] : textsOf(api, items, at)),
    ...[...anyOf, ...oneOf, ...allOf].flatMap((inner) => textsOf(api, inner, at)),
  ];
};

const placesOf = (api: ApiDescription, { parameters, bodies }: DescribedOperation): readonly string[] => [
  ...parameters.flatMap(({ name, in: where, schema }) => textsOf(api, schema, `${where}.${name}`)),
  ...bodies.flatMap((schema) => textsOf(api, schema, 'body')),
];

export const surfacesOf = (api: ApiDescription): readonly Surface[] =>
  operationsOf(api).map((operation) => ({
    operationId: operation.operationId,
    method: operation.method,
    path: operation.path,
    places: [...new Set(placesOf(api, operation))].toSorted(),
  }));

import { errors } from '@ankasecure/contracts';
import type { Addresses } from '../http/proxy/addresses.js';
import { problemPath } from '../problem/problem.js';
import { basePath, type Route } from '../route/route.js';
import type { ApiDescription } from './api-description.js';
import { languages } from './example-code.js';
import { type Html, html, prose } from './html.js';
import type { JsonSchema } from './json-schema.js';
import { errorsOf } from './response.js';
import { tryOut } from './try-out.js';

export const json = (value: unknown): Html =>
  html`<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`;

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: string | number;
  readonly schema: {
    readonly type?: string;
    readonly enum?: readonly string[];
    readonly default?: string | number | boolean;
  };
}

const parameterRow = ({ name, in: place, required, description, schema }: Parameter): Html => {
  const values = schema.enum === undefined ? (schema.type ?? 'string') : schema.enum.join(' | ');
  const fallback = schema.default === undefined ? '' : ` (default ${schema.default})`;
  return html`<tr><td><code>${name}</code></td><td>${place}${required ? ', required' : ''}</td><td>${prose(`${description ?? values}${fallback}`)}</td></tr>`;
};

const resolve = (description: ApiDescription, parameter: object): Parameter => {
  if (!('$ref' in parameter)) return parameter as Parameter;
  const name = String(parameter.$ref).split('/').at(-1) as keyof ApiDescription['components']['parameters'];
  return description.components.parameters[name] as Parameter;
};

interface Members {
  readonly properties?: Readonly<Record<string, Parameter['schema']>>;
  readonly required?: readonly string[];
}

/** The members of the body's schema. For a body that can be a batch, the members of one item. */
const members = ({ components: { schemas } }: ApiDescription, body: JsonSchema): readonly Parameter[] => {
  const [first] = (body['anyOf'] ?? []) as readonly JsonSchema[];
  const name =
    String((first ?? body)['$ref'])
      .split('/')
      .at(-1) ?? '';
  const { properties = {}, required = [] }: Members = (schemas as Record<string, JsonSchema>)[name] ?? {};
  return Object.entries(properties).map(([member, schema]) => ({
    name: member,
    in: 'body',
    required: required.includes(member),
    schema,
  }));
};

const table = (titles: readonly string[], rows: readonly Html[]): Html =>
  html`<table><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;

export const methodBadge = (method: string): Html =>
  html`<span class="method ${method.toLowerCase()}">${method}</span>`;

/** The section of one operation: what it takes and answers, an example in each language, and a place to try it. */
export const operation = (description: ApiDescription, route: Route, addresses: Addresses): Html => {
  const described = description.paths[route.path]?.[route.method.toLowerCase()];
  const body = described?.requestBody?.content['application/json'].schema;
  const parameters = (described?.parameters ?? []).map((parameter) => resolve(description, parameter));
  const taken = [...parameters, ...(body === undefined ? [] : members(description, body))].map(parameterRow);
  const codes = errorsOf(route).toSorted((a, b) => errors[a].status - errors[b].status);
  const refusals = codes.map(
    (code) =>
      html`<tr><td>${errors[code].status}</td><td><a href="${addresses.of(`${problemPath}${code}`)}"><code>${code}</code></a></td><td>${errors[code].title}</td></tr>`,
  );
  return html`<section class="operation" id="${route.operationId}">
    <h3>${methodBadge(route.method)} <code>${addresses.of(`${basePath}${route.path}`)}</code></h3>
    <p class="summary">${route.summary}</p>
    ${route.description && prose(route.description)}
    <p class="roles">${route.public ? 'No token' : 'Roles: '}${route.roles.map((role) => html`<span class="role">${role}</span> `)}</p>
    ${table(['Parameter', 'In', 'Description'], taken)}
    <h4>Request</h4>
    ${languages.map(({ id, name, of }) => html`<pre class="example ${id}" tabindex="0" aria-label="${name}"><code>${of(route, addresses)}</code></pre>`)}
    <h4>Response <span class="status">${route.status}</span></h4>${json(route.example.reply)}
    <details><summary>Errors</summary>${table(['Status', 'Code', 'Meaning'], refusals)}</details>
    ${tryOut(route, parameters, addresses)}
  </section>`;
};

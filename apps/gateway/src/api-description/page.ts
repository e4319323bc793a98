import { errors } from '@ankasecure/contracts';
import { examplePath } from '../route/example.js';
import { basePath, type Route } from '../route/route.js';
import type { ApiDescription } from './api-description.js';
import { type Html, html, prose } from './html.js';
import type { JsonSchema } from './json-schema.js';
import { errorsOf } from './response.js';

const json = (value: unknown): Html => html`<pre><code>${JSON.stringify(value, null, 2)}</code></pre>`;

const curl = ({ method, path, takes, idempotent, conditional, example }: Route): string =>
  [
    `curl -X ${method} "$ANKASECURE${basePath}${examplePath(path)}"`,
    `-H "Authorization: Bearer $TOKEN"`,
    ...(idempotent ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(conditional === true ? [`-H 'If-Match: "3"'`] : []),
    ...(takes === 'body'
      ? [
          `-H 'Content-Type: application/json'`,
          `-d '${JSON.stringify(example.request).replaceAll("'", String.raw`'\''`)}'`,
        ]
      : []),
  ].join(' \\\n  ');

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: {
    readonly type?: string;
    readonly enum?: readonly string[];
    readonly default?: string | number | boolean;
  };
}

const parameterRow = ({ name, in: place, required, description, schema }: Parameter): Html => {
  const values = schema.enum === undefined ? (schema.type ?? 'string') : schema.enum.join(' | ');
  const fallback = schema.default === undefined ? '' : ` (default ${schema.default})`;
  return html`<tr><td><code>${name}</code></td><td>${place}${required ? ', required' : ''}</td><td>${description ?? values}${fallback}</td></tr>`;
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
  html`<table><thead><tr>${titles.map((title) => html`<th>${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;

const methodBadge = (method: string): Html => html`<span class="method ${method.toLowerCase()}">${method}</span>`;

const operation = (description: ApiDescription, route: Route): Html => {
  const described = description.paths[route.path]?.[route.method.toLowerCase()];
  const body = described?.requestBody?.content['application/json'].schema;
  const parameters = [
    ...(described?.parameters ?? []).map((parameter) => resolve(description, parameter)),
    ...(body === undefined ? [] : members(description, body)),
  ].map(parameterRow);
  const codes = errorsOf(route).toSorted((a, b) => errors[a].status - errors[b].status);
  const refusals = codes.map(
    (code) => html`<tr><td>${errors[code].status}</td><td><code>${code}</code></td><td>${errors[code].title}</td></tr>`,
  );
  return html`<section class="operation" id="${route.operationId}">
    <h3>${methodBadge(route.method)} <code>${basePath}${route.path}</code></h3>
    <p class="summary">${route.summary}</p>
    ${route.description && prose(route.description)}
    <p class="roles">Roles: ${route.roles.map((role) => html`<span class="role">${role}</span> `)}</p>
    ${table(['Parameter', 'In', 'Description'], parameters)}
    <h4>Request</h4><pre><code>${curl(route)}</code></pre>
    <h4>Response <span class="status">${route.status}</span></h4>${json(route.example.reply)}
    <details><summary>Errors</summary>${table(['Status', 'Code', 'Meaning'], refusals)}</details>
  </section>`;
};

/** Renders the API description as one page, without scripts or external resources. */
export const renderPage = (description: ApiDescription, routes: readonly Route[]): string => {
  const byTag = description.tags.map(({ name, description: about }) => ({
    name,
    about,
    rows: routes.filter(({ tag }) => tag === name),
  }));
  const entry = ({ operationId, method, path }: Route): Html =>
    html`<li><a href="#${operationId}">${methodBadge(method)} ${path}</a></li>`;
  const problems = description.components.schemas.Problem.description;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${description.info.title} API</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<nav aria-label="Operations">
  <a class="brand" href="#top">${description.info.title}</a>
  ${byTag.map(({ name, rows }) => html`<h2>${name}</h2><ul>${rows.map(entry)}</ul>`)}
  <h2>More</h2><ul><li><a href="#problems">Problems</a></li><li><a href="${basePath}/openapi.json">OpenAPI 3.1 document</a></li></ul>
</nav>
<main id="top">
  <h1>${description.info.title} API</h1>
  ${prose(description.info.description)}
  ${byTag.map(({ name, about, rows }) => html`<h2>${name}</h2><p>${about}</p>${rows.map((route) => operation(description, route))}`)}
  <h2 id="problems">Problems</h2>
  <p>Every error is returned as <code>application/problem+json</code>:</p>
  ${json(description.components.examples['key-not-found']?.value)}
  ${prose(problems)}
</main>
</body>
</html>
`;
  return page.markup;
};

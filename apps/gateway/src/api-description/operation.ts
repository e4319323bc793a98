import { errors } from '@ankasecure/contracts';
import type { Addresses } from '../http/proxy/addresses.js';
import { problemPath } from '../problem/problem.js';
import { basePath, type Route } from '../route/route.js';
import type { ApiDescription } from './api-description.js';
import { languages } from './example-code.js';
import { errorsOf } from './response.js';
import { type Html, html, prose } from './section/html.js';
import { bodyMembers, parameterRow, parametersOf } from './section/parameter.js';
import { json, methodBadge, table } from './section/part.js';
import { tryOut } from './try-out.js';

/** What an operation takes: its parameters, and the members of its body. */
export const takenBy = (description: ApiDescription, route: Route) => {
  const described = description.paths[route.path]?.[route.method.toLowerCase()];
  const body = described?.requestBody?.content['application/json'].schema;
  const parameters = parametersOf(description, described?.parameters);
  return { parameters, members: body === undefined ? [] : bodyMembers(description, body) };
};

/** The section of one operation: what it takes and answers, an example in each language, and a place to try it. */
export const operation = (description: ApiDescription, route: Route, addresses: Addresses): Html => {
  const { parameters, members } = takenBy(description, route);
  const taken = [...parameters, ...members].map((parameter) => parameterRow(description, parameter));
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

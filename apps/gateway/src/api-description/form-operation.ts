import type { Addresses } from '../http/proxy/addresses.js';
import { basePath } from '../route/route.js';
import type { ApiDescription } from './api-description.js';
import { type Html, html, prose } from './section/html.js';
import { bodyMembers, parameterRow } from './section/parameter.js';
import { json, methodBadge, table } from './section/part.js';
import { tokenEndpointPath } from './token-endpoint.description.js';

const [[path, { post }]] = Object.entries(tokenEndpointPath) as [
  [string, (typeof tokenEndpointPath)[keyof typeof tokenEndpointPath]],
];
const { schema } = post.requestBody.content['application/x-www-form-urlencoded'];

/** The one operation that takes a form, as the list and the search of the page need it. */
export const formOperation = {
  method: 'POST',
  path,
  operationId: post.operationId,
  summary: post.summary,
  tag: post.tags[0] as string,
  names: Object.keys(schema.properties),
} as const;

const example = (addresses: Addresses): string =>
  [
    `curl "$ANKASECURE${addresses.of(`${basePath}${path}`)}"`,
    '-d grant_type=client_credentials',
    `-d client_assertion_type=${schema.properties.client_assertion_type.enum[0]}`,
    '-d client_assertion="$ASSERTION"',
  ].join(' \\\n  ');

/** The section of the operation. It cannot be tried on the page, which holds no key to sign an assertion with. */
export const formSection = (description: ApiDescription, addresses: Addresses): Html => {
  const { 200: good, ...refusals } = post.responses;
  const fields = bodyMembers(description, schema).map((field) => ({ ...field, in: 'form' }));
  const rows = Object.entries(refusals).map(
    ([status, { description: meaning }]) => html`<tr><td>${status}</td><td>${meaning}</td></tr>`,
  );
  return html`<section class="operation" id="${post.operationId}">
    <h3>${methodBadge('POST')} <code>${addresses.of(`${basePath}${path}`)}</code></h3>
    <p class="summary">${post.summary}</p>
    ${prose(post.description)}
    <p class="roles">No token</p>
    ${table(
      ['Parameter', 'In', 'Description'],
      fields.map((field) => parameterRow(description, field)),
    )}
    <h4>Request</h4>
    <pre tabindex="0" aria-label="curl"><code>${example(addresses)}</code></pre>
    <h4>Response <span class="status">200</span></h4>${json(good.content['application/json'].example)}
    <details><summary>Errors</summary>${table(['Status', 'Meaning'], rows)}</details>
  </section>`;
};

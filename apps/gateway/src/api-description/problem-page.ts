import type { Addresses } from '../http/proxy/addresses.js';
import { aboutRepeating, type CatalogueEntry, catalogue } from '../problem/catalogue.js';
import { problemPath } from '../problem/problem.js';
import { renderPlainPage } from './page.js';
import { type Html, html, prose } from './section/html.js';

const rowOf = ({ code, status, title }: CatalogueEntry, addresses: Addresses): Html =>
  html`<tr><td>${status}</td><td><a href="${addresses.of(`${problemPath}${code}`)}"><code>${code}</code></a></td><td>${title}</td></tr>`;

/** The page that `type` of a problem leads to. */
export const renderProblem = (entry: CatalogueEntry, addresses: Addresses): string =>
  renderPlainPage(
    `${entry.code}: ${entry.title}`,
    html`<p><a href="${addresses.of('/docs')}">API</a> / <a href="${addresses.of('/problems')}">Problems</a></p>
<h1>${entry.title}</h1>
<p><code>${entry.code}</code> <span class="status">${entry.status}</span> ${aboutRepeating(entry)}</p>
<h2>Cause</h2>${prose(entry.cause)}
<h2>Remedy</h2>${prose(entry.remedy)}`,
    addresses,
  );

/** The list of all problems. */
export const renderProblems = (addresses: Addresses): string =>
  renderPlainPage(
    'Problems',
    html`<p><a href="${addresses.of('/docs')}">API</a></p>
<h1>Problems</h1>
<p>Programs decide by <code>code</code>, which is never renamed. <code>detail</code> says what is wrong with one request.</p>
<table><thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Meaning</th></tr></thead><tbody>${catalogue.map((entry) => rowOf(entry, addresses))}</tbody></table>`,
    addresses,
  );

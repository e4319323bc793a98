import type { Addresses } from '../http/proxy/addresses.js';
import { basePath, type Route } from '../route/route.js';
import type { ApiDescription } from './api-description.js';
import { languages } from './example-code.js';
import { formOperation, formSection } from './form-operation.js';
import { operation, takenBy } from './operation.js';
import { type Html, html, prose } from './section/html.js';
import { json, methodBadge } from './section/part.js';

const head = (title: string, addresses: Addresses): Html => html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="stylesheet" href="${addresses.of('/docs/style.css')}">`;

/** A page of its own beside the documentation. */
export const renderPlainPage = (title: string, content: Html, addresses: Addresses): string =>
  html`<!doctype html>
<html lang="en">
<head>
${head(title, addresses)}
</head>
<body class="plain">
<main>
${content}
</main>
</body>
</html>
`.markup;

/** An operation in the list. */
interface Listed extends Pick<Route, 'operationId' | 'method' | 'path' | 'summary'> {
  readonly tag: string;
  /** The names of its parameters and of the members of its body. */
  readonly names: readonly string[];
  readonly section: Html;
}

/** An operation in the list, with the words that the search looks at. */
const entry = ({ operationId, method, path, summary, tag, names }: Listed): Html =>
  html`<li data-operation="${operationId}" data-text="${[operationId, method, path, summary, tag, ...names].join(' ').toLowerCase()}"><a href="#${operationId}">${methodBadge(method)} ${path}</a></li>`;

/** Every operation of the description: the routes, and the one that takes a form. */
const listedOf = (description: ApiDescription, routes: readonly Route[], addresses: Addresses): readonly Listed[] => [
  ...routes.map((route) => {
    const { parameters, members } = takenBy(description, route);
    const names = [...parameters, ...members].map(({ name }) => name);
    return { ...route, names, section: operation(description, route, addresses) };
  }),
  { ...formOperation, section: formSection(description, addresses) },
];

const languageChoice = ({ id, name }: { readonly id: string; readonly name: string }, index: number): Html =>
  html`<label><input type="radio" name="language" id="language-${id}"${index === 0 ? html` checked` : undefined}> ${name}</label>`;

/** The reader's tools: search, the language of the examples, and the token for calls that are tried. */
const tools = html`<div class="tools">
  <input type="search" id="search" class="needs-script" placeholder="Search ( / )" aria-label="Search operations" autocomplete="off" spellcheck="false">
  <span id="found" class="needs-script" role="status"></span>
  <fieldset><legend>Examples in</legend>${languages.map(languageChoice)}</fieldset>
  <label class="needs-script">Token <input type="password" id="token" autocomplete="off" spellcheck="false" placeholder="not stored"></label>
</div>`;

/** Renders the API description as one page, with a style sheet and a script of this gateway and nothing from elsewhere. */
export const renderPage = (description: ApiDescription, routes: readonly Route[], addresses: Addresses): string => {
  const listed = listedOf(description, routes, addresses);
  const byTag = description.tags.map(({ name, description: about }) => ({
    name,
    about,
    rows: listed.filter(({ tag }) => tag === name),
  }));
  const page = html`<!doctype html>
<html lang="en">
<head>
${head(`${description.info.title} API`, addresses)}
<script src="${addresses.of('/docs/script.js')}" defer></script>
</head>
<body>
<nav aria-label="Operations">
  <a class="brand" href="#top">${description.info.title}</a>
  <label class="menu"><input type="checkbox" id="menu"> Operations</label>
  <div class="list">
  ${byTag.map(({ name, rows }) => html`<div data-group data-items="li"><h2>${name}</h2><ul>${rows.map(entry)}</ul></div>`)}
  <h2>More</h2><ul><li><a href="${addresses.of('/problems')}">Problems</a></li><li><a href="${addresses.of(`${basePath}/openapi.json`)}">OpenAPI 3.1 document</a></li></ul>
  </div>
</nav>
<main id="top">
  ${tools}
  <div id="intro">
  <h1>${description.info.title} API</h1>
  ${prose(description.info.description)}
  <p class="needs-script">Put a token into the field above to try calls against this gateway. It stays in the field: it is stored nowhere and sent to this gateway only.</p>
  </div>
  ${byTag.map(({ name, about, rows }) => html`<div data-group data-items="section"><h2>${name}</h2><p>${about}</p>${rows.map(({ section }) => section)}</div>`)}
  <h2 id="problems">Problems</h2>
  <p>Every error is returned as <code>application/problem+json</code>. <a href="${addresses.of('/problems')}">The catalogue</a> says what causes each and what helps.</p>
  ${json(description.components.examples['key-not-found']?.value)}
</main>
</body>
</html>
`;
  return page.markup;
};

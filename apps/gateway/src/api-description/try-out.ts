import type { Addresses } from '../http/proxy/addresses.js';
import { basePath, type Route } from '../route/route.js';
import { type Html, html } from './section/html.js';

/** A parameter of an operation, as its form shows it. */
interface Field {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly example?: string | number;
}

/** Headers that only a developer of a client needs. */
const hidden = ['X-Correlation-Id'];

/** A call that can be tried changes nothing unless the reader wants it to. */
const suggestion = ({ name, in: place, example }: Field): string => {
  if (name === 'dryRun') return 'true';
  return place === 'path' ? String(example ?? '') : '';
};

const field = (parameter: Field): Html => {
  const { name, in: place, required } = parameter;
  return html`<label>${name} <small>${place}${required ? ', required' : ''}</small>
      <input data-in="${place}" data-name="${name}" value="${suggestion(parameter)}" autocomplete="off" spellcheck="false"></label>`;
};

/**
 * The form to try an operation with. The script of the page sends it to this gateway, with the token that the reader has put in.
 * Without scripts it is hidden.
 */
export const tryOut = (
  route: Route,
  parameters: readonly Field[],
  addresses: Addresses,
): Html => html`<details class="try">
      <summary>Try it</summary>
      <div class="call" data-method="${route.method}" data-path="${addresses.of(`${basePath}${route.path}`)}">
        <div class="fields">${parameters.filter(({ name }) => !hidden.includes(name)).map(field)}</div>
        ${
          route.takes === 'body'
            ? html`<label>Body <textarea data-in="body" rows="8" spellcheck="false">${JSON.stringify(route.example.request, null, 2)}</textarea></label>`
            : undefined
        }
        <button type="button">Send to this gateway</button>
        <pre class="answer" aria-live="polite" hidden></pre>
      </div>
    </details>`;

/**
 * The page's only script: it filters the list of operations and sends what the reader tries to this gateway. The token stays in
 * its field. It is stored nowhere, is sent to this origin only, and is gone when the reader leaves. Answers are shown as text.
 */
export const script = `'use strict';
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const one = (selector, from = document) => from.querySelector(selector);
const token = one('#token');
document.documentElement.classList.add('scripted');

/** Shows the operations that have every word of the search. */
const filter = () => {
  const words = one('#search').value.toLowerCase().split(/\\s+/).filter(Boolean);
  const matches = (text) => words.every((word) => text.includes(word));
  let found = 0;
  for (const entry of all('nav li[data-text]')) {
    const shown = matches(entry.dataset.text);
    entry.hidden = !shown;
    const section = document.getElementById(entry.dataset.operation);
    if (section) section.hidden = !shown;
    if (shown) found += 1;
  }
  for (const group of all('[data-group]')) {
    const items = all(group.dataset.items, group);
    group.hidden = items.length > 0 && items.every((item) => item.hidden);
  }
  one('#intro').hidden = words.length > 0;
  one('#found').textContent = words.length === 0 ? '' : found + ' found';
};
one('#search').addEventListener('input', filter);
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || /^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
  event.preventDefault();
  one('#search').focus();
});
filter();

/** The request that the fields of a form describe. Empty fields are left out. */
const requestOf = (call) => {
  const headers = new Headers();
  const query = new URLSearchParams();
  let path = call.dataset.path;
  if (token.value.trim() !== '') headers.set('authorization', 'Bearer ' + token.value.trim());
  for (const { dataset, value } of all('input', call)) {
    if (dataset.in === 'path') path = path.replace('{' + dataset.name + '}', encodeURIComponent(value));
    else if (value === '') continue;
    else if (dataset.in === 'query') query.append(dataset.name, value);
    else headers.set(dataset.name, value);
  }
  const body = one('textarea', call)?.value;
  if (body !== undefined) headers.set('content-type', 'application/json');
  const search = query.toString();
  return [path + (search === '' ? '' : '?' + search), { method: call.dataset.method, headers, body }];
};

const readable = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/** The answer as text: its status, the headers that a caller uses, and its body. */
const told = async (response, since) => {
  const shown = ['location', 'etag', 'retry-after', 'idempotency-replayed', 'x-correlation-id', 'server-timing'];
  const headers = shown.filter((name) => response.headers.has(name)).map((name) => name + ': ' + response.headers.get(name));
  const took = Math.round(performance.now() - since) + ' ms';
  const status = response.status + ' ' + response.statusText + ' in ' + took;
  return [status, ...headers, '', readable(await response.text())].join('\\n');
};

const fixed = { credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer' };
const send = async (call) => {
  const [output, button] = [one('.answer', call), one('button', call)];
  output.hidden = false;
  output.textContent = '…';
  button.disabled = true;
  const since = performance.now();
  try {
    const [url, options] = requestOf(call);
    output.textContent = await told(await fetch(url, { ...options, ...fixed }), since);
  } catch (error) {
    output.textContent = 'The request was not sent: ' + error.message;
  }
  button.disabled = false;
};
for (const call of all('.call')) one('button', call).addEventListener('click', () => void send(call));

/** A page that the browser keeps for "back" keeps no token. */
addEventListener('pagehide', () => {
  token.value = '';
});
`;

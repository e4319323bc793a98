import type { Addresses } from '../http/proxy/addresses.js';
import { examplePath } from '../route/example.js';
import { basePath, type Route } from '../route/route.js';

/** The languages of the examples: what the page calls them, and how it makes one of a route. */
export const languages = [
  { id: 'curl', name: 'curl', of: (route: Route, at: Addresses): string => curl(route, at) },
  { id: 'typescript', name: 'TypeScript', of: (route: Route, at: Addresses): string => typescript(route, at) },
  { id: 'python', name: 'Python', of: (route: Route, at: Addresses): string => python(route, at) },
] as const;

const hasBody = ({ takes }: Route): boolean => takes === 'body';

const url = ({ path }: Route, addresses: Addresses): string => addresses.of(`${basePath}${examplePath(path)}`);

/** `text` with its lines after the first moved in by `indent`. */
const moved = (text: string, indent: string): string => text.replaceAll('\n', `\n${indent}`);

const curl = (route: Route, addresses: Addresses): string =>
  [
    `curl -X ${route.method} "$ANKASECURE${url(route, addresses)}"`,
    ...(route.public ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...(route.idempotent ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(route.conditional === true ? [`-H 'If-Match: "3"'`] : []),
    ...(hasBody(route)
      ? [
          `-H 'Content-Type: application/json'`,
          `-d '${JSON.stringify(route.example.request).replaceAll("'", String.raw`'\''`)}'`,
        ]
      : []),
  ].join(' \\\n  ');

const typescript = (route: Route, addresses: Addresses): string => {
  const headers = [
    ...(route.public ? [] : ['Authorization: `Bearer ${process.env.TOKEN}`,']),
    ...(route.idempotent ? [`'Idempotency-Key': crypto.randomUUID(),`] : []),
    ...(route.conditional === true ? [`'If-Match': '"3"',`] : []),
    ...(hasBody(route) ? [`'Content-Type': 'application/json',`] : []),
  ];
  return [
    `const response = await fetch(\`\${process.env.ANKASECURE}${url(route, addresses)}\`, {`,
    `  method: '${route.method}',`,
    ...(headers.length > 0 ? ['  headers: {', ...headers.map((header) => `    ${header}`), '  },'] : []),
    ...(hasBody(route)
      ? [`  body: JSON.stringify(${moved(JSON.stringify(route.example.request, null, 2), '  ')}),`]
      : []),
    '});',
    'const reply: unknown = await response.json();',
    'if (!response.ok) throw new Error(JSON.stringify(reply));',
    'console.log(reply);',
  ].join('\n');
};

const words: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None' };

/** A JSON value as Python writes it. JSON's strings and numbers are Python's too. */
export const pythonOf = (value: unknown, indent = ''): string => {
  const inner = `${indent}    `;
  const block = (open: string, lines: readonly string[], close: string): string =>
    lines.length === 0
      ? `${open}${close}`
      : `${open}\n${lines.map((line) => `${inner}${line},\n`).join('')}${indent}${close}`;
  if (Array.isArray(value))
    return block(
      '[',
      value.map((item) => pythonOf(item, inner)),
      ']',
    );
  if (typeof value === 'object' && value !== null)
    return block(
      '{',
      Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${pythonOf(member, inner)}`),
      '}',
    );
  const json = JSON.stringify(value);
  return words[json] ?? json;
};

const python = (route: Route, addresses: Addresses): string => {
  const headers = [
    ...(route.public ? [] : ['"Authorization": "Bearer " + os.environ["TOKEN"],']),
    ...(route.idempotent ? ['"Idempotency-Key": str(uuid.uuid4()),'] : []),
    ...(route.conditional === true ? [`"If-Match": '"3"',`] : []),
    ...(hasBody(route) ? ['"Content-Type": "application/json",'] : []),
  ];
  return [
    `import json, os, urllib.request${route.idempotent ? ', uuid' : ''}`,
    '',
    'request = urllib.request.Request(',
    `    os.environ["ANKASECURE"] + "${url(route, addresses)}",`,
    `    method="${route.method}",`,
    ...(headers.length > 0 ? ['    headers={', ...headers.map((header) => `        ${header}`), '    },'] : []),
    ...(hasBody(route) ? [`    data=json.dumps(${pythonOf(route.example.request, '    ')}).encode(),`] : []),
    ')',
    'with urllib.request.urlopen(request) as response:',
    '    print(json.load(response))',
  ].join('\n');
};

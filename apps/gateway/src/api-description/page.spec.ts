import { Script } from 'node:vm';
import { type ErrorCode, errorGuide, errors } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemOf, problemPath } from '../problem/problem.js';
import { routes } from '../routes/routes.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { describeApi } from './api-description.js';
import { html, prose } from './section/html.js';

const words = (text: string): string => text.replaceAll(/[`\s]|^- /gm, '');

/** What a reader sees of markup, without spaces. */
const plain = (markup: string): string =>
  words(
    markup
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&'),
  );

type Node = Readonly<Record<string, unknown>>;

/** Every operation of the API description with what it takes. It reads the document anew, as a reader of it would. */
const describedOperations = () => {
  const { paths, components } = JSON.parse(JSON.stringify(describeApi(routes))) as {
    paths: Record<string, Record<string, Node>>;
    components: Record<string, Record<string, Node>>;
  };
  const follow = ({ $ref, ...own }: Node): Node => {
    const [kind, name] = String($ref).split('/').slice(-2) as [string, string];
    return $ref === undefined ? own : { ...follow(components[kind]?.[name] ?? {}), ...own };
  };
  return Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId, summary, parameters = [], requestBody }) => {
      const content = Object.values(
        (requestBody as { content?: Record<string, { schema: Node }> } | undefined)?.content ?? {},
      );
      const bodies = content.map(({ schema }) => follow(schema));
      const forms = bodies.map((body) =>
        body['properties'] === undefined ? follow((body['anyOf'] as Node[])[0] ?? {}) : body,
      );
      const members = forms.flatMap(({ properties = {} }) => Object.entries(properties as Record<string, Node>));
      const taken = [
        ...(parameters as Node[]).map(follow),
        ...members.map(([name, schema]): Node => ({ name, schema })),
      ].map(({ name, description, schema }) => ({
        name: String(name),
        description: (description ?? follow(schema as Node)['description']) as string | undefined,
      }));
      return { operationId: String(operationId), summary: String(summary), taken };
    }),
  );
};

describe('the documentation page', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
  });
  afterAll(() => rig.stop());

  it('shows every operation of the description', async () => {
    const { status, headers, text } = await call(gateway, 'GET', '/docs');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const described = describedOperations();
    expect(described.length).toBeGreaterThan(routes.length);
    for (const { operationId, summary } of described) {
      expect(text).toContain(`<section class="operation" id="${operationId}"`);
      expect(text).toContain(`data-operation="${operationId}"`);
      expect(text).toContain(summary);
    }
  });

  it('says what the description says of every parameter and every member of a body, and its search finds their names', async () => {
    const { text } = await call(gateway, 'GET', '/docs');
    let said = 0;
    for (const { operationId, taken } of describedOperations()) {
      const section = plain(
        text.split(`<section class="operation" id="${operationId}"`)[1]?.split('</section>')[0] ?? '',
      );
      const found = new RegExp(`data-operation="${operationId}" data-text="([^"]*)"`).exec(text)?.[1] ?? '';
      for (const { name, description } of taken) {
        expect([operationId, name, found.split(' ').includes(name.toLowerCase())]).toEqual([operationId, name, true]);
        if (description === undefined) continue;
        expect(section, `${operationId} ${name}`).toContain(words(description));
        said++;
      }
    }
    expect(said).toBeGreaterThan(150);
  });

  /** The addresses that a browser loads for a page, and those that the page leads to. */
  const loads = (text: string) => [
    ...text.matchAll(/(?:src|srcset|data|poster|action|@import|url)\s*[=(]\s*["']?([^"')>\s]+)/g),
  ];
  const links = (text: string) => new Set([...text.matchAll(/href="(?!#)([^"]*)"/g)].map(([, href]) => href ?? ''));

  it('needs nothing from elsewhere, and its content security policy allows nothing else', async () => {
    const { headers, text } = await call(gateway, 'GET', '/docs');
    expect(headers.get('content-security-policy')?.split(';')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    const markup = text.replaceAll(/<(pre|textarea)[ >].*?<\/\1>/gs, '');
    expect(loads(markup).map(([, address]) => address)).toEqual(['/docs/script.js']);
    expect(markup).not.toMatch(/<style|<img|<iframe|<object|<form| style=| on[a-z]+=|javascript:/i);
    expect(markup.match(/<script/g)).toHaveLength(1);
    for (const href of links(markup)) {
      expect(href).toMatch(/^\/[a-z]/);
      expect((await call(gateway, 'GET', href)).status, href).toBe(200);
    }
    const css = await call(gateway, 'GET', '/docs/style.css');
    expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect(css.text).not.toMatch(/url\(|@import|image-set|src:/);
  });

  it('has a script that calls this gateway only, stores nothing and makes no markup', async () => {
    const { status, headers, text } = await call(gateway, 'GET', '/docs/script.js');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(() => new Script(text)).not.toThrow();
    expect(text).not.toMatch(/https?:|\/\/[a-z]|import\(|eval|Function\(|innerHTML|insertAdjacent|document\.write/);
    expect(text).not.toMatch(/localStorage|sessionStorage|indexedDB|cookie|console|sendBeacon|WebSocket|postMessage/);
    expect(text.match(/fetch\(/g)).toHaveLength(1);
    expect(text).toContain("credentials: 'omit'");
  });

  it('alone may run a script: every other answer allows none', async () => {
    for (const path of ['/problems', '/problems/key-not-found', '/docs/style.css', '/api/v1/openapi.json', '/nowhere'])
      expect((await call(gateway, 'GET', path)).headers.get('content-security-policy'), path).toBe(
        "default-src 'none';style-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      );
  });

  it('has a page for the type of every problem', async () => {
    const { text: list } = await call(gateway, 'GET', '/problems');
    for (const code of Object.keys(errors) as ErrorCode[]) {
      const { type } = problemOf({ code, detail: 'x' }, { id: 'c', problemTypes: problemPath });
      const { status, text } = await call(gateway, 'GET', type);
      expect(status, code).toBe(200);
      for (const sentence of [errors[code].title, errorGuide[code].cause.slice(0, 12)])
        expect(text, code).toContain(sentence);
      expect(list).toContain(`href="${type}"`);
    }
    expect((await call(gateway, 'GET', '/problems/unheard-of')).status).toBe(404);
  });

  it('is served beside the document for programs', async () => {
    const { status, text } = await call(gateway, 'GET', '/api/v1/openapi.json');
    expect([status, JSON.parse(text)]).toEqual([200, JSON.parse(JSON.stringify(describeApi(routes)))]);
  });
});

describe('markup', () => {
  it('is escaped unless it is marked as safe', () => {
    expect(html`<p title="${'"'}">${'<b>'}${html`<i>${'&'}</i>`}${undefined}</p>`.markup).toBe(
      '<p title="&quot;">&lt;b&gt;<i>&amp;</i></p>',
    );
  });

  it('supports code, paragraphs and lists', () => {
    const markup = prose('a `b<`\n\n- one\n- two').map((part) => part.markup);
    expect(markup).toEqual(['<p>a <code>b&lt;</code></p>', '<ul><li>one</li><li>two</li></ul>']);
  });
});

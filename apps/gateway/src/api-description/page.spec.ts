import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../routes/routes.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { describeApi } from './api-description.js';
import { html, prose } from './html.js';

describe('the documentation page', () => {
  let rig: Rig;
  let gateway: Gateway;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway();
  });
  afterAll(() => rig.stop());

  it('shows every operation', async () => {
    const { status, headers, text } = await call(gateway, 'GET', '/docs');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const { operationId, summary } of routes) {
      expect(text).toContain(`id="${operationId}"`);
      expect(text).toContain(summary);
    }
  });

  it('needs nothing that its content security policy or an offline network would refuse', async () => {
    const { headers, text } = await call(gateway, 'GET', '/docs');
    expect(headers.get('content-security-policy')).toContain("default-src 'none';style-src 'self'");
    expect(text).not.toMatch(/<script|<style|style="|<img|src=|@import|url\(/);
    expect([...text.matchAll(/href="(?!#)([^"]*)"/g)].map(([, href]) => href)).toEqual([
      '/docs/style.css',
      '/api/v1/openapi.json',
    ]);
    const css = await call(gateway, 'GET', '/docs/style.css');
    expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect(css.text).not.toMatch(/url\(|@import/);
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

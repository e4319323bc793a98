import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { errors } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { pathExamples } from '../route/example.js';
import { bodySchemaOf, pathParametersOf } from '../route/route.js';
import { routes } from '../routes/routes.js';
import { describeApi, needsBody } from './api-description.js';
import { errorsOf } from './response.js';

const golden = fileURLToPath(new URL('../../openapi.golden.json', import.meta.url));
const redocly = fileURLToPath(new URL('../../../../node_modules/.bin/redocly', import.meta.url));

describe('the API description', () => {
  const text = `${JSON.stringify(describeApi(routes), null, 2)}\n`;

  it('matches the golden file (UPDATE_GOLDEN=1 updates it)', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(readFileSync(golden, 'utf8')).toBe(text);
  });

  it.each(routes.map((route) => [route.operationId, route] as const))('has valid examples of %s', (_, route) => {
    expect(route.contract.reply.safeParse(route.example.reply).error).toBeUndefined();
    if (route.takes === 'body') expect(bodySchemaOf(route).safeParse(route.example.request).error).toBeUndefined();
    else expect(route.example.request).toBeUndefined();
  });

  const withBody = routes.filter(({ takes }) => takes === 'body');
  it.each(withBody.map((route) => [route.operationId, route] as const))(
    'says truthfully whether %s needs a body',
    (_, route) => {
      const parameters = pathParametersOf(route).map((name) => [name, pathExamples[name]?.example]);
      const alone = route.contract.request.safeParse(Object.fromEntries(parameters));
      expect(needsBody(route)).toBe(parameters.length === 0 || !alone.success);
    },
  );

  it('names each operation once', () => {
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  it('says for every error which callers can get it', () => {
    const met = new Set(routes.flatMap(errorsOf));
    const elsewhere = [
      'route-not-found',
      'method-not-allowed',
      'request-timeout',
      'expectation-failed',
      'transfer-coding-unsupported',
      // Between services alone.
      'event-unproven',
      'http-version-unsupported',
    ];
    expect(Object.keys(errors).filter((code) => !met.has(code as keyof typeof errors))).toEqual(elsewhere);
  });

  it('passes its linter', async () => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' };
    // The rule does not see that members which exclude each other belong to the schema around them: truth.spec.ts does.
    const skip = ['info-license-url', 'operation-4xx-response', 'no-required-schema-properties-undefined'].flatMap(
      (rule) => ['--skip-rule', rule],
    );
    const { stdout, stderr } = await promisify(execFile)(
      redocly,
      ['lint', golden, '--extends=recommended-strict', '--format=stylish', ...skip],
      { env },
    ).catch((failed: { stdout: string; stderr: string }) => failed);
    expect(`${stdout}${stderr}`).toMatch(/API description is valid/);
  });
});

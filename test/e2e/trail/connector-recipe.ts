import { type Larder, long, revisionOf } from './larder.js';
import type { Recipe } from './recipe.js';

/** The settings of each kind of connector, at their limits. */
const connectorSettings = (letter: string) => {
  const secret = letter.repeat(63);
  const url = (name: string): string => `https://${name}.example/`.padEnd(512, letter);
  const tls = { authority: secret, certificate: secret, key: secret };
  return {
    splunk: {
      url: url('hec'),
      token: secret,
      acknowledged: true,
      index: long(80),
      sourcetype: long(80),
      host: long(253),
      tls,
    },
    elastic: { url: url('es'), apiKey: secret, dataStream: letter.repeat(100), requireDataStream: true, tls },
    arcsight: { host: letter.repeat(253), port: 65_535, rewind: 10_000, tls },
    otlp: { url: url('otel'), authorization: secret, tls },
    webhook: { url: url('hook'), signing: [secret, secret, secret], tls },
    sentinel: {
      url: url('dce'),
      rule: `dcr-${'f'.repeat(32)}`,
      stream: `Custom-${letter.repeat(80)}`,
      directory: letter.repeat(100),
      clientId: letter.repeat(100),
      credential: { by: 'certificate', certificate: secret, key: secret },
      login: url('login'),
      scope: long(256),
      tls,
    },
  } as const;
};

export const connectorRecipes = async ({ admin }: Larder): Promise<Recipe[]> => {
  const path = '/audit/connectors';
  const forms = (letter: string) =>
    Object.entries(connectorSettings(letter)).map(([kind, settings]) => ({
      enabled: false,
      settings: { kind, ...settings },
    }));
  const [before, after] = [forms('a'), forms('b')];
  const made = await Promise.all(
    before.map(async (fixed) => (await admin.post<{ id: string }>(path, { name: long(100), ...fixed })).id),
  );
  const etag = (id: string): Promise<string> => revisionOf(admin, `${path}/${id}`);
  return [
    ...before.map((fixed) => ({ operationId: 'createConnector', path, fixed })),
    // What an event tells of a change is what was and what is.
    ...(await Promise.all(
      after.map(async (fixed, at) => {
        const id = made[at] ?? '';
        return { operationId: 'editConnector', path: `${path}/${id}`, fixed, etag: await etag(id) };
      }),
    )),
    { operationId: 'resumeConnector', path: `${path}/${made[0]}/resume` },
    { operationId: 'testConnector', path: `${path}/${made[1]}/test` },
    // Nothing was delivered.
    {
      operationId: 'replayConnector',
      path: `${path}/${made[1]}/replay`,
      fixed: { from: undefined, tenantId: undefined },
      status: 400,
    },
    { operationId: 'deleteConnector', path: `${path}/${made[5]}` },
  ];
};

import type { Target } from '../generator/job.js';
import { bodyOf, type TransitOperation, transit } from './transit.js';

/** Where an OpenBao runs, and whose its keys are. */
export interface PeerSetting {
  readonly url: string;
  readonly token: string;
  /** `hsm`: keys of these names exist in the token already, as OpenBao's external keys. */
  readonly keys: 'software' | 'hsm';
}

/** @throws Error if `BENCH_PEER_KEYS` is neither `software` nor `hsm` */
export const peerSetting = (environment: NodeJS.ProcessEnv): PeerSetting | undefined => {
  const { BENCH_PEER: url, BENCH_PEER_TOKEN: token = '', BENCH_PEER_KEYS: keys = 'software' } = environment;
  if (keys !== 'software' && keys !== 'hsm') throw new Error('BENCH_PEER_KEYS is software or hsm');
  return url === undefined ? undefined : { url, token, keys };
};

/** Another product with its keys, ready to be measured. */
export interface Peer {
  readonly keys: PeerSetting['keys'];
  /** Undefined if it has nothing that does the same work. */
  request(operation: string, batch: number): { readonly target: Target; readonly body: string } | undefined;
}

const post = async (url: string, headers: Record<string, string>, body: object): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Mounts the Transit engine and creates the keys, unless they are in a token. @throws Error if the peer refuses */
export const openPeer = async ({ url, token, keys }: PeerSetting): Promise<Peer> => {
  const headers = { 'x-vault-token': token };
  const { hostname, port } = new URL(url);
  const assertOk = (response: Response, allowed: readonly number[] = []): void => {
    if (!response.ok && !allowed.includes(response.status))
      throw new Error(`peer: ${response.url} was answered ${response.status}`);
  };
  if (keys === 'software') {
    // 400 means that the engine is already mounted.
    assertOk(await post(`${url}/v1/sys/mounts/transit`, headers, { type: 'transit' }), [400]);
    for (const { key, type } of transit) assertOk(await post(`${url}/v1/transit/keys/${key}`, headers, { type }));
  }
  const of = (operation: string): TransitOperation | undefined => transit.find((one) => one.operation === operation);
  return {
    keys,
    request: (operation, batch) => {
      const found = of(operation);
      return (
        found && {
          target: { host: hostname, port: Number(port), path: found.path, headers },
          body: bodyOf(found, batch),
        }
      );
    },
  };
};

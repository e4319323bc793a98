import type { PeerSkew } from './peer-clocks.js';

/** A difference that is not a number is beyond every bound: the other clock told no time. */
const isBeyond = (aheadMs: number, boundMs: number): boolean => !(Math.abs(aheadMs) <= boundMs);

const apart = (ms: number): string =>
  Number.isNaN(ms) ? 'told no time by' : `${(Math.abs(ms) / 1000).toFixed(1)} s ${ms > 0 ? 'ahead of' : 'behind'}`;

/**
 * Whether each service's clock differs. A service is its processes' majority, so one wrong worker of three accuses nobody. A
 * process that disagrees with its own database does not count: it reports that itself.
 * Processes that each keep the bound to their own database may be twice the bound apart.
 */
const votesOf = (peers: readonly PeerSkew[], boundMs: number) =>
  [
    ...Map.groupBy(
      peers.filter(({ sound }) => sound),
      ({ service }) => service,
    ),
  ].map(([service, processes]) => {
    const beyond = processes.filter(({ aheadMs }) => isBeyond(aheadMs, 2 * boundMs));
    return { service, differs: beyond.length * 2 > processes.length, aheadMs: beyond[0]?.aheadMs ?? 0 };
  });

/** Says how far a process is ahead of its database; undefined if they agree. This comparison decides alone. */
export const databaseDisagreement = (aheadMs: number, boundMs: number): string | undefined =>
  isBeyond(aheadMs, boundMs) ? `${apart(aheadMs)} the database` : undefined;

/**
 * Says with which services a process disagrees; undefined if they do not outvote it. It votes for itself, because it agrees
 * with its database. An equal number of votes counts as a disagreement, since nobody knows who is right.
 */
export const peerDisagreement = (peers: readonly PeerSkew[], boundMs: number): string | undefined => {
  const services = votesOf(peers, boundMs);
  const against = services.filter(({ differs }) => differs);
  const [first] = against;
  return first === undefined || against.length < 1 + services.length - against.length
    ? undefined
    : `${apart(first.aheadMs)} ${first.service}`;
};

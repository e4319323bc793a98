import { type Gateway, type Rig, startRig } from './rig.js';

/** TEST ONLY. Two gateways beside stand-ins for a trail that remembers each record, and refuses what contradicts it. */
export const startRememberingPair = async (): Promise<{ rig: Rig; gateway: Gateway; other: Gateway }> => {
  const rig = await startRig();
  rig.standIns.strict = true;
  rig.standIns.remembers = true;
  return { rig, gateway: await rig.gateway(), other: await rig.gateway() };
};

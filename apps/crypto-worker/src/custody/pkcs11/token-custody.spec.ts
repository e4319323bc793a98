import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll } from 'vitest';
import { custodyConformance } from '../custody.conformance.js';
import { notOffered } from '../testing/token-limit.js';
import { openPkcs11Custody } from './pkcs11-custody.js';

const token = enterToken();
afterAll(() => {
  token.remove();
});

custodyConformance(`PKCS#11 on ${token.name}`, {
  open: () => openPkcs11Custody({ ...partitionOn(token), sessionTimeoutSeconds: 60 }, listeningLogger()),
  lacks: notOffered[token.name],
});

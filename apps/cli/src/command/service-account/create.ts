import type { webcrypto } from 'node:crypto';
import type { KeyFile } from '@ankasecure/sdk/node';
import { change } from '../../context/change.js';
import { type CommandRow, text, texts } from '../../context/command-row.js';
import { profileInUse } from '../../profile/connect.js';
import { newFile } from '../../terminal/data.js';

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** A new key pair for assertions. The private half goes into the file, and nowhere else. */
const keyPair = async (kid: string) => {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const named = async (key: webcrypto.CryptoKey) => {
    const { key_ops: _, ext: __, ...jwk } = await crypto.subtle.exportKey('jwk', key);
    return { ...jwk, kid, alg: 'ES256' };
  };
  return { publicJwk: await named(publicKey), privateJwk: await named(privateKey) };
};

export const createServiceAccount: CommandRow = {
  name: 'create <name>',
  summary: 'Create a service account, and its credential in a file',
  example: 'ankasecure service-account create billing --role user --key-out billing.json',
  dryRun: true,
  options: [
    { flags: '--role <name>', about: 'A role of the account, several times if need be', many: true },
    { flags: '--group <name>', about: 'A group of the account, several times if need be', many: true },
    { flags: '--key-out <file>', about: 'The file for its credential, which must not be there yet', required: true },
  ],
  run: async (context, [name], options) => {
    const { publicJwk, privateJwk } = await keyPair(crypto.randomUUID());
    const roles = texts(options, 'role');
    const body = {
      name,
      roles: roles.length === 0 ? ['user'] : roles,
      groups: texts(options, 'group'),
      keys: [publicJwk],
    };
    if (context.dryRun) return change(context, 'createServiceAccount', { body });
    const { baseUrl } = await profileInUse(context.terminal, context.connection);
    const keyOut = await newFile(context.terminal, text(options, 'keyOut') ?? '-');
    const made = await change(context, 'createServiceAccount', { body }).catch(async (error: unknown) => {
      await keyOut.discard();
      throw error;
    });
    const { clientId } = made.value as { clientId: string };
    const file: KeyFile = { type: 'ankasecure-service-account', baseUrl, clientId, privateKey: privateJwk };
    await keyOut.write(`${JSON.stringify(file, null, 2)}\n`);
    return { ...made, columns: ['id', 'name', 'clientId', 'roles'] };
  },
};

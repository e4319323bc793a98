import { AnkaError } from '@ankasecure/contracts';
import { hashBytes } from '../tree/hash.js';
import type { TreeHead } from '../tree/verify-proof.js';
import { isKeyName, strictBase64 } from './note.js';

/** The head of one log's tree, as it is signed (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  /** The one name of the log. */
  readonly origin: string;
  /** Lines after the first three. Ours has none. */
  readonly extensions?: readonly string[];
}

/** The origin of a tenant's log. It is the name of its keys too. @param deployment as the operator names it */
export const originOf = (deployment: string, tenantId: string): string => `${deployment}/audit/${tenantId}`;

const sizeForm = /^(?:0|[1-9]\d{0,15})$/;

const refused = (what: string): AnkaError => new AnkaError('request-invalid', `This is not a checkpoint: ${what}.`);

/** Writes the text that is signed: origin, size and root in base64, and extension lines, each line ended by a newline. */
export const checkpointText = ({ origin, size, root, extensions = [] }: Checkpoint): string => {
  if (origin === '' || !Number.isSafeInteger(size) || size < 0 || root.length !== hashBytes)
    throw refused('it takes an origin, a size and a root of 32 bytes');
  return `${[origin, size, Buffer.from(root).toString('base64'), ...extensions].join('\n')}\n`;
};

/** Reads the text of a checkpoint. @throws AnkaError `request-invalid` for any other text */
export const parseCheckpoint = (text: string): Checkpoint => {
  const [origin = '', size = '', rootText = '', ...rest] = text.split('\n');
  const root = strictBase64(rootText);
  if (rest.pop() !== '' || rest.includes('')) throw refused('its lines are empty, or the last one does not end');
  if (origin === '' || !sizeForm.test(size) || !Number.isSafeInteger(Number(size)) || root?.length !== hashBytes)
    throw refused('it takes an origin, a size and a root of 32 bytes');
  return { origin, size: Number(size), root, extensions: rest };
};

/** Whether a text can be the name of a deployment: part of a key's name, without the last slash of a URL. */
export const isDeploymentName = (name: string): boolean => isKeyName(name) && name.length <= 120 && !name.endsWith('/');

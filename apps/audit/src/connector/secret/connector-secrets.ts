import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The longest secret, in bytes. A chain of certificates has some KiB. */
const longest = 64 * 1024;

/**
 * Reads the secret of that name of a tenant. A tenant names its own secrets only: those of others and of the platform lie in other folders.
 * @throws Error that names the file and never its contents
 */
export const readConnectorSecret = async (directory: string, tenantId: string, name: string): Promise<Buffer> => {
  const file = join(directory, tenantId, name);
  try {
    const found = await lstat(file);
    // A mounted secret is a link to the file of its version (Kubernetes).
    if (!found.isFile() && !found.isSymbolicLink()) throw new Error('is not a file');
    const bytes = await readFile(file);
    if (bytes.length === 0 || bytes.length > longest) throw new Error(`must have 1 to ${longest} bytes`);
    return bytes;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`The secret ${name} of the tenant ${tenantId} cannot be read: ${code ?? message}`);
  }
};

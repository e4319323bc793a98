import { text } from 'node:stream/consumers';
import { type Handle, PKCS11 } from 'pkcs11js';
import { cka } from './cryptoki/attribute.js';
import { rwSession } from './cryptoki/mechanism.js';

/**
 * A program for tests that lists the objects of a token. It reads `{libraryPath, tokenSerial, pin}` as JSON from standard
 * input and writes `[{id, label, holdsKey}]`, ids in hex. A token process that is killed while it writes may leave an object
 * without a key in it.
 */
interface Place {
  readonly libraryPath: string;
  readonly tokenSerial: string;
  readonly pin: string;
}

const user = 1;
const page = 100;

const { libraryPath, tokenSerial, pin } = JSON.parse(await text(process.stdin)) as Place;
const p11 = new PKCS11();
p11.load(libraryPath);
p11.C_Initialize();
const slot = p11
  .C_GetSlotList(true)
  .find((candidate) => p11.C_GetTokenInfo(candidate).serialNumber.trim() === tokenSerial);
if (slot === undefined) throw new Error('the token is not there');
const session = p11.C_OpenSession(slot, rwSession);
p11.C_Login(session, user, pin);
p11.C_FindObjectsInit(session, []);
const handles: Handle[] = [];
for (let found = p11.C_FindObjects(session, page); found.length > 0; found = p11.C_FindObjects(session, page))
  handles.push(...found);
p11.C_FindObjectsFinal(session);
/** Empty if the object has no such attribute. */
const read = (handle: Handle, type: number): Buffer => {
  try {
    return Buffer.from(p11.C_GetAttributeValue(session, handle, [{ type }])[0]?.value ?? []);
  } catch {
    return Buffer.of();
  }
};
/** Attributes of which every complete key has one. */
const marks = [cka.VALUE_LEN, cka.MODULUS, cka.EC_PARAMS];
const objects = handles.map((handle) => ({
  id: read(handle, cka.ID).toString('hex'),
  label: read(handle, cka.LABEL).toString(),
  holdsKey: marks.some((mark) => read(handle, mark).some((byte) => byte !== 0)),
}));
p11.C_Finalize();
process.stdout.write(JSON.stringify(objects));

// Initialises the SoftHSM token of the development stack, once. softhsm2-util takes PINs only on its command line; this
// container has no other processes that could see them.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const label = 'ankasecure';
const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').trim();
const softhsm = (...args) => execFileSync('softhsm2-util', args, { encoding: 'utf8' });

if (new RegExp(`^\\s*Label:\\s*${label}\\s*$`, 'm').test(softhsm('--show-slots'))) {
  process.stdout.write(`the token ${label} exists\n`);
} else {
  softhsm(
    '--init-token',
    '--free',
    '--label',
    label,
    '--pin',
    secret('pkcs11_pin'),
    '--so-pin',
    secret('softhsm_so_pin'),
  );
  process.stdout.write(`the token ${label} is initialised\n`);
}

/** Ends this program with one sentence for the user. */
export const fail = (error) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
};

/** A compiled module of deploy/local, which creates the same things for `npm start`. */
export const localModule = async (name) => {
  try {
    return await import(new URL(`../local/dist/${name}.js`, import.meta.url).href);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return fail('This clone is not built. Build it with: npm ci && npx tsc -b deploy/local');
  }
};
